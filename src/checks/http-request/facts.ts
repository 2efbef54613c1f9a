/** Facts of the check `http-request`: one marked GET through the proxy (or straight to the backend), found again in the logs. */
import * as z from 'zod';
export const facts = z.object({
  url: z.string(),
  through: z.enum(['proxy', 'backend']),
  attempts: z.array(
    z.object({ atMs: z.number(), status: z.number().nullable(), code: z.string().nullable(), durationMs: z.number(), bytes: z.number() }),
  ),
  answered: z.number(),
  good: z.number(),
  serverErrors: z.number(),
  dropped: z.number(),
  noAnswer: z.number(),
  /** Of those dropped: what came back was no HTTP; and the first bytes of the first of them. */
  notHttp: z.number().optional(),
  said: z.string().nullable().optional(),
  /** Requests straight to the backend, each on a connection of its own: what reuse by the proxy can't have touched. Null: none were sent. */
  fresh: z.object({ attempts: z.number(), answered: z.number(), dropped: z.number(), noAnswer: z.number(), notHttp: z.number().optional() }).nullable().optional(),
  mark: z.string().nullable(),
  foundIn: z.array(z.object({ file: z.string(), line: z.string() })),
  /** Logs that were read for the mark; a mark that is in none of them: another log, or another server, got the request. */
  lookedIn: z.array(z.string()).optional(),
  /** What served it: the virtual host whose log has the mark, and the backend that the configuration sends that path to. */
  servedBy: z.object({ virtualHost: z.string().nullable(), backend: z.string().nullable(), because: z.string() }).nullable().optional(),
});
export type HttpRequestFacts = z.infer<typeof facts>;
