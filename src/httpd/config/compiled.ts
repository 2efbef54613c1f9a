/** What an httpd binary says of itself: `-V` and `-l`. Both read text only; no configuration has to be right for them. */
import type { Version } from '../versions/version.ts';
import { parseVersion } from '../versions/version.ts';

export interface Compiled {
  /** `Apache/2.4.71 (Debian)`. */
  readonly server: string | null;
  readonly version: Version | null;
  /** As printed. */
  readonly built: string | null;
  /** `event`; null where it is not compiled in and no configuration could be read. */
  readonly mpm: string | null;
  /** `1.6.3`. */
  readonly aprUtil: string | null;
  /** HTTPD_ROOT. */
  readonly root: string | null;
  /** SERVER_CONFIG_FILE, relative to the root. */
  readonly configFile: string | null;
  /** DEFAULT_ERRORLOG, relative to the root. */
  readonly errorLog: string | null;
  readonly architecture: string | null;
}

/** Reads what `httpd -V` prints (2.0 to 2.4); whatever it does not say is null. */
export function parseCompiled(output: string): Compiled {
  const line = (label: RegExp): string | null => label.exec(output)?.[1]?.trim() || null;
  const define = (name: string): string | null => line(new RegExp(`-D ${name}="([^"\\n]*)"`));
  const server = line(/^Server version:[ \t]*(.*)$/m);
  const libraries = line(/^Server loaded:[ \t]*(.*)$/m) ?? line(/^Compiled using:[ \t]*(.*)$/m) ?? '';
  return {
    server,
    version: server === null ? null : parseVersion(server),
    built: line(/^Server built:[ \t]*(.*)$/m),
    mpm: (line(/^Server MPM:[ \t]*(.*)$/m) ?? line(/-D APACHE_MPM_DIR="server\/mpm\/([^"\n]*)"/))?.toLowerCase() ?? null,
    aprUtil: /APR-(?:UTIL|util) (\d[\w.]*)/i.exec(libraries)?.[1] ?? null,
    root: define('HTTPD_ROOT'),
    configFile: define('SERVER_CONFIG_FILE'),
    errorLog: define('DEFAULT_ERRORLOG'),
    architecture: line(/^Architecture:[ \t]*(.*)$/m),
  };
}

/** Reads what `httpd -l` prints: `core.c`, `mod_so.c` … */
export function parseStaticModules(output: string): string[] {
  return [...output.matchAll(/^\s+(\w+\.c)\s*$/gm)].map((match) => match[1] ?? '');
}
