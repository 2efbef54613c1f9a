/**
 * The httpds that run on one side. Processes of other network namespaces are told apart: several httpds can share one view of
 * /proc, and only the one in the same namespace is this proxy (reference: traps of the trade, "look at the one in your own").
 */
import type { Host } from '../../host/host.ts';
import { parseHttpdArguments } from './arguments.ts';
import { each } from './many.ts';
import { nameOf } from './paths.ts';
import type { ProcessStatus } from './processes.ts';
import { parseStatus, processesNamed, splitNul, startedAt, textsOf } from './processes.ts';

export interface RunningHttpd {
  readonly pid: number;
  readonly binary: string;
  readonly argv: readonly string[];
  /** Milliseconds since the epoch. */
  readonly startedAt: number | null;
  /** The user that serves requests: of the children, or of the process itself where it has none. */
  readonly uid: number | null;
  readonly gid: number | null;
  readonly children: readonly number[];
  /** `unknown`: no right to compare. */
  readonly namespace: 'same' | 'other' | 'unknown';
  /** Its environment; null where there is no right to read it. */
  readonly environment: ReadonlyMap<string, string> | null;
  /** Put before its paths to reach its files: `/proc/PID/root` where it lives in another root folder (a container), else empty. */
  readonly root: string;
}

/** Names of the kernel are cut at 15 characters: `httpd2-prefork`, `httpd.worker`, `apache2-mpm-eve`. */
const commandName = /^(?:apache2?|httpd\d?)(?:[-._].*)?$/;
/** Programs that answer to such a name and are no httpd of Apache. */
const otherPrograms = /^(?:busybox|toybox|sh|bash|dash|ash|python[\d.]*|perl[\d.]*|node|java|sudo|su|env|nsenter|ip|docker|kubectl|ssh)$/;

export function isHttpdName(name: string): boolean {
  return commandName.test(name);
}

/** How the processes of one kind of server are told. */
export interface ServerProgram {
  /** The kernel's name of a process, cut at 15 characters. */
  readonly isName: (name: string) => boolean;
  /** The command line that it was started with, from what /proc shows; null: this process is no such server. */
  readonly argvOf: (argv: readonly string[]) => readonly string[] | null;
  /** Called to say something (its version) or to tell another one something: gone in a moment. */
  readonly isPassing: (argv: readonly string[], children: number) => boolean;
}

const httpdProgram: ServerProgram = {
  isName: isHttpdName,
  argvOf: (argv) => argv,
  isPassing: (argv, children) => {
    const { passing, signals } = parseHttpdArguments(argv.slice(1));
    return passing || (signals && children === 0);
  },
};

/** All httpd parents of that side's /proc, oldest id first. @throws {FileError} where there is no /proc */
export function runningHttpds(host: Host): Promise<RunningHttpd[]> {
  return runningServers(host, httpdProgram);
}

/** The same for another kind of server. @throws {FileError} where there is no /proc */
export async function runningServers(host: Host, program: ServerProgram): Promise<RunningHttpd[]> {
  const ids = await processesNamed(host, program.isName);
  if (ids.length === 0) return [];
  const [statuses, commandLines] = [await textsOf(host, ids, 'status'), await textsOf(host, ids, 'cmdline')];
  const known = new Map<number, ProcessStatus>();
  for (const [id, text] of statuses) {
    const status = parseStatus(text.toString('utf8'));
    // A zombie has no command line any more.
    if (status !== null && !status.zombie && (commandLines.get(id)?.length ?? 0) > 0) known.set(id, status);
  }
  const parents = [...known].filter(([, status]) => !known.has(status.parent)).map(([id]) => id);
  const result: RunningHttpd[] = [];
  const own = await ownNamespace(host);
  await each(host, parents, async (pid) => {
    const status = known.get(pid);
    const argv = program.argvOf(splitNul(commandLines.get(pid) ?? Buffer.alloc(0)));
    if (argv === null) return;
    const binary = (await linkOf(host, `/proc/${pid}/exe`))?.replace(/ \(deleted\)$/, '') ?? (argv[0]?.startsWith('/') ? argv[0] : null);
    if (status === undefined || (binary !== null && otherPrograms.test(nameOf(binary)))) return;
    const children = [...known].filter(([, child]) => child.parent === pid);
    // One that is asked for its version, by this very program for instance, is gone in a moment.
    if (program.isPassing(argv, children.length)) return;
    // A daemon of root's has children of the daemon's user; mod_cgid's is among them.
    const server = children.map(([, child]) => child).find((child) => child.uid !== status.uid) ?? children[0]?.[1] ?? status;
    const namespace = await compareNamespace(host, pid, own);
    result.push({
      pid,
      binary: binary ?? argv[0] ?? 'httpd',
      argv,
      uid: server.uid,
      gid: server.gid,
      children: children.map(([id]) => id),
      namespace,
      ...(namespace === 'other'
        ? { startedAt: null, environment: null, root: '' }
        : { startedAt: await beginning(host, pid), environment: await environmentOf(host, pid), root: await rootOf(host, pid) }),
    });
  });
  return result.sort((a, b) => a.pid - b.pid);
}

