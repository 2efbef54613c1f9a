/** Facts of the check `tcp-connect`: repeated connects from the proxy's side to every address of the backend. */
import * as z from 'zod';
import { facts as backendProcessFacts } from '../backend-process/facts.ts';

export const attempt = z.object({
  address: z.string(),
  /** Milliseconds after the first attempt. */
  atMs: z.number(),
  outcome: z.enum(['connected', 'refused', 'timed-out', 'unreachable', 'denied', 'reset', 'failed']),
  code: z.string().nullable(),
  latencyMs: z.number(),
  afterwards: z.enum(['silent', 'sent', 'closed', 'reset']).nullable(),
});

export const facts = z.object({
  host: z.string(),
  port: z.number(),
  addresses: z.array(z.string()),
  attempts: z.number(),
  connected: z.number(),
  refused: z.number(),
  timedOut: z.number(),
  unreachable: z.number(),
  denied: z.number(),
  /** Connected, then reset or closed at once by the peer. */
  droppedAfterAccept: z.number(),
  latencyMs: z.object({ min: z.number(), p50: z.number(), p95: z.number(), max: z.number() }).nullable(),
  /**
   * How fast the first "unreachable" came, ms: at once (a firewall's ICMP) or after seconds (no ARP answer). The first one, since
   * later ones wait for Linux's limit of one ICMP error a second, or share a neighbour lookup that is under way already.
   */
  unreachableAfterMs: z.number().nullable(),
  byAddress: z.array(
    z.object({
      address: z.string(),
      attempts: z.number(),
      connected: z.number(),
      refused: z.number(),
      timedOut: z.number(),
      unreachable: z.number(),
      denied: z.number(),
    }),
  ),
  results: z.array(attempt),
  /** The same attempt as the user that httpd runs as, where that was possible. */
  asDaemon: z.object({ user: z.string(), outcome: attempt.shape.outcome, code: z.string().nullable() }).nullable(),
  /** What refused: the host's own reset or an ICMP reject of a firewall; only with a short capture. */
  refusedBy: z.enum(['rst', 'icmp']).nullable(),
  /** Accepted only after a second or more: the first SYN got no answer, and the kernel sent another. */
  secondSyn: z.number().default(0),
  /** As which user the attempts were made, where that was not the user who runs this. */
  asUser: z.string().nullable().default(null),
  /** Attempts that were not made, because the first ones all took long to fail or the time for all of them ran out. */
  notTried: z.number().default(0),
  how: z.string(),
  /** A socket in the file system that httpd's user may not use: the file or folder whose mode says so. */
  barredAt: z.string().nullable().optional(),
  /** Rules of the proxy's own packet filter on the way of these connects, where none was accepted; null: not read. */
  ownFilter: backendProcessFacts.shape.firewall.optional(),
});
export type TcpConnectFacts = z.infer<typeof facts>;
