import * as z from 'zod';
import type { Known, Prepared } from '../check.ts';
import { dialect, dialectOf } from '../dialect.ts';

export const parameters = z.object({
  /** Which proxy is looked for. */
  dialect,
  /** `--proxy-config`; null: to be found. */
  configFile: z.string().nullable(),
  /** `--httpd`, as argv. */
  httpd: z.array(z.string()).nullable(),
  /** The configuration lies here, but is not this machine's. */
  offline: z.boolean(),
  /** Error logs given by name: where several httpds run, they tell which one is meant. */
  errorLogs: z.array(z.string()),
  /** Logs and backends were given, so that the run can go on without knowing which of several httpds it is. */
  dispensable: z.boolean(),
  /** No name is looked up. */
  passive: z.boolean(),
});
export type Parameters = z.infer<typeof parameters>;

export function prepare({ inputs }: Known, set: Readonly<Record<string, unknown>>): Prepared<Parameters> {
  const asked = parameters.partial().safeParse(set);
  const given: Parameters = {
    dialect: dialectOf(set, null),
    passive: inputs.passive,
    configFile: inputs.proxyConfig,
    httpd: inputs.httpd === null ? null : [...inputs.httpd],
    offline: inputs.offline,
    errorLogs: [...inputs.errorLogs],
    dispensable: inputs.errorLogs.length > 0 && inputs.backends.length > 0,
    ...(asked.success ? asked.data : {}),
  };
  if (given.offline && given.configFile === null) {
    return {
      ready: false,
      reason: 'the logs come from another machine, and its configuration was not given',
      remedy: "copy the proxy's configuration here and name its main file with --proxy-config",
    };
  }
  return { ready: true, parameters: given };
}
