/** The real httpd of a world: its configuration, written as an administrator would, and its start and reload. */
import { chmod, mkdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run, tryRun } from './command.ts';
import type { Httpd } from './world.ts';

export const listenPort = 8080;
const modules = '/usr/lib/apache2/modules';

const common = [
  'authz_core',
  'env',
  'setenvif',
  'headers',
  'dir',
  'alias',
  'reqtimeout',
  'rewrite',
  'status',
  'proxy',
  'proxy_http',
  'slotmem_shm',
  'proxy_balancer',
  'lbmethod_byrequests',
];

/** As Debian's apache2.conf has them. */
const nicknames: Readonly<Record<string, string>> = {
  vhost_combined: '%v:%p %h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i"',
  combined: '%h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i"',
  common: '%h %l %u %t "%r" %>s %O',
};

/**
 * Written before each access-log line while a story is told whose times will be stretched: start in microseconds, duration, process and
 * client's port, to find the error lines of each request. `stretch.ts` takes it out again.
 */
export const stretchMark = '%{sec}t.%{usec_frac}t %D %P %a %{remote}p|';

const quoted = (format: string): string => `"${format.replaceAll('"', String.raw`\"`)}"`;

export interface Rendered {
  /** Path and content of each file. */
  readonly files: ReadonlyMap<string, string>;
  readonly main: string;
  readonly accessLog: string | null;
  readonly errorLog: string | null;
}

/** `fill` puts addresses in the place of `{app}` and the like. Pure. */
export function render(httpd: Httpd, folder: string, fill: (text: string) => string, marked: boolean): Rendered {
  const errorLog = httpd.errorLog === 'none' ? null : (httpd.errorLog ?? { path: 'logs/error.log' });
  const accessLog = httpd.accessLog === 'none' ? null : (httpd.accessLog ?? { path: 'logs/access.log' });
  const accessFormat = accessLog?.format ?? 'combined';
  const accessLine = (): string => {
    if (accessLog === null) return '';
    const inFull = nicknames[accessFormat] ?? accessFormat;
    const format = marked ? quoted(stretchMark + inFull) : accessFormat in nicknames ? accessFormat : quoted(inFull);
    return `CustomLog "${join(folder, accessLog.path)}" ${format}`;
  };
  const errorLines = (): string =>
    errorLog === null
      ? ''
      : [
          `ErrorLog "${join(folder, errorLog.path)}"`,
          ...(errorLog.format === undefined ? [] : [`ErrorLogFormat ${quoted(errorLog.format)}`]),
        ].join('\n');
  // A site with virtual hosts says itself where its logs stand.
  const site = fill(httpd.site.replace('{accessLog}', accessLine).replace('{errorLog}', errorLines));
  const mpm = httpd.mpm ?? 'event';
  const load = [`mpm_${mpm}`, ...common, ...(httpd.modules ?? [])]
    .map((name) => `LoadModule ${name}_module ${modules}/mod_${name}.so`)
    .join('\n');
  const size =
    mpm === 'prefork'
      ? 'StartServers 4\nServerLimit 20\nMaxRequestWorkers 20'
      : 'StartServers 1\nServerLimit 2\nThreadsPerChild 25\nMaxRequestWorkers 50\nMinSpareThreads 1\nMaxSpareThreads 50';
  const head = [
    `ServerRoot "${folder}"`,
    'ServerName px.lab.example',
    `DefaultRuntimeDir "${folder}/run"`,
    `PidFile "${folder}/run/httpd.pid"`,
    `Listen ${listenPort}`,
    'User www-data',
    'Group www-data',
  ].join('\n');
  const server = [
    size,
    'Timeout 60',
    `LogLevel ${httpd.logLevel ?? 'warn'}`,
    ...Object.entries(nicknames).map(([name, format]) => `LogFormat ${quoted(format)} ${name}`),
    errorLines(),
    httpd.site.includes('{accessLog}') ? '' : accessLine(),
    fill(httpd.server ?? ''),
  ]
    .filter((line) => line !== '')
    .join('\n');
  const files = new Map<string, string>();
  let main = join(folder, 'httpd.conf');
  if (httpd.layout === 'one-file') {
    files.set(main, [head, load, server, 'IncludeOptional conf.d/*.conf', site, ''].join('\n\n'));
  } else {
    main = join(folder, 'apache2.conf');
    const include = ['Include mods-enabled/*.load', 'IncludeOptional conf-enabled/*.conf', 'IncludeOptional sites-enabled/*.conf'];
    files.set(main, [head, include[0] ?? '', server, include.slice(1).join('\n'), ''].join('\n\n'));
    files.set(join(folder, 'mods-enabled/lab.load'), `${load}\n`);
    files.set(join(folder, 'sites-enabled/000-app.conf'), `${site}\n`);
  }
  return {
    files,
    main,
    accessLog: accessLog === null ? null : join(folder, accessLog.path),
    errorLog: errorLog === null ? null : join(folder, errorLog.path),
  };
}

/**
 * Makes it look like another version once it runs: a program that says so (and is the real one otherwise), start lines in the log, and the
 * configuration that this version would have run as it did, as old as the one that it replaces.
 */
export async function playVersion(rendered: Rendered, asSaid: Rendered, folder: string, version: string): Promise<void> {
  const program = join(folder, 'bin/httpd');
  await mkdir(join(folder, 'bin'), { recursive: true });
  await writeFile(
    program,
    [
      '#!/bin/sh',
      'for word in "$@"; do',
      '  case "$word" in -v | -V)',
      `    /usr/sbin/apache2 "$@" | sed 's|Apache/2[.0-9]*|Apache/${version}|'; exit ;;`,
      '  esac',
      'done',
      'exec /usr/sbin/apache2 "$@"',
      '',
    ].join('\n'),
  );
  await chmod(program, 0o755);
  for (const [path, content] of asSaid.files) {
    const { atime, mtime } = await stat(path);
    await writeFile(path, content);
    await utimes(path, atime, mtime);
  }
  if (rendered.errorLog === null) return;
  const text = await readFile(rendered.errorLog, 'utf8');
  await writeFile(rendered.errorLog, text.replaceAll(/Apache\/2[.\d]+/g, `Apache/${version}`));
}

export async function writeFiles(rendered: Rendered, folder: string): Promise<void> {
  for (const name of ['run', 'logs', 'conf.d', 'conf-enabled']) await mkdir(join(folder, name), { recursive: true });
  for (const path of [rendered.accessLog, rendered.errorLog]) {
    if (path === null) continue;
    await mkdir(join(path, '..'), { recursive: true });
    // As Debian has it: an ordinary user can't read the logs.
    await chmod(join(path, '..'), 0o750);
  }
  for (const [path, content] of rendered.files) {
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, content);
  }
}

/** Starts it as its scripts do (it goes to the background); returns its pid. `prefix` runs a program on the proxy's host. */
export async function start(prefix: readonly string[], rendered: Rendered, folder: string, openFiles: number | undefined): Promise<number> {
  const limits = openFiles === undefined ? [] : ['prlimit', `--nofile=${openFiles}`];
  const { exitCode, stderr } = await tryRun([...prefix, ...limits, 'apache2', '-f', rendered.main, '-k', 'start']);
  if (exitCode !== 0) {
    const log = rendered.errorLog === null ? '' : await readFile(rendered.errorLog, 'utf8').catch(() => '');
    throw new Error(`httpd did not start: ${stderr}${log}`);
  }
  return until(`httpd has written ${folder}/run/httpd.pid`, async () => {
    const text = await readFile(join(folder, 'run/httpd.pid'), 'utf8').catch(() => '');
    return text.trim() === '' ? null : Number(text);
  });
}

/** Reloads it gracefully and waits until the new configuration serves. */
export async function reload(prefix: readonly string[], rendered: Rendered): Promise<void> {
  const resumed = async (): Promise<number> =>
    rendered.errorLog === null ? 0 : (await readFile(rendered.errorLog, 'utf8')).split('resuming normal operations').length;
  const before = await resumed();
  await run([...prefix, 'apache2', '-f', rendered.main, '-k', 'graceful']);
  await until('httpd has reloaded', async () => (rendered.errorLog === null || (await resumed()) > before ? true : null));
}

async function until<T>(what: string, look: () => Promise<T | null>): Promise<T> {
  const patience = Date.now() + 10_000;
  for (;;) {
    const seen = await look();
    if (seen !== null) return seen;
    if (Date.now() > patience) throw new Error(`waited 10 s in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
