/** Facts of the check `reachability`: does the backend's host answer in another way than on its port? */
import * as z from 'zod';
export const facts = z.object({
  address: z.string(),
  /**
   * The route the proxy's side would take, for httpd's user where that one is known; null: there is none. `type` as `ip route` calls it:
   * unicast, local, unreachable, prohibit, blackhole; `unknown` where it could not be asked for.
   */
  route: z.object({ via: z.string().nullable(), device: z.string(), source: z.string().nullable(), type: z.string() }).nullable(),
  /** The user whose route it is, where a policy gives that user another one than the user who runs this. */
  routeOf: z.string().nullable().default(null),
  routeError: z.string().nullable(),
  /** State of the neighbour (the host itself, or the gateway): REACHABLE, STALE, FAILED, INCOMPLETE; null: unknown. */
  neighbour: z.object({ address: z.string(), state: z.string(), isGateway: z.boolean() }).nullable(),
  /** `prohibited`: the ICMP message that said that a filter or a policy forbids it, and whose it was. */
  ping: z
    .object({
      sent: z.number(),
      received: z.number(),
      rttMs: z.number().nullable(),
      prohibited: z.object({ by: z.string(), words: z.string() }).nullable().optional(),
    })
    .nullable(),
  /** Other ports tried on the same host: any answer (refused too) shows that the host is there. */
  otherPorts: z.array(z.object({ port: z.number(), outcome: z.string(), latencyMs: z.number() })),
  /** Largest packet that passes unfragmented, where it was tested; and the device's MTU. */
  pathMtu: z.object({ bytes: z.number().nullable(), device: z.number().nullable(), hole: z.boolean().nullable() }).nullable(),
  /** Does anything show that the host is there? Null: nothing could be tried. */
  hostAnswers: z.boolean().nullable(),
  /** What showed it, or what stayed silent, in words. */
  because: z.string().default(''),
  missing: z.array(z.string()),
});
export type ReachabilityFacts = z.infer<typeof facts>;
