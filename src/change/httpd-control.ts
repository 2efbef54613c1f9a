/** What the change asks of the running httpd: is this still it, is its configuration valid, reload gracefully, does it serve. */
import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { connect } from 'node:net';
import type { ChangeRecord } from './record.ts';

type Httpd = ChangeRecord['httpd'];

/** proc(5), stat: the fields after the command's closing bracket; 20 of them lead to the start time, 2 to the parent. */
async function statFields(pid: number): Promise<{ parent: number; startTicks: string } | null> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'latin1');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : { parent: Number(fields[1]), startTicks: fields[19] ?? '' };
  } catch {
    return null;
  }
}

export async function startTicksOf(pid: number): Promise<string | null> {
  return (await statFields(pid))?.startTicks ?? null;
}

/** The httpd of the record if it still runs; else one that was started in the same way since; else null. */
export async function runningPid(httpd: Httpd): Promise<number | null> {
  if ((await startTicksOf(httpd.pid)) === httpd.startTicks) return httpd.pid;
  const wanted = httpd.argv.join('\0');
  const namespace = await readlink('/proc/self/ns/net').catch(() => null);
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const pid = Number(name);
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (line.replace(/\0$/, '') !== wanted) continue;
    const fields = await statFields(pid);
    const parent = fields === null ? '' : await readFile(`/proc/${fields.parent}/cmdline`, 'utf8').catch(() => '');
    const here = await readlink(`/proc/${pid}/ns/net`).catch(() => null);
    if (fields !== null && parent !== line && here === namespace) return pid;
  }
  return null;
}

/** The syntax test of httpd itself. Null: it is fine; else what it said. */
export function syntaxTest(httpd: Httpd): Promise<string | null> {
  const [command = 'httpd', ...all] = httpd.argv;
  const args = withoutControl(all);
  return new Promise((resolve) => {
    execFile(command, [...args, '-t'], { env: { ...httpd.environment, LC_ALL: 'C' }, timeout: 15_000 }, (error, stdout, stderr) => {
      resolve(error === null ? null : `${stderr}${stdout}`.trim() || error.message);
    });
  });
}

/** Arguments that say how to run, not what to read: `-k start`, `-D FOREGROUND`, `-X`. */
export function withoutControl(args: readonly string[]): string[] {
  const kept: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index] ?? '';
    if (word === '-k') index += 1;
    else if (word === '-D' && ['FOREGROUND', 'NO_DETACH', 'DEBUG', 'ONE_PROCESS'].includes(args[index + 1] ?? '')) index += 1;
    else if (['-DFOREGROUND', '-DNO_DETACH', '-X', '-kstart', '-krestart', '-kgraceful'].includes(word)) continue;
    else kept.push(word);
  }
  return kept;
}

async function children(pid: number): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const fields = await statFields(Number(name));
    if (fields?.parent === pid) found.push(Number(name));
  }
  return found;
}

/**
 * Reloads gracefully (httpd: SIGUSR1 to the parent) and waits until a child of the new generation is there and the port accepts.
 * @returns null when it serves, else what is wrong
 */
export async function reload(httpd: Httpd, pid: number, limitMs = 10_000): Promise<string | null> {
  const before = new Set(await children(pid));
  process.kill(pid, 'SIGUSR1');
  const end = Date.now() + limitMs;
  while (Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    if ((await startTicksOf(pid)) === null) return 'httpd ended when it was told to reload';
    const fresh = (await children(pid)).some((child) => !before.has(child));
    if (fresh && (httpd.listen === null || (await accepts(httpd.listen)))) return null;
  }
  return `httpd did not serve with its new configuration within ${limitMs / 1000} s`;
}

function accepts(listen: { address: string; port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: listen.address, port: listen.port, timeout: 1000 });
    const done = (good: boolean): void => {
      socket.destroy();
      resolve(good);
    };
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
    socket.once('timeout', () => done(false));
  });
}
