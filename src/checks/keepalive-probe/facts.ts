/** Facts of the check `keepalive-probe`: what the backend does with an idle connection, found on connections of our own. */
import * as z from 'zod';
export const rung = z.object({
  seconds: z.number(),
  outcome: z.enum(['reused', 'closed', 'reset', 'no-answer']),
  /** It ended by itself while idle (a FIN or RST that no request of ours called for), so `seconds` is the exact time. */
  byItself: z.boolean().optional(),
});
export const facts = z.object({
  /** Each idle time that was tried, with what became of the connection. */
  idleSeconds: z.array(rung),
  /** The backend's keepalive timeout, where a FIN told it. */
  backendTimeoutSeconds: z.number().nullable(),
  /** What the backend says of itself: `Keep-Alive: timeout=5`, `Connection: close`. */
  announced: z.object({ timeoutSeconds: z.number().nullable(), max: z.number().nullable(), close: z.boolean() }),
  /** The first request on a fresh connection: did it get an answer? */
  fresh: z.object({ attempts: z.number(), answered: z.number(), dropped: z.number(), noAnswer: z.number() }),
  /** How long the proxy keeps an idle connection, in seconds (ttl), null: for ever; `reuse` false: it never does. */
  proxyKeeps: z.object({ seconds: z.number().nullable(), reuse: z.boolean(), because: z.string() }).nullable(),
  request: z.string(),
  /**
   * Idle times up to which nothing ended, where the proxy may keep connections longer than that: beyond it nothing is proven. Null or left
   * out: all idle times that the proxy allows were covered.
   */
  unprovenBeyondSeconds: z.number().nullable().optional(),
  /** Which setting would end the race here, in words. */
  advice: z.string().nullable().optional(),
});
export type Rung = z.infer<typeof rung>;
export type KeepaliveProbeFacts = z.infer<typeof facts>;
