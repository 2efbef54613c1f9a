import * as z from 'zod';
import type { Known, Prepared } from '../check.ts';
import { dialect, dialectOf } from '../dialect.ts';
import { facts as proxyConfigFacts } from '../proxy-config/facts.ts';
import type { ProxyConfigFacts } from '../proxy-config/facts.ts';

const statusPage = z.object({ address: z.string(), port: z.number(), path: z.string(), host: z.string() });

export const parameters = z.object({
  /** Which proxy it is; left out: httpd. */
  dialect: dialect.optional(),
  /** The running httpd's parent; null: looked for. */
  pid: z.number().nullable(),
  /** Ports that httpd listens on. */
  ports: z.array(z.number()),
  /** Null: not known from a configuration. */
  maxRequestWorkers: z.number().nullable(),
  listenBacklog: z.number(),
  /** mod_status' page on this machine; null: there is none, or nothing may be asked. */
  statusPage: statusPage.nullable(),
});
export type Parameters = z.infer<typeof parameters>;

/** httpd's own (DEFAULT_LISTENBACKLOG in include/mpm_common.h); the kernel caps it by net.core.somaxconn. */
const usualBacklog = 511;

export function prepare({ inputs, evidence }: Known, set: Readonly<Record<string, unknown>>): Prepared<Parameters> {
  if (inputs.offline) {
    return {
      ready: false,
      reason: 'the logs come from another machine, whose limits can not be looked at here',
      remedy: 'run `proxy-doctor check proxy-resources` there',
    };
  }
  const config = proxyConfigFacts.safeParse(evidence('proxy-config')?.data);
  const known = config.success ? config.data : null;
  const workers = Number(known?.limits['MaxRequestWorkers']?.value);
  const backlog = Number(known?.limits['ListenBacklog']?.value);
  const asked = parameters.partial().safeParse(set);
  return {
    ready: true,
    parameters: {
      dialect: dialectOf(set, known),
      pid: known?.httpd?.pid ?? null,
      ports: [...new Set(known?.listen.map((one) => one.port) ?? [])],
      maxRequestWorkers: Number.isInteger(workers) && workers > 0 ? workers : null,
      listenBacklog: Number.isInteger(backlog) && backlog > 0 ? backlog : usualBacklog,
      statusPage: inputs.passive || known === null ? null : statusPageOf(known),
      ...(asked.success ? asked.data : {}),
    },
  };
}

/** The page as one would ask for it on this machine: over plain HTTP, with the name of its virtual host. */
function statusPageOf(config: ProxyConfigFacts): Parameters['statusPage'] {
  const [page] = config.statusPages ?? [];
  if (page === undefined) return null;
  const port = page.virtualHost === null ? undefined : Number(/:(\d+)$/.exec(page.virtualHost)?.[1]);
  // TLS ports are left out: the page is as good on another one.
  const plain = config.listen.filter((one) => one.port !== 443 && one.port !== 8443);
  const listen = plain.find((one) => one.port === port) ?? plain[0];
  if (listen === undefined) return null;
  const name = page.virtualHost?.replace(/:\d+$/, '') ?? '';
  const address =
    listen.address === null || /^(?:0\.0\.0\.0|\[?::\]?)$/.test(listen.address) ? '127.0.0.1' : listen.address.replace(/^\[|\]$/g, '');
  return { address, port: listen.port, path: page.path, host: /^[\w.-]+$/.test(name) ? name : 'localhost' };
}
