/** What to look for on the backend's side. Pure. */
import { isIP } from 'node:net';
import * as z from 'zod';
import type { Known, Prepared } from '../check.ts';
import { facts as dnsFacts } from '../dns/facts.ts';
import { facts as errorLogFacts } from '../error-log/facts.ts';
import { facts as proxyConfigFacts } from '../proxy-config/facts.ts';
import { facts as tcpConnectFacts } from '../tcp-connect/facts.ts';
import { backendOf, socketOf, whyNotFromHere } from '../tcp-connect/target.ts';
import { isLoopback } from './addresses.ts';

export const parameters = z.object({
  host: z.string(),
  port: z.number(),
  /** A socket in the file system, instead of host and port, and the running httpd. */
  socket: z.object({ path: z.string(), httpd: z.number().nullable() }).optional(),
  /** As the proxy uses them; empty: to be resolved on the proxy's side. */
  addresses: z.array(z.string()),
  /** A vantage leads to the backend's side. */
  via: z.boolean(),
  /** False with --passive: nothing is connected to. */
  connect: z.boolean(),
  /** Crashes since then (ms since the epoch); null: of the last day. */
  since: z.number().nullable(),
});
export type Parameters = z.infer<typeof parameters>;

/** What ended shortly before the first failure belongs to it. */
const beforeMs = 10 * 60 * 1000;

export function prepare(known: Known): Prepared<Parameters> {
  const socket = socketOf(known);
  const backend = socket === null ? backendOf(known) : { ready: true as const, host: socket, port: 0 };
  if (!backend.ready) return backend;
  const { host, port } = backend;
  // Both ends of such a socket are on one machine: the proxy's.
  const via = socket === null && known.inputs.via.backend !== null;
  const why = via ? null : whyNotFromHere(known);
  // A loopback address is the proxy's own: its backend lives there, and not here.
  const there = host === 'localhost' || isLoopback(host) ? 'PROXY' : host;
  if (why !== null) return { ...why, remedy: `Say how to get to the backend: --via backend="ssh ${there}".` };
  const dns = dnsFacts.safeParse(known.evidence('dns')?.data).data;
  const connects = tcpConnectFacts.safeParse(known.evidence('tcp-connect')?.data).data;
  const log = errorLogFacts.safeParse(known.evidence('error-log')?.data).data;
  const name = known.subject?.backend;
  const first = log?.backends.find((one) => name !== undefined && (one.backend === name || one.names.includes(name)))?.first ?? null;
  const began = known.inputs.since ?? (first === null ? null : Date.parse(first));
  return {
    ready: true,
    parameters: {
      host,
      port,
      ...(socket === null ? {} : { socket: { path: socket, httpd: proxyConfigFacts.safeParse(known.evidence('proxy-config')?.data).data?.httpd?.pid ?? null } }),
      addresses: socket !== null ? [socket] : isIP(host) === 0 ? (connects?.addresses ?? (dns?.name === host ? dns.addresses : [])) : [host],
      via,
      connect: !known.inputs.passive,
      since: began === null || Number.isNaN(began) ? null : began - beforeMs,
    },
  };
}
