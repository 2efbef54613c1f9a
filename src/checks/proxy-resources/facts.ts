/** Facts of the check `proxy-resources`: limits of the proxy itself, now. */
import * as z from 'zod';
const use = z.object({ used: z.number(), limit: z.number() });
export const facts = z.object({
  /**
   * Local ports towards the busiest destination: sockets of every state (those in TIME_WAIT too), against the range from which the kernel
   * takes them. Each destination has the whole range to itself.
   */
  localPorts: use
    .extend({
      timeWait: z.number(),
      range: z.string(),
      destination: z.string().nullable(),
      /** The kernel may use a port in TIME_WAIT again for a new connection (tcp_tw_reuse): those then hold nothing up. */
      timeWaitReused: z.boolean().optional(),
    })
    .nullable(),
  /** Descriptors of the fullest httpd process. */
  descriptors: use.extend({ pid: z.number() }).nullable(),
  systemDescriptors: use.nullable(),
  /** Entries of the connection tracking table; null also where this kernel tracks none. `drops`: packets dropped for want of room, since boot. */
  conntrack: use.extend({ drops: z.number().nullable() }).nullable(),
  /** Busy workers against MaxRequestWorkers, from server-status or by counting. */
  workers: use.extend({ how: z.string() }).nullable(),
  /** TCP's memory is above the mark from which the kernel saves it. */
  memoryPressure: z.boolean().nullable(),
  /** Connections of clients that wait for httpd to accept them: the fullest of its own listening sockets. */
  acceptQueue: use.extend({ port: z.number() }).nullable().optional(),
  missing: z.array(z.string()),
});
export type ProxyResourcesFacts = z.infer<typeof facts>;
