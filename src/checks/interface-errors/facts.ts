/** Facts of the check `interface-errors`: the interface on the route to the backend, and retransmissions. */
import { z } from 'zod';
export const device = z.object({
  side: z.enum(['proxy', 'backend']),
  name: z.string(),
  state: z.string().nullable(),
  rxErrors: z.number(),
  rxDropped: z.number(),
  txErrors: z.number(),
  txDropped: z.number(),
  carrierChanges: z.number().nullable(),
  collisions: z.number().nullable(),
  rxPackets: z.number(),
  txPackets: z.number(),
  /** Growth during the look. */
  grewBy: z.number(),
  overMs: z.number(),
});
export const facts = z.object({
  devices: z.array(device),
  retransmissions: z.array(
    z.object({ side: z.enum(['proxy', 'backend']), retransmitted: z.number(), sent: z.number(), share: z.number() }),
  ),
  /** Retransmissions of the connections to this backend that exist now (ss -ti). */
  toBackend: z.object({ connections: z.number(), retransmitted: z.number() }).nullable(),
  kernelMessages: z.array(z.string()),
  missing: z.array(z.string()),
});
export type InterfaceErrorsFacts = z.infer<typeof facts>;
