/** Facts of the check `keepalive-probe`: what the backend does with an idle connection, found on connections of our own. */
import { z } from 'zod';
export const rung = z.object({
  seconds: z.number(),
  outcome: z.enum(['reused', 'closed', 'reset', 'no-answer']),
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
});
export type KeepaliveProbeFacts = z.infer<typeof facts>;
