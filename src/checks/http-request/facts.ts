/** Facts of the check `http-request`: one marked GET through the proxy (or straight to the backend), found again in the logs. */
import { z } from 'zod';
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
  mark: z.string().nullable(),
  foundIn: z.array(z.object({ file: z.string(), line: z.string() })),
});
export type HttpRequestFacts = z.infer<typeof facts>;
