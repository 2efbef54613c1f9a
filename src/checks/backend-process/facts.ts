/** Facts of the check `backend-process`: what listens on the backend's side, its accept queue, packet filter and last crashes. */
import * as z from 'zod';
export const listener = z.object({
  address: z.string(),
  port: z.number(),
  process: z.string().nullable(),
  pid: z.number().nullable(),
  /** Connections waiting to be accepted, and the limit; null where it can't be read. */
  queue: z.number().nullable(),
  backlog: z.number().nullable(),
});
export const facts = z.object({
  /** Reached through the vantage, or because the address is this machine's own. */
  reached: z.enum(['vantage', 'local']),
  port: z.number(),
  /** Path of a socket in the file system, which is then the listener's address too; the port is 0. */
  socket: z.string().optional(),
  /** Addresses of the backend as the proxy uses them. */
  addresses: z.array(z.string()),
  /** Is one of them an address of this side? If not, something in between hands connections on, and the port may be another here. */
  ownsAddress: z.boolean().nullable().default(null),
  /** A rule of address translation hands this port on to another address or port. */
  translated: z.boolean().default(false),
  listeners: z.array(listener),
  /** Other ports the same program or other programs listen on, for "did you mean". */
  otherPorts: z.array(z.number()),
  /** ListenOverflows and ListenDrops: since boot, and during the look (ms). */
  overflows: z.object({ listenOverflows: z.number(), listenDrops: z.number(), grewBy: z.number(), overMs: z.number() }).nullable(),
  abortOnOverflow: z.boolean().nullable(),
  /** Connections in the port's state table by state. */
  connections: z.record(z.string(), z.number()),
  /**
   * Rules of the packet filter that can stop traffic from the proxy to this port, found by following a packet through the chains. `drop` and
   * `reject`: they surely apply; `limit`: beyond a rate or number; `share`: a share of the packets, by dice; `other`: they may, which the rule alone does not tell (its counter may
   * be due to others). Null: could not be read.
   */
  firewall: z
    .array(
      z.object({
        tool: z.string(),
        rule: z.string(),
        action: z.enum(['drop', 'reject', 'share', 'limit', 'other']),
        packets: z.number().nullable(),
      }),
    )
    .nullable(),
  /** Why the filter could not be read, with the right it needs. */
  firewallUnread: z.string().nullable(),
  /** Does a connect on the backend's own side, to the address the proxy uses, succeed? */
  localConnect: z.array(z.object({ address: z.string(), outcome: z.string(), code: z.string().nullable() })),
  /** Process ends, OOM kills and crashes found in the kernel's or the system's log, newest first. */
  crashes: z.array(z.object({ time: z.string().nullable(), text: z.string() })),
  /** When the listening process was started (ISO 8601): a restart during the window shows here. */
  listenerStartedAt: z.string().nullable(),
  /** The systemd unit that the listening process belongs to. */
  unit: z.string().nullable().default(null),
  missing: z.array(z.string()),
});
export type BackendProcessFacts = z.infer<typeof facts>;
