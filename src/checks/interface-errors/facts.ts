/** Facts of the check `interface-errors`: the interface on the route to the backend, and retransmissions. */
import * as z from 'zod';
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
  /** Of the growth: carrier changes and errors alone, without drops (which may be packets that nobody wanted). */
  faultsGrewBy: z.number().default(0),
  speedMbit: z.number().nullable().default(null),
  duplex: z.string().nullable().default(null),
  /** Counters of the driver that speak of errors and rose during the look. */
  driver: z.record(z.string(), z.number()).default({}),
});
export const facts = z.object({
  devices: z.array(device),
  retransmissions: z.array(
    z.object({
      side: z.enum(['proxy', 'backend']),
      retransmitted: z.number(),
      sent: z.number(),
      share: z.number(),
      grewBy: z.object({ retransmitted: z.number(), sent: z.number() }).optional(),
    }),
  ),
  /**
   * Retransmissions of the connections to this backend that exist now (ss -ti), and the segments that they sent; left out are those whose
   * data the backend does not read (`notRead`: it keeps its receive window closed).
   */
  toBackend: z.object({ connections: z.number(), retransmitted: z.number(), sent: z.number().default(0), notRead: z.number().default(0) }).nullable(),
  /** The same, of the backend's answers, seen from the backend's side. */
  fromBackend: z.object({ connections: z.number(), retransmitted: z.number(), sent: z.number(), notRead: z.number().default(0) }).nullable().default(null),
  kernelMessages: z.array(z.string()),
  /** The backend is on this machine: its packets do not leave it. */
  loopback: z.boolean().default(false),
  missing: z.array(z.string()),
});
export type InterfaceErrorsFacts = z.infer<typeof facts>;
