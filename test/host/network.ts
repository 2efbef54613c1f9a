/**
 * Two network namespaces joined by a cable, for tests that need a real kernel between proxy and backend. They live as long as a process of
 * ours holds them open, so nothing stays behind however the test ends. No default route: nothing can leave.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { execa } from 'execa';

export interface End {
  /** Argv prefix that enters it. */
  readonly prefix: readonly string[];
  readonly v4: string;
  readonly v6: string;
  /** Runs a command there. @throws where it fails. */
  readonly run: (...argv: readonly string[]) => Promise<string>;
  /** Starts a program there that goes on; resolves once it has printed a line. Ended with the network. */
  readonly start: (...argv: readonly string[]) => Promise<ChildProcess>;
}

export interface Network {
  readonly proxy: End;
  readonly backend: End;
  readonly close: () => Promise<void>;
}

/** Root needs no user namespace, and without one all users can be had inside. */
export const isRoot = process.getuid?.() === 0;
const own = isRoot ? [] : ['-U', '-r'];
const enter = (pid: number) => ['nsenter', '-t', String(pid), ...(isRoot ? [] : ['-U', '--preserve-credentials']), '-n', '-m', '--'];

export async function openNetwork(): Promise<Network> {
  const children: ChildProcess[] = [];
  const start = async (argv: readonly string[]): Promise<ChildProcess> => {
    const [file = '', ...rest] = argv;
    const child = spawn(file, rest, { stdio: ['pipe', 'pipe', 'inherit'] });
    children.push(child);
    const ended = once(child, 'exit').then(() => {
      throw new Error(`${argv.join(' ')} ended at once`);
    });
    ended.catch(() => {});
    await Promise.race([once(child.stdout, 'data'), ended]);
    return child;
  };
  // A namespace ends with its last process; this one ends when its standard input does, at the latest when we do.
  const hold = 'mount -t sysfs sysfs /sys; ip link set lo up; echo ready; exec cat';
  const first = await start(['unshare', ...own, '-n', '-m', 'sh', '-c', hold]);
  // Both belong to one user namespace, so that a cable can be laid between them.
  const beside = isRoot ? [] : ['nsenter', '-t', String(first.pid), '-U', '--preserve-credentials', '--'];
  const second = await start([...beside, 'unshare', '-n', '-m', 'sh', '-c', hold]);

  const end = (pid: number, v4: string, v6: string): End => {
    const prefix = enter(pid);
    return {
      prefix,
      v4,
      v6,
      run: async (...argv) => (await execa(prefix[0] ?? '', [...prefix.slice(1), ...argv])).stdout,
      start: (...argv) => start([...prefix, ...argv]),
    };
  };
  const proxy = end(first.pid ?? 0, '192.0.2.1', '2001:db8::1');
  const backend = end(second.pid ?? 0, '192.0.2.2', '2001:db8::2');
  await proxy.run('ip', 'link', 'add', 'wire', 'type', 'veth', 'peer', 'name', 'wire', 'netns', String(second.pid));
  for (const { run, v4, v6 } of [proxy, backend]) {
    // Without duplicate address detection, which would hold up the first packets for a second or two.
    await run('sysctl', '-qw', 'net.ipv6.conf.wire.accept_dad=0');
    await run('ip', 'link', 'set', 'wire', 'up');
    await run('ip', 'addr', 'add', `${v4}/24`, 'dev', 'wire');
    await run('ip', 'addr', 'add', `${v6}/64`, 'dev', 'wire', 'nodad');
  }
  return {
    proxy,
    backend,
    close: async () => {
      for (const child of children.toReversed()) {
        if (child.exitCode !== null || child.signalCode !== null) continue;
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
    },
  };
}

/** A backend in Python: listens, and does one thing with its connections. Arguments: address, port, backlog, behaviour. */
export const listenerProgram = `
import socket, sys, struct, time
address, port, backlog, how = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
s = socket.socket(socket.AF_INET6 if ':' in address else socket.AF_INET)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind((address, port)); s.listen(backlog); print('ready', flush=True)
kept = []
while True:
    if how == 'ignore': time.sleep(3600)
    c, _ = s.accept()
    if how == 'reset': c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    if how == 'greet': c.sendall(b'hello')
    if how in ('reset', 'close'): c.close()
    else: kept.append(c)
`;

export function listener(
  address: string,
  port: number,
  how: 'hold' | 'reset' | 'close' | 'greet' | 'ignore',
  backlog = 16,
): readonly string[] {
  return ['/usr/bin/python3', '-c', listenerProgram, address, String(port), String(backlog), how];
}
