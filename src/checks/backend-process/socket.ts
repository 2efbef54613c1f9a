/** The program behind a socket in the file system. Who connects there asks the kernel, whatever network namespace listens. Reads only. */
import { FileError } from '../../host/host.ts';
import { anotherView } from '../tcp-connect/socket-file.ts';
import { CouldNot, type CheckContext, type Collected } from '../check.ts';
import { crashesIn } from './crashes.ts';
import type { BackendProcessFacts } from './facts.ts';
import type { Listening } from './listeners.ts';
import type { Parameters } from './parameters.ts';
import { processOf } from './process.ts';
import { type Look, readSystemLog } from './system-log.ts';

const lookMs = 8000;
const connectMs = 1500;
const mostCrashes = 10;

export async function collectSocket(context: CheckContext, { path: socket, httpd }: NonNullable<Parameters['socket']>, { connect, since }: Parameters): Promise<Collected<BackendProcessFacts>> {
  const { signal } = context;
  const host = context.hosts.proxy;
  await anotherView(host, socket, httpd);
  const look: Look = { host, signal, commands: [], missing: [] };
  const listeners = await listening(look, socket);
  const pids = listeners.flatMap((one) => one.pids);
  const process = await processOf(host, pids);
  const localConnect: BackendProcessFacts['localConnect'] = [];
  if (connect && !listeners.some(({ queue, backlog }) => queue !== null && backlog !== null && queue >= backlog)) {
    const { outcome, code } = await host.connect(socket, 0, { timeoutMs: connectMs, signal });
    localConnect.push({ address: socket, outcome, code });
  }
  // ss shows the sockets of this network namespace alone; only the kernel's answer to a connect, or the missing file, says that nobody listens.
  const refused = localConnect.some(({ outcome }) => outcome === 'refused');
  if (listeners.length === 0 && !refused && !localConnect.some(({ outcome }) => outcome === 'connected') && !(await isMissing(look, socket))) {
    throw new CouldNot('skipped', `What listens on ${socket} is not seen here, and could not be asked${connect ? '' : ' with --passive'}.`, 'Run it as root on the proxy, without --passive.', look.commands);
  }
  const log = await readSystemLog(look, since);
  const [first] = listeners;
  const crashes = crashesIn(log.lines, { process: first?.process ?? null, pids, unit: process.unit }, log.since, mostCrashes);
  signal.throwIfAborted();
  return {
    facts: {
      reached: 'local',
      port: 0,
      socket,
      addresses: [socket],
      ownsAddress: true,
      translated: false,
      // A file that was removed or made anew is another socket than the one which a program still holds.
      listeners: refused ? [] : listeners.map(({ pids: _pids, ...listener }) => listener),
      otherPorts: [],
      overflows: null,
      abortOnOverflow: null,
      connections: {},
      firewall: [],
      firewallUnread: null,
      localConnect,
      crashes: [...crashes],
      listenerStartedAt: process.startedAt,
      unit: process.unit,
      missing: look.missing,
    },
    commands: look.commands,
  };
}

async function listening({ host, signal, commands, missing }: Look, socket: string): Promise<readonly Listening[]> {
  if (await host.has('ss')) {
    const result = await host.run(['ss', '-xlp'], { timeLimitMs: lookMs, signal });
    commands.push(result);
    if (result.exitCode === 0) return readUnix(result.stdout, socket);
  }
  missing.push('ss');
  return [];
}

/** `ss -xlp`: Netid State Recv-Q Send-Q Path Inode Peer Inode users:(("gunicorn",pid=40,fd=5)). */
export function readUnix(stdout: string, socket: string): readonly Listening[] {
  return stdout.split('\n').flatMap((line) => {
    const [, state, queue, backlog, path] = line.trim().split(/\s+/);
    if (state !== 'LISTEN' || path !== socket) return [];
    const pids = [...line.matchAll(/pid=(\d+)/g)].map((match) => Number(match[1])).sort((a, b) => a - b);
    const process = /users:\(\("([^"]*)"/.exec(line)?.[1] ?? null;
    return [{ address: socket, port: 0, process, pid: pids[0] ?? null, queue: Number(queue), backlog: Number(backlog), pids }];
  });
}

async function isMissing({ host }: Look, socket: string): Promise<boolean> {
  try {
    await host.stat(socket);
    return false;
  } catch (error) {
    if (error instanceof FileError) return error.code === 'ENOENT';
    throw error;
  }
}
