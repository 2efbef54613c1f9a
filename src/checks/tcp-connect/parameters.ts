/** What the connects are told, worked out from options and from what other checks found. Pure. */
import * as z from 'zod';
import type { Known, Prepared } from '../check.ts';
import { facts as dnsFacts } from '../dns/facts.ts';
import { facts as proxyConfigFacts } from '../proxy-config/facts.ts';
import { backendOf, socketOf, whyNotSend } from './target.ts';

/** What a flow (or `check`) may set. */
export const settable = z.object({
  count: z.number().int().min(1).max(10_000).default(20),
  intervalMs: z.number().min(0).max(60_000).default(250),
  /** Above three seconds: a host that does not answer ARP is "unreachable" after 3 s, and silent until then. */
  timeoutMs: z.number().min(100).max(60_000).default(3500),
});

export const parameters = settable.extend({
  /** Of a backend in the file system the path of its socket; the port is 0 then. */
  host: z.string(),
  port: z.number(),
  /** Known from `dns`; empty: to be resolved. */
  addresses: z.array(z.string()),
  /** Whom httpd runs as, where its configuration and process tell. */
  daemon: z.object({ user: z.string(), uid: z.number() }).nullable(),
  /** Consent to a short capture, which tells a reset of the host from a firewall's ICMP. */
  capture: z.boolean(),
  /** The running httpd, whose view of the file system counts for a socket there. */
  pid: z.number().nullable().optional(),
});
export type Parameters = z.infer<typeof parameters>;

export function prepare(known: Known, set: Readonly<Record<string, unknown>>): Prepared<Parameters> {
  const socket = socketOf(known);
  const backend = socket === null ? backendOf(known) : { ready: true as const, host: socket, port: 0 };
  if (!backend.ready) return backend;
  const why = whyNotSend(known);
  if (why !== null) return why;
  const dns = dnsFacts.safeParse(known.evidence('dns', known.subject?.key)?.data).data;
  const httpd = proxyConfigFacts.safeParse(known.evidence('proxy-config')?.data).data?.httpd ?? null;
  return {
    ready: true,
    parameters: {
      ...settable.parse(set),
      host: backend.host,
      port: backend.port,
      addresses: socket !== null ? [socket] : dns?.name === backend.host ? dns.addresses : [],
      daemon: httpd?.uid != null && httpd.uid !== 0 ? { user: httpd.user ?? String(httpd.uid), uid: httpd.uid } : null,
      capture: socket === null && known.inputs.allow.includes('packet-capture'),
      pid: httpd?.pid ?? null,
    },
  };
}
