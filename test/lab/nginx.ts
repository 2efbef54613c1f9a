/** The real nginx of a world, in the place of httpd: its configuration, written as an administrator would, and its start. */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tryRun } from './command.ts';
import { listenPort, type Rendered } from './httpd.ts';
import type { Httpd } from './world.ts';

/** `site` is what stands in the http block: upstream blocks, and a server that listens on `{listen}`. Pure. */
export function renderNginx(httpd: Httpd, folder: string, fill: (text: string) => string): Rendered {
  const errorLog = httpd.errorLog === 'none' ? null : join(folder, httpd.errorLog?.path ?? 'logs/error.log');
  const accessLog = httpd.accessLog === 'none' ? null : join(folder, httpd.accessLog?.path ?? 'logs/access.log');
  const format = httpd.accessLog === 'none' ? undefined : httpd.accessLog?.format;
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `  ${name}_temp_path ${join(folder, 'var', name)};`);
  const main = [
    'user www-data;',
    'worker_processes 2;',
    `pid ${join(folder, 'run/nginx.pid')};`,
    errorLog === null ? 'error_log stderr;' : `error_log ${errorLog};`,
    'events { worker_connections 512; }',
    'http {',
    ...temporary,
    ...(format === undefined ? [] : [`  log_format own '${format}';`]),
    accessLog === null ? '  access_log off;' : `  access_log ${accessLog}${format === undefined ? '' : ' own'};`,
    '  include sites-enabled/*;',
    '}',
    '',
  ].join('\n');
  const path = join(folder, 'nginx.conf');
  const site = fill(httpd.site.replaceAll('{listen}', String(listenPort)));
  return {
    files: new Map([
      [path, main],
      [join(folder, 'sites-enabled/app'), `${site}\n`],
    ]),
    main: path,
    accessLog,
    errorLog,
  };
}

/** Starts it as its scripts do (it goes to the background); returns its pid. */
export async function startNginx(prefix: readonly string[], rendered: Rendered, folder: string): Promise<number> {
  await mkdir(join(folder, 'var'), { recursive: true });
  const { exitCode, stderr } = await tryRun([...prefix, 'nginx', '-c', rendered.main]);
  if (exitCode !== 0) throw new Error(`nginx did not start: ${stderr}`);
  // It has written the file when it went to the background.
  return Number(await readFile(join(folder, 'run/nginx.pid'), 'utf8'));
}
