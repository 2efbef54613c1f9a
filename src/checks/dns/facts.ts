/** Facts of the check `dns`: how the proxy's side resolves the backend's name now. */
import * as z from 'zod';
export const facts = z.object({
  name: z.string(),
  literal: z.boolean(),
  addresses: z.array(z.string()),
  code: z.string().nullable(),
  durationMs: z.number(),
  how: z.string(),
  /** The address of that name that httpd's log has, where the backend was looked for by it. */
  logged: z.string().optional(),
});
export type DnsFacts = z.infer<typeof facts>;