interface Namespace {
  /** `net:[4026531833]` of the commands that run at that side. */
  readonly link: string | null;
  /** Inode of /proc/self/net/dev, which is one file for all processes of a network namespace. */
  readonly device: number | null;
}

async function ownNamespace(host: Host): Promise<Namespace> {
  return { link: await linkOf(host, '/proc/self/ns/net'), device: await inodeOf(host, '/proc/self/net/dev') };
}

/** The link tells, where there is a right to read it (the same user, or root); else the inode of a file that everyone can look at. */
async function compareNamespace(host: Host, pid: number, own: Namespace): Promise<RunningHttpd['namespace']> {
  const link = own.link === null ? null : await linkOf(host, `/proc/${pid}/ns/net`);
  if (link !== null) return link === own.link ? 'same' : 'other';
  const device = own.device === null ? null : await inodeOf(host, `/proc/${pid}/net/dev`);
  if (device === null) return 'unknown';
  return device === own.device ? 'same' : 'other';
}

async function environmentOf(host: Host, pid: number): Promise<ReadonlyMap<string, string> | null> {
  const content = (await textsOf(host, [pid], 'environ', 1024 * 1024)).get(pid);
  // A kernel that allows the look but not the content gives an empty file.
  if (content === undefined || content.length === 0) return null;
  return new Map(splitNul(content).map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
}

async function beginning(host: Host, pid: number): Promise<number | null> {
  try {
    const system = await host.readFile('/proc/stat');
    const own = await host.readFile(`/proc/${pid}/stat`);
    return startedAt(own.toString('utf8'), system.toString('utf8'));
  } catch {
    return null;
  }
}

/**
 * Another mount namespace alone is no other root: `ip netns exec` makes one, with the same files below. So the root folders are
 * compared, by inode and by what lies in them.
 */
async function rootOf(host: Host, pid: number): Promise<string> {
  // A root folder that was changed (chroot) is named by the link.
  const changed = await linkOf(host, `/proc/${pid}/root`);
  if (changed !== null && changed !== '/') return `/proc/${pid}/root`;
  const [own, its] = [await linkOf(host, '/proc/self/ns/mnt'), await linkOf(host, `/proc/${pid}/ns/mnt`)];
  if (own === null || its === null || own === its) return '';
  const root = `/proc/${pid}/root`;
  for (const folder of ['/', '/etc/passwd', '/usr']) {
    const [here, there] = [await inodeOf(host, folder), await inodeOf(host, root + folder)];
    if (there === null && folder === '/') return '';
    if (here !== there) return root;
  }
  return '';
}

async function linkOf(host: Host, path: string): Promise<string | null> {
  try {
    return await host.readLink(path);
  } catch {
    return null;
  }
}

async function inodeOf(host: Host, path: string): Promise<number | null> {
  try {
    return (await host.stat(path)).inode;
  } catch {
    return null;
  }
}
