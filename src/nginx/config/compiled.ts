/** What an nginx program says of itself (`nginx -V`): its version and the places that were compiled in. */
import type { CommandRecord } from '../../engine/evidence.ts';
import type { Host } from '../../host/host.ts';
import { absolutePath } from '../../httpd/config/paths.ts';
import { parseVersion, type Version } from '../../httpd/versions/version.ts';

export interface CompiledNginx {
  /** `nginx/1.22.1` */
  readonly server: string;
  readonly version: Version | null;
  /** `--prefix` */
  readonly prefix: string;
  /** Absolute. */
  readonly configFile: string;
  readonly errorLog: string;
  readonly accessLog: string;
}

/** Null: it is no nginx that speaks here. @param output of `nginx -V`, which goes to standard error */
export function parseCompiled(output: string): CompiledNginx | null {
  const server = /^(?:nginx|angie|freenginx) version:\s*(\S+)/im.exec(output)?.[1];
  if (server === undefined) return null;
  const given = (name: string): string | null =>
    new RegExp(`(?:^|\\s)--${name}=(?:'([^']*)'|(\\S+))`)
      .exec(output)
      ?.slice(1)
      .find((value) => value !== undefined) ?? null;
  const prefix = given('prefix') ?? '/usr/local/nginx';
  const at = (name: string, usual: string): string => {
    const path = given(name) ?? usual;
    return path === 'stderr' ? path : absolutePath(path, prefix);
  };
  return {
    server,
    version: parseVersion(server),
    prefix,
    configFile: at('conf-path', 'conf/nginx.conf'),
    errorLog: at('error-log-path', 'logs/error.log'),
    accessLog: at('http-log-path', 'logs/access.log'),
  };
}

export interface AskedNginx {
  readonly compiled: CompiledNginx | null;
  readonly commands: readonly CommandRecord[];
  /** Why nothing is known, in words. */
  readonly trouble: string | null;
}

const limitMs = 5000;

/** Reads no configuration, and changes nothing. */
export async function askNginx(host: Host, command: readonly string[], signal?: AbortSignal): Promise<AskedNginx> {
  const result = await host.run([...command, '-V'], { timeLimitMs: limitMs, maxBytes: 200_000, ...(signal ? { signal } : {}) });
  const { argv, exitCode, durationMs } = result;
  const compiled = parseCompiled(result.stderr) ?? parseCompiled(result.stdout);
  const why: Readonly<Record<string, string>> = {
    'not-found': 'no such program there',
    'not-allowed': 'no right to run it',
    'time-limit': `no answer within ${limitMs / 1000} s`,
  };
  return {
    compiled,
    commands: [{ argv, exitCode, durationMs, output: result.stderr.slice(0, 4000) }],
    trouble: compiled === null ? `${argv.join(' ')}: ${why[result.ended] ?? 'did not print its version'}` : null,
  };
}
