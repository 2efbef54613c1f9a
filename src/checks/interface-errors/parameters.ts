/** Whose interfaces to look at. Pure. */
import { isIP } from 'node:net';
import * as z from 'zod';
import type { Known, Prepared } from '../check.ts';
import { facts as dnsFacts } from '../dns/facts.ts';
import { facts as tcpConnectFacts } from '../tcp-connect/facts.ts';
import { backendOf, whyNotFromHere } from '../tcp-connect/target.ts';

export const settable = z.object({
  /** Between the two readings. */
  watchMs: z.number().min(0).max(60_000).default(2000),
});

export const parameters = settable.extend({
  host: z.string(),
  port: z.number(),
  address: z.string().nullable(),
  /** May the name be looked up? Not with --passive. */
  lookUp: z.boolean(),
});
export type Parameters = z.infer<typeof parameters>;

export function prepare(known: Known, set: Readonly<Record<string, unknown>>): Prepared<Parameters> {
  const backend = backendOf(known);
  if (!backend.ready) return backend;
  const why = whyNotFromHere(known);
  if (why !== null) return why;
  const { host, port } = backend;
  const dns = dnsFacts.safeParse(known.evidence('dns')?.data).data;
  const connects = tcpConnectFacts.safeParse(known.evidence('tcp-connect')?.data).data;
  const address = isIP(host) === 0 ? (connects?.addresses[0] ?? (dns?.name === host ? dns.addresses[0] : undefined) ?? null) : host;
  return { ready: true, parameters: { ...settable.parse(set), host, port, address, lookUp: !known.inputs.passive } };
}
