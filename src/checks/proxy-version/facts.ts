/** Facts of the check `proxy-version`: which httpd this is, and the faults of that version that are on record. */
import * as z from 'zod';
export const fault = z.object({
  id: z.string(),
  title: z.string(),
  introduced: z.string().nullable(),
  fixedIn: z.string(),
  /** Families whose failures this fault shows itself by, and errnos where they matter; what the log must show. */
  symptoms: z.array(z.object({ family: z.string(), errno: z.string().nullable() })),
  /** Words on when it bites: `only with prefork`, `only for uploads`. */
  condition: z.string(),
  backport: z.enum(['no', 'fixed-by-backport', 'unknown']),
});
export const facts = z.object({
  server: z.string().nullable(),
  version: z.string().nullable(),
  built: z.string().nullable(),
  mpm: z.string().nullable(),
  aprUtil: z.string().nullable(),
  platform: z.string().nullable(),
  package: z.object({ name: z.string(), version: z.string(), installedAt: z.string().nullable() }).nullable(),
  /** Faults in whose range this version is. */
  faults: z.array(fault),
  how: z.string(),
  /** Which proxy it is; left out: httpd. */
  dialect: z.enum(['httpd', 'nginx']).optional(),
  /** The newest release that the record of faults knows of, where it is not httpd's. */
  recordedTo: z.string().optional(),
});
export type ProxyVersionFacts = z.infer<typeof facts>;
