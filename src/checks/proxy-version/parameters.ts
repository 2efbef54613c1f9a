import * as z from 'zod';
import { facts as proxyConfigFacts } from '../proxy-config/facts.ts';
import type { Known, Prepared } from '../check.ts';
import { dialect, dialectOf } from '../dialect.ts';

export const parameters = z.object({
  /** Which proxy it is; left out: httpd. */
  dialect: dialect.optional(),
  /** How to call httpd, as argv; null: the running or installed one is looked for. */
  command: z.array(z.string()).nullable(),
  /** The running program, for its package. */
  binary: z.string().nullable(),
  /** Put before its paths: an httpd in a container; else empty. */
  root: z.string(),
  /** Identifiers of the loaded modules; null: not known, so all faults count. */
  modules: z.array(z.string()).nullable(),
  mpm: z.string().nullable(),
  /** Main configuration that tells which of several httpds is meant. */
  configFile: z.string().nullable(),
});
export type Parameters = z.infer<typeof parameters>;

export function prepare({ inputs, evidence }: Known, set: Readonly<Record<string, unknown>>): Prepared<Parameters> {
  const config = proxyConfigFacts.safeParse(evidence('proxy-config')?.data);
  const known = config.success ? config.data : null;
  const own = dialectOf(set, known);
  if (inputs.offline) {
    return {
      ready: false,
      reason: `the logs come from another machine, whose ${own} can not be asked for its version here`,
      remedy:
        own === 'nginx'
          ? 'run `nginx -V` there, and compare with flows/nginx-upstream/fixes.yaml'
          : 'run `httpd -V` (Debian: `apache2 -V`) there, and compare with flows/mod-proxy-http/fixes.yaml',
    };
  }
  const asked = parameters.partial().safeParse(set);
  return {
    ready: true,
    parameters: {
      dialect: own,
      command: inputs.httpd === null ? (known?.command ? [...known.command] : null) : [...inputs.httpd],
      // A command that was named is the one whose package counts.
      binary: inputs.httpd === null ? (known?.httpd?.binary ?? null) : null,
      root: known?.root ?? '',
      modules: known?.modules ?? null,
      mpm: known?.mpm ?? null,
      configFile: inputs.proxyConfig,
      ...(asked.success ? asked.data : {}),
    },
  };
}
