/**
 * What a run of the tool really did, as the kernel saw it: programs it started, files it wrote, addresses it connected to, signals it sent.
 * strace watches only these calls (its seccomp filter leaves the others alone), so that a traced run takes no longer than another one.
 */
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';

export interface Trace {
  /** Argv of each program that the tool itself started; what such a program starts in its turn is its own affair, but writes and connects count. */
  readonly started: readonly (readonly string[])[];
  /** Paths that were written, made, changed, renamed or removed, by the tool or by what it started. */
  readonly written: readonly string[];
  /** `ADDRESS:PORT`, an IPv6 address in brackets; `ADDRESS` alone for what has no port (ping). */
  readonly connected: readonly string[];
  /** `SIGNAL PID`, to processes that are not among those traced. */
  readonly signalled: readonly string[];
  /** Processes that ended after the tool's first one, and how much later. */
  readonly outlived: readonly { readonly argv: readonly string[]; readonly seconds: number }[];
}

const calls = [
  ['execve', 'execveat', 'clone', 'clone3', 'fork', 'vfork', 'kill', 'pidfd_open', 'pidfd_send_signal'],
  ['openat', 'open', 'openat2', 'creat', 'rename', 'renameat', 'renameat2', 'unlink', 'unlinkat', 'mkdir', 'mkdirat', 'rmdir', 'link', 'linkat'],
  ['symlink', 'symlinkat', 'chmod', 'fchmodat', 'chown', 'lchown', 'fchownat', 'truncate', 'mknod', 'mknodat', 'mount', 'umount2'],
  ['connect', 'sendto', 'sendmsg', 'sendmmsg'],
].flat();

/** The words to put before a command; its trace goes to files of that folder. */
export async function traced(folder: string): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true });
  return ['strace', '-ff', '-q', '-ttt', '-yy', '-s', '512', '--seccomp-bpf', '-e', `trace=${calls.join(',')}`, '-o', join(folder, 'of')];
}

/** `program`: the tool's own executable; further processes of it (a supervisor) are the tool too. */
export async function readTrace(folder: string, program: string): Promise<Trace> {
  const files = (await readdir(folder)).filter((name) => name.startsWith('of.'));
  const lines = new Map<number, readonly string[]>();
  for (const name of files) lines.set(Number(name.slice(3)), (await readFile(join(folder, name), 'utf8')).split('\n'));
  return traceOf(lines, program);
}

interface Task {
  readonly pid: number;
  readonly executed: (readonly string[])[];
  /** Seconds since the epoch; null: it was still there when the trace ended. */
  ended: number | null;
  readonly forked: { readonly pid: number; readonly thread: boolean }[];
}

/** Lines of strace by the number of the process or thread. Pure. */
export function traceOf(linesOf: ReadonlyMap<number, readonly string[]>, program: string): Trace {
  const tasks = new Map<number, Task>();
  const written = new Set<string>();
  const connected = new Set<string>();
  const signalled = new Set<string>();
  for (const [pid, lines] of linesOf) {
    const task: Task = { pid, executed: [], ended: null, forked: [] };
    tasks.set(pid, task);
    for (const line of lines) {
      const end = /^([\d.]+) \+\+\+ (?:exited|killed)/.exec(line);
      if (end !== null) task.ended = Number(end[1]);
      const call = /^[\d.]+ (\w+)\((.*)\)\s+= (-?\d+|\?)/.exec(line);
      if (call === null) continue;
      const [, name = '', args = '', result = ''] = call;
      const child = Number(result);
      // A connect that is under way comes back with EINPROGRESS, and one that is refused was made, too.
      if (/^(connect|send)/.test(name)) {
        for (const address of addressesIn(name, args)) connected.add(address);
        continue;
      }
      if (result.startsWith('-')) continue;
      if (name === 'execve') task.executed.push(stringsIn(args.slice(args.indexOf('['))));
      else if (/^(clone3?|v?fork)$/.test(name)) {
        if (child > 0) task.forked.push({ pid: child, thread: args.includes('CLONE_THREAD') });
      } else if (name === 'kill') {
        const [to = '', signal = ''] = args.split(', ');
        if (signal !== '0' && !linesOf.has(Math.abs(Number(to)))) signalled.add(`${signal} ${to}`);
      } else for (const path of writtenIn(name, args)) written.add(path);
    }
  }
  return {
    started: startedBy(tasks, program),
    written: [...written].toSorted(),
    connected: [...connected].toSorted(),
    signalled: [...signalled],
    outlived: outlivedBy(tasks),
  };
}

