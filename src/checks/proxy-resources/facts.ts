/** Facts of the check `proxy-resources`: limits of the proxy itself, now. */
import { z } from 'zod';
const use = z.object({ used: z.number(), limit: z.number() });
export const facts = z.object({
  /** Local ports towards this backend (or the busiest destination): in use with TIME_WAIT, against the range. */
  localPorts: use.extend({ timeWait: z.number(), range: z.string(), destination: z.string().nullable() }).nullable(),
  /** Descriptors of the fullest httpd process. */
  descriptors: use.extend({ pid: z.number() }).nullable(),
  systemDescriptors: use.nullable(),
  conntrack: use.extend({ drops: z.number().nullable() }).nullable(),
  /** Busy workers against MaxRequestWorkers, from server-status or by counting. */
  workers: use.extend({ how: z.string() }).nullable(),
  /** TCP segments retransmitted of those sent, in the proxy's namespace since boot. */
  memoryPressure: z.boolean().nullable(),
  missing: z.array(z.string()),
});
export type ProxyResourcesFacts = z.infer<typeof facts>;
