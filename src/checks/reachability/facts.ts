/** Facts of the check `reachability`: does the backend's host answer in another way than on its port? */
import { z } from 'zod';
export const facts = z.object({
  address: z.string(),
  /** The route the proxy's side would take; null: there is none. */
  route: z.object({ via: z.string().nullable(), device: z.string(), source: z.string().nullable(), type: z.string() }).nullable(),
  routeError: z.string().nullable(),
  /** State of the neighbour (the host itself, or the gateway): REACHABLE, STALE, FAILED, INCOMPLETE; null: unknown. */
  neighbour: z.object({ address: z.string(), state: z.string(), isGateway: z.boolean() }).nullable(),
  ping: z.object({ sent: z.number(), received: z.number(), rttMs: z.number().nullable() }).nullable(),
  /** Other ports tried on the same host: any answer (refused too) shows that the host is there. */
  otherPorts: z.array(z.object({ port: z.number(), outcome: z.string(), latencyMs: z.number() })),
  /** Largest packet that passes unfragmented, where it was tested; and the device's MTU. */
  pathMtu: z.object({ bytes: z.number().nullable(), device: z.number().nullable(), hole: z.boolean().nullable() }).nullable(),
  hostAnswers: z.boolean().nullable(),
  missing: z.array(z.string()),
});
export type ReachabilityFacts = z.infer<typeof facts>;
