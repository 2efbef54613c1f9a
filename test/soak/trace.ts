/** What a program does to the rest of the machine, seen by strace: programs it starts, files it writes, addresses it connects to. */
import { execa } from 'execa';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export interface Traced {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** argv of each program that was started, or that it tried to start. */
  readonly started: readonly (readonly string[])[];
  /** Files and folders that were made, opened for writing, renamed, removed or changed; without /dev/null and terminals. */
  readonly written: readonly string[];
  /** `address:port` of each internet address that a socket was connected or sent to. */
  readonly reached: readonly string[];
  /** The same, once for each connect(2). */
  readonly connects: readonly string[];
}

const calls =
  'execve,open,openat,creat,mkdir,mkdirat,mknod,mknodat,rename,renameat,renameat2,unlink,unlinkat,rmdir,symlink,symlinkat,link,linkat,truncate,chmod,fchmodat,chown,lchown,fchownat,connect,sendto,sendmsg';

export interface TraceOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

export async function traced(argv: readonly string[], options: TraceOptions = {}): Promise<Traced> {
  const folder = mkdtempSync(join(tmpdir(), 'proxy-doctor-trace-'));
  const cwd = options.cwd ?? folder;
  try {
    // A file for each process: calls of several are not mixed up.
    const { exitCode, stdout, stderr } = await execa(
      'strace',
      ['-ff', '--seccomp-bpf', '-qq', '-y', '-s', '200000', '-e', `trace=${calls}`, '-e', 'signal=none', '-o', join(folder, 'calls'), '--', ...argv],
      { cwd, env: { NO_COLOR: '1', ...options.env }, timeout: options.timeoutMs ?? 600_000, reject: false, stdin: 'ignore', maxBuffer: 1 << 28 },
    );
    const started: (readonly string[])[] = [];
    const written = new Set<string>();
    const reached = new Set<string>();
    const connects: string[] = [];
    for (const name of readdirSync(folder)) {
      for (const line of readFileSync(join(folder, name), 'latin1').split('\n')) read(line, cwd, { started, written, reached, connects });
    }
    return { status: exitCode ?? null, stdout, stderr, started, written: [...written].sort(), reached: [...reached].sort(), connects };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Into {
  readonly started: (readonly string[])[];
  readonly written: Set<string>;
  readonly reached: Set<string>;
  readonly connects: string[];
}

function read(line: string, cwd: string, into: Into): void {
  const call = /^(\w+)\(/.exec(line)?.[1];
  if (call === undefined) return;
  if (call === 'execve') {
    const argv = line.indexOf('[', line.indexOf('", ') + 1);
    into.started.push(stringsOf(line.slice(argv, line.lastIndexOf('], '))));
    return;
  }
  // What failed did nothing.
  if (/\) = -1 E(?!INPROGRESS)/.test(line)) return;
  if (call === 'connect' || call === 'sendto' || call === 'sendmsg') {
    const port = /sin6?_port=htons\((\d+)\)/.exec(line)?.[1];
    const address = /inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"/.exec(line);
    if (port !== undefined && address !== null) {
      const whole = `${address[1] ?? address[2] ?? ''}:${port}`;
      into.reached.add(whole);
      if (call === 'connect') into.connects.push(whole);
    }
    return;
  }
  if ((call === 'open' || call === 'openat') && !/O_WRONLY|O_RDWR|O_CREAT|O_TRUNC/.test(line)) return;
  // Paths of the newer calls are relative to a folder that is open: `renameat2(AT_FDCWD</tmp>, "a", 3</tmp/d>, "a")`.
  const beside = [...line.matchAll(/(?:AT_FDCWD|\d+)<([^>]*)>, "((?:[^"\\]|\\.)*)"/g)].map(([, folder = '', path = '']) => resolve(unescaped(folder), unescaped(path)));
  for (const whole of call.includes('at') && call !== 'creat' && call !== 'truncate' ? beside : stringsOf(line).map((path) => resolve(cwd, path))) {
    if (!/^\/(dev\/(null|tty|pts\/\d+|ptmx)|proc\/self\/.*)$/.test(whole)) into.written.add(whole);
  }
}

/** The C strings of a line, as text. */
function stringsOf(line: string): string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => unescaped(text));
}

const letters: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', v: '\v', f: '\f', '"': '"', '\\': '\\' };

function unescaped(text: string): string {
  const bytes = text.replaceAll(/\\([0-7]{1,3}|.)/g, (_all, code: string) => letters[code] ?? String.fromCharCode(Number.parseInt(code, 8)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
