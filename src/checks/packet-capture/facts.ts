/** Facts of the check `packet-capture`: who closed first and how, whole requests, losses, per capture point. */
import { z } from 'zod';
export const point = z.object({
  side: z.enum(['proxy', 'backend']),
  packets: z.number(),
  connections: z.number(),
  /** Connections that failed, by who ended them first before a whole answer. */
  closedFirst: z.object({ proxy: z.number(), backend: z.number(), nobody: z.number() }),
  how: z.object({ FIN: z.number(), RST: z.number() }),
  requestsSentWhole: z.number(),
  requestsSentPartly: z.number(),
  answersWhole: z.number(),
  answersPartly: z.number(),
  answersNone: z.number(),
  /** Failed exchanges on a connection that had carried a request before, and on a fresh one. */
  failedReused: z.number(),
  failedFresh: z.number(),
  idleBeforeFailureSeconds: z.array(z.number()),
  retransmissions: z.number(),
  zeroWindows: z.number(),
  connectRefusedByRst: z.number(),
  connectRefusedByIcmp: z.number(),
  connectUnanswered: z.number(),
  file: z.string().nullable(),
});
export const facts = z.object({
  points: z.array(point),
  /** Packets that left one end and did not arrive at the other; null where only one end was captured. */
  lostBetween: z.object({ proxyToBackend: z.number(), backendToProxy: z.number(), sent: z.number() }).nullable(),
  seconds: z.number(),
});
export type PacketCaptureFacts = z.infer<typeof facts>;
