/** Facts of the check `packet-capture`: who closed first and how, whole requests, losses, per capture point. */
import * as z from 'zod';

/** Why a connection failed; `null` in `examples` where it is not known. */
export const failures = [
  'closed-early',
  'silent',
  'request-incomplete',
  'unacknowledged',
  // Unacknowledged, on a connection that had worked before: something in between may have forgotten it.
  'swallowed',
  'refused-rst',
  'refused-icmp',
  'connect-unanswered',
] as const;
export type Failure = (typeof failures)[number];

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
  /** Failed connections by reason. */
  failures: z.record(z.string(), z.number()).optional(),
  /** Requests on the wire, whole or not. */
  exchanges: z.number().optional(),
  /** Messages of which the capture does not tell whether they were whole (cut heads, long chunks, still under way). */
  untold: z.number().optional(),
  /** Connections inside TLS, of which only ends and silences can be judged. */
  encrypted: z.number().optional(),
  /** Segments with data, against which retransmissions count. */
  dataSegments: z.number().optional(),
  /** Resets with another time to live than the backend's other packets: something in between sent them. */
  foreignResets: z.number().optional(),
  /** ICMP "fragmentation needed" for these connections. */
  tooBig: z.number().optional(),
  /** The same for requests on reused connections that were answered whole: how many, and their idle times. */
  idleBeforeGoodSeconds: z.object({ count: z.number(), p50: z.number(), max: z.number() }).nullable().optional(),
  /** Do reused connections fail after longer idle times than those that do well? Then it is a matter of idle time; null: too few to tell. */
  idleDecides: z.boolean().nullable().optional(),
  /** Of the zero windows, those of the backend: it stopped reading. */
  backendZeroWindows: z.number().optional(),
  /** Packets that the kernel could not hand to the capture: with any of them, what is missing may just not have been captured. */
  droppedByCapture: z.number().optional(),
  examples: z
    .array(
      z.object({
        at: z.string(),
        /** The proxy's local port, to find the connection in the file. */
        port: z.number(),
        failure: z.enum(failures),
        request: z.string().nullable(),
        text: z.string(),
      }),
    )
    .optional(),
});
export const facts = z.object({
  points: z.array(point),
  /** Packets that left one end and did not arrive at the other; null where only one end was captured. */
  lostBetween: z.object({ proxyToBackend: z.number(), backendToProxy: z.number(), sent: z.number() }).nullable(),
  seconds: z.number(),
  /** Of these, the packets of connections that nothing in between swallowed or rejected as a whole: what the network lost here and there. */
  lostHereAndThere: z.object({ packets: z.number(), sent: z.number() }).nullable().optional(),
  /** Resets and closes that arrived at one end and were never sent by the other: something in between made them up. */
  madeUpBetween: z.object({ toProxy: z.number(), toBackend: z.number() }).nullable().optional(),
  /** Our own GETs through the proxy (--url): how many were sent, and which of them were seen on the way to this backend, on how many connections. */
  marked: z
    .object({ mark: z.string(), sent: z.number(), seen: z.number(), servedBy: z.string().nullable(), connections: z.number() })
    .nullable()
    .optional(),
  /** Why an end was not captured, or could not be compared. */
  missing: z.array(z.string()).optional(),
});
export type PointFacts = z.infer<typeof point>;
export type PacketCaptureFacts = z.infer<typeof facts>;
