/** A real httpd of its own on a loopback port, with a configuration in a temporary folder; ended by pid. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Httpd {
  readonly folder: string;
  readonly config: string;
  readonly port: number;
  readonly pid: () => number;
  readonly argv: readonly string[];
  readonly stop: () => Promise<void>;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}

/** Waits until the test holds; the test's own time limit ends a wait that never does. */
export async function until(test: () => boolean | Promise<boolean>, what: string, limitMs = 30_000): Promise<void> {
  const end = Date.now() + limitMs;
  while (!(await test())) {
    if (Date.now() > end) throw new Error(`not so after ${limitMs / 1000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** @param backend where it proxies to; by default nothing listens there */
export async function startHttpd(backend = '127.0.0.1:9'): Promise<Httpd> {
  const folder = mkdtempSync(join(tmpdir(), 'proxy-doctor-httpd-'));
  const port = await freePort();
  const config = join(folder, 'httpd.conf');
  mkdirSync(join(folder, 'logs'));
  const modules = ['mpm_event', 'authz_core', 'proxy', 'proxy_http', 'setenvif', 'env'];
  writeFileSync(
    config,
    [
      `ServerRoot "${folder}"`,
      'ServerName localhost',
      'User www-data',
      'Group www-data',
      `Listen 127.0.0.1:${port}`,
      `PidFile ${join(folder, 'httpd.pid')}`,
      ...modules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`),
      'StartServers 1',
      'ErrorLog logs/error.log',
      'LogFormat "%h %l %u %t \\"%r\\" %>s %b %D nokeepalive=%{proxy-nokeepalive}e" seen',
      'CustomLog logs/access.log seen',
      `<VirtualHost *:${port}>`,
      `  ProxyPass / http://${backend}/`,
      '</VirtualHost>',
      '# the last line has no end',
    ].join('\n'),
    { mode: 0o640 },
  );
  const argv = ['/usr/sbin/apache2', '-f', config];
  const started = spawnSync(argv[0] ?? '', [...argv.slice(1), '-k', 'start'], { encoding: 'utf8' });
  if (started.status !== 0) throw new Error(`apache2 did not start: ${started.stderr}`);
  const pidFile = join(folder, 'httpd.pid');
  await until(() => existsSync(pidFile), 'httpd writes its pid');
  const pid = (): number => Number(readFileSync(pidFile, 'utf8'));
  const first = pid();
  return {
    folder,
    config,
    port,
    pid,
    argv: [...argv, '-k', 'start'],
    stop: async () => {
      try {
        process.kill(first, 'SIGTERM');
        await until(() => !existsSync(`/proc/${first}`), 'httpd ends');
      } catch {
        // It ended by itself: what a test wanted.
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
