/** Where to look for other signs of life of the backend's host. Pure. */
import { isIP } from 'node:net';
import * as z from 'zod';
import type { Known, Prepared } from '../check.ts';
import { parseEndpoint } from '../../httpd/wire/endpoint.ts';
import { facts as dnsFacts } from '../dns/facts.ts';
import { facts as proxyConfigFacts } from '../proxy-config/facts.ts';
import { facts as tcpConnectFacts } from '../tcp-connect/facts.ts';
import { backendOf, whyNotFromHere } from '../tcp-connect/target.ts';

export const parameters = z.object({
  host: z.string(),
  port: z.number(),
  /** The address to look at; null: the name has to be resolved. */
  address: z.string().nullable(),
  otherPorts: z.array(z.number()),
  daemon: z.object({ user: z.string(), uid: z.number() }).nullable(),
  /** Connects to the port itself were accepted. */
  accepts: z.boolean(),
  /** False with --passive: tables are read, nothing is sent. */
  send: z.boolean(),
});
export type Parameters = z.infer<typeof parameters>;

/** Nearly every server has one of them open or closed; which does not matter. */
const wellKnown = [22, 80, 443];
const configured = 3;

export function prepare(known: Known): Prepared<Parameters> {
  const backend = backendOf(known);
  if (!backend.ready) return backend;
  const why = whyNotFromHere(known);
  if (why !== null) return why;
  const { host, port } = backend;
  const config = proxyConfigFacts.safeParse(known.evidence('proxy-config')?.data).data;
  const connects = tcpConnectFacts.safeParse(known.evidence('tcp-connect')?.data).data;
  const names = dnsFacts.safeParse(known.evidence('dns')?.data).data;
  const siblings = (config?.backends ?? []).map((setting) => parseEndpoint(setting.backend)).filter((one) => one?.host === host);
  const ports = [...new Set(siblings.map((one) => one?.port ?? port))].filter((one) => one !== port).slice(0, configured);
  const { httpd } = config ?? { httpd: null };
  const failing = connects?.byAddress.find((one) => one.connected === 0 && one.refused === 0) ?? connects?.byAddress.find((one) => one.connected < one.attempts) ?? connects?.byAddress[0];
  return {
    ready: true,
    parameters: {
      host,
      port,
      address: isIP(host) === 0 ? (failing?.address ?? (names?.name === host ? (names.addresses[0] ?? null) : null)) : host,
      otherPorts: [...ports, ...wellKnown.filter((one) => one !== port && !ports.includes(one))],
      daemon: httpd?.uid != null && httpd.uid !== 0 ? { user: httpd.user ?? String(httpd.uid), uid: httpd.uid } : null,
      accepts: (failing?.connected ?? 0) > 0,
      send: !known.inputs.passive,
    },
  };
}