function outlivedBy(tasks: ReadonlyMap<number, Task>): Trace['outlived'] {
  const end = firstOf(tasks)?.ended ?? Infinity;
  return [...tasks.values()].flatMap(({ executed, ended }) => {
    const seconds = (ended ?? Infinity) - end;
    const argv = executed.at(-1);
    return argv !== undefined && seconds > 0 ? [{ argv, seconds }] : [];
  });
}

/** The process that nobody among them started. */
function firstOf(tasks: ReadonlyMap<number, Task>): Task | undefined {
  const children = new Set([...tasks.values()].flatMap((task) => task.forked.map(({ pid }) => pid)));
  return [...tasks.values()].find(({ pid }) => !children.has(pid));
}

/** Programs that processes of the tool start: its first process, that one's threads, and further processes of the same program. */
function startedBy(tasks: ReadonlyMap<number, Task>, program: string): readonly (readonly string[])[] {
  const first = firstOf(tasks);
  const waiting = first === undefined ? [] : [first];
  const started: (readonly string[])[] = [];
  for (let task = waiting.pop(); task !== undefined; task = waiting.pop()) {
    for (const { pid, thread } of task.forked) {
      const child = tasks.get(pid);
      if (child === undefined) continue;
      const [argv] = child.executed;
      if (!thread && argv !== undefined) started.push(argv);
      // A process between a fork and its program is the tool still.
      if (thread || argv === undefined || basename(argv[0] ?? '') === basename(program)) waiting.push(child);
    }
  }
  return started;
}

function addressesIn(name: string, args: string): string[] {
  const found: string[] = [];
  // Connecting a datagram socket sends nothing; resolvers and ping do so to learn which of their own addresses they would use.
  if (name === 'connect' && args.includes('<UDP')) return [];
  const peer = /<UDP[^>]*->(\[[^\]]*\]|[\d.]+):(\d+)\]>/.exec(args.split(', ')[0] ?? '');
  if (peer !== null) return [`${peer[1]}:${peer[2]}`];
  for (const [, text = ''] of args.matchAll(/\{(sa_family=AF_INET6?, [^}]*)\}/g)) {
    const address = /inet_addr\("([\d.]+)"\)/.exec(text)?.[1] ?? /inet_pton\(AF_INET6, "([^"]+)"/.exec(text)?.[1];
    const port = Number(/port=htons\((\d+)\)/.exec(text)?.[1] ?? 0);
    if (address === undefined) continue;
    const host = address.includes(':') ? `[${address}]` : address;
    found.push(port === 0 ? host : `${host}:${port}`);
  }
  return found;
}

const writing = /O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND/;

function writtenIn(name: string, args: string): string[] {
  if (/^(execveat|pidfd_\w+)$/.test(name)) return [];
  if (name.startsWith('open') && !writing.test(args.replaceAll(/"(?:[^"\\]|\\.)*"/g, ''))) return [];
  // `ip netns exec` gives its program a view of its own of the files; nothing is written.
  if (name === 'mount' || name === 'umount2') return [];
  const paths: string[] = [];
  // Each path stands behind the folder it is relative to, in the calls that have one.
  for (const [, folder = '/', path = ''] of args.matchAll(/(?:(?:AT_FDCWD|\d+)<([^>]*)>, )?"((?:[^"\\]|\\.)*)"/g)) paths.push(resolve(folder, path));
  // The target of a symbolic link is text, not a file that was touched.
  return name.startsWith('symlink') ? paths.slice(1) : paths;
}

function stringsIn(text: string): string[] {
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, one = '']) => one.replaceAll(/\\(.)/g, '$1'));
}
