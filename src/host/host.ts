/**
 * The only door to a machine. One `Host` for the proxy's side and one for the backend's; each is this machine or is reached
 * through a vantage (an argv prefix). Nothing else in the project opens files, sockets or processes of the systems examined.
 * Tests bring fakes of it (test/fakes/).
 */
import type { CommandRecord, Side } from '../engine/evidence.ts';

export interface CommandOptions {
  readonly signal?: AbortSignal;
  readonly timeLimitMs: number;
  /** Output beyond this many bytes ends the command (default 4 MiB). */
  readonly maxBytes?: number;
  readonly input?: string;
  /** Told of standard output as it comes. */
  readonly onOutput?: (text: string) => void;
  /** Runs as this user, without its supplementary groups; needs root on that side. */
  readonly user?: User;
}

export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** A command that was started; a non-zero exit is a result, not an exception. */
export interface CommandResult extends CommandRecord {
  readonly stdout: string;
  readonly stderr: string;
  /** Why it ended otherwise than by itself. `not-found`: no such command (here or at the vantage). */
  readonly ended: 'exit' | 'signal' | 'time-limit' | 'too-much-output' | 'aborted' | 'not-found' | 'not-allowed';
}

export type FileErrorCode = 'ENOENT' | 'EACCES' | 'EISDIR' | 'ENOTDIR' | 'ELOOP' | 'EIO' | 'OTHER';

/** A file or folder could not be read. */
export class FileError extends Error {
  override readonly name = 'FileError';
  readonly code: FileErrorCode;
  readonly path: string;
  constructor(code: FileErrorCode, path: string, message: string) {
    super(message);
    this.code = code;
    this.path = path;
  }
}

export interface FileInfo {
  readonly path: string;
  readonly kind: 'file' | 'directory' | 'fifo' | 'device' | 'socket' | 'other';
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
  /** Permission bits, `0o644`. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Changes when the file is replaced (rotation). */
  readonly inode: number;
}

/** One TCP connect attempt. Times in milliseconds. `code` is the errno symbol where there is one. */
export interface ConnectResult {
  readonly outcome: 'connected' | 'refused' | 'timed-out' | 'unreachable' | 'denied' | 'reset' | 'failed';
  readonly code: string | null;
  readonly address: string;
  readonly latencyMs: number;
  readonly localPort: number | null;
  /** After connecting, what the peer did within `lingerMs` (when asked): nothing, sent bytes, closed, reset. */
  readonly afterwards: 'silent' | 'sent' | 'closed' | 'reset' | null;
}

/** What happened on an open connection, in order. `at`: milliseconds of a steady clock (`performance.now()`). */
export type SocketEvent =
  | { readonly kind: 'data'; readonly bytes: Buffer; readonly at: number }
  /** The peer closed in order (FIN). */
  | { readonly kind: 'closed'; readonly at: number }
  /** The connection broke: RST, or another error. `code` is the errno symbol; null where the tool at a vantage can't tell it. */
  | { readonly kind: 'reset'; readonly code: string | null; readonly at: number };

/** A connection that stays open for a conversation. */
export interface OpenSocket {
  readonly address: string;
  readonly port: number;
  readonly localPort: number | null;
  readonly write: (bytes: Uint8Array | string) => void;
  /** The next event, or null when nothing came within `timeoutMs`. After `closed` or `reset` nothing more comes. Rejects on abort. */
  readonly next: (timeoutMs: number) => Promise<SocketEvent | null>;
  /** Ends it with a reset where that is possible, so that no TIME_WAIT stays with the proxy. */
  readonly close: () => void;
}

export type OpenResult =
  | { readonly outcome: 'connected'; readonly code: null; readonly socket: OpenSocket }
  | { readonly outcome: Exclude<ConnectResult['outcome'], 'connected'>; readonly code: string | null; readonly socket: null };

export interface OpenOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** A command that goes on while its output is read: a capture, a conversation. */
export interface RunningCommand {
  /** Standard output as it comes, in bytes. Read by one reader. */
  readonly output: AsyncIterable<Buffer>;
  /** What it has said on standard error so far (at most 64 KiB), and how to be told of more. */
  readonly complaints: () => string;
  readonly onComplaint: (listener: () => void) => void;
  readonly write: (bytes: Uint8Array | string) => void;
  readonly endInput: () => void;
  /** Asks it to end (SIGINT), and makes it end after two seconds. */
  readonly stop: () => void;
  /** After its end, all output read. Never rejects. */
  readonly ended: Promise<{ readonly exitCode: number | null; readonly ended: CommandResult['ended']; readonly durationMs: number }>;
}

/** One of many connects: `lingerMs` as in `connect`. */
export interface ConnectAttempt {
  /** An address, or the path of a socket in the file system (the port means nothing then). */
  readonly address: string;
  readonly port: number;
  readonly lingerMs?: number;
}

export interface ConnectPlan {
  /** Time between the starts of two attempts. */
  readonly intervalMs: number;
  /** Of one attempt. */
  readonly timeoutMs: number;
  /** No more attempts than this wait at the same time; the next start is put off. */
  readonly atOnce: number;
  readonly signal?: AbortSignal;
  /** Connects as this user; needs root on that side. */
  readonly user?: User;
}

export interface NumberedConnect extends ConnectResult {
  /** Place in the list of attempts. */
  readonly index: number;
  /** Start, in milliseconds after the first one. */
  readonly atMs: number;
}

/** Many connects under way. */
export interface Connects {
  /** With what, in words: `sockets of this process`, `python3`. */
  readonly how: string;
  /** The tool closes in the ordinary way, so each success leaves a TIME_WAIT with the proxy: try few. */
  readonly leavesTimeWait: boolean;
  /** In the order of their ends. Leaving the loop ends the rest. */
  readonly results: AsyncIterable<NumberedConnect>;
  /** What was run so far; empty for sockets of our own. */
  readonly commands: () => readonly CommandRecord[];
}

/** Whether a side can be worked on at all. */
export type Reach = { readonly ok: true } | { readonly ok: false; readonly reason: string; readonly commands: readonly CommandRecord[] };

/** A file held open; it stays that file when its name goes to another one. */
export interface OpenFile {
  /** As it was when it was opened. */
  readonly info: FileInfo;
  /** Reads up to `length` bytes from a position of the file into `into`, from index `at` on. Returns how many; 0 at the end. */
  readonly read: (into: Uint8Array, at: number, length: number, position: number) => Promise<number>;
  /** The same, at once: for pieces that are in the system's cache, where waiting would cost more than reading. */
  readonly readNow?: (into: Uint8Array, at: number, length: number, position: number) => number;
  /** Of this process, where it is a file of this machine: a thread can read it too. */
  readonly descriptor?: number;
  /** As it is now: a file that was cut off is shorter. */
  readonly stat: () => Promise<FileInfo>;
  readonly close: () => Promise<void>;
}

export interface Host {
  readonly side: Side;
  /** Its own name, where it is neither this machine nor reached by a vantage: a machine whose files were gathered. */
  readonly name?: string;
  /** The vantage's argv prefix; empty: this machine, this network namespace. */
  readonly vantage: readonly string[];
  /**
   * Is that side there (a vantage that can't be entered is not)? The vantage's clock, zone and PATH are measured here, once; `openHosts`
   * has waited for it. Remembered.
   */
  readonly reach: () => Promise<Reach>;
  /** Milliseconds since the epoch by that side's clock (measured once for a vantage, then carried on). */
  readonly now: () => number;
  /** Minutes east of UTC of that side's local time at a moment. */
  readonly zoneOffset: (at: number) => number;
  /** Runs argv (through the vantage), with LC_ALL=C; never a shell. Never rejects for what the command does. */
  readonly run: (argv: readonly string[], options: CommandOptions) => Promise<CommandResult>;
  /** Is there such a command on that side's PATH (sbin folders included)? Remembered. */
  readonly has: (command: string) => Promise<boolean>;
  /** @throws {FileError} */
  readonly stat: (path: string) => Promise<FileInfo>;
  /** Names in a folder, sorted. @throws {FileError} */
  readonly list: (path: string) => Promise<readonly string[]>;
  /** Target of a symbolic link, or null when it is none. @throws {FileError} */
  readonly readLink: (path: string) => Promise<string | null>;
  /** Whole small file as bytes, at most `maxBytes` (default 16 MiB). Works for /proc. @throws {FileError} */
  readonly readFile: (path: string, maxBytes?: number) => Promise<Buffer>;
  /** Bytes of a big file from `from` (default 0) to its end as it is when read, in chunks. Gzip is not undone. @throws {FileError} */
  readonly readStream: (path: string, options?: { readonly from?: number; readonly signal?: AbortSignal }) => AsyncIterable<Buffer>;
  /**
   * Only the lines that contain one of the fixed strings, filtered where the file lies (through a vantage: grep -F there). Null
   * where this side can't filter better than reading it all: then use `readStream`.
   */
  readonly readMatching: ((path: string, fixed: readonly string[], signal?: AbortSignal) => AsyncIterable<Buffer>) | null;
  /** Opens a regular file to read pieces of it. Left out where that side can only stream. @throws {FileError} */
  readonly openFile?: (path: string) => Promise<OpenFile>;
  /** Addresses of a name as that side resolves it; `code` is `ENOTFOUND`, `EAI_AGAIN` … on failure. */
  readonly resolve: (
    name: string,
  ) => Promise<{ readonly addresses: readonly string[]; readonly code: string | null; readonly durationMs: number; readonly how: string }>;
  /**
   * Connects once from that side, and closes so that no TIME_WAIT stays with the proxy. `commands` says how, when it was not a socket
   * of our own. Rejects with CouldNot('skipped') where that side has no tool to connect with.
   */
  readonly connect: (
    address: string,
    port: number,
    options: { readonly timeoutMs: number; readonly lingerMs?: number; readonly signal?: AbortSignal },
  ) => Promise<ConnectResult & { readonly command: CommandRecord | null }>;
  /**
   * Connects many times, with one process for all of them where the vantage has a tool for that. Rejects with CouldNot('skipped')
   * where that side has no tool to connect with.
   */
  readonly connectMany: (attempts: readonly ConnectAttempt[], plan: ConnectPlan) => Promise<Connects>;
  /** For fakes: else `openSocket` of socket.ts opens a connection from that side (here, or with a tool at the vantage). */
  readonly openSocket?: (address: string, port: number, options: OpenOptions) => Promise<OpenResult>;
  /** For fakes: else `startCommand` of start.ts starts it (through the vantage). */
  readonly start?: (argv: readonly string[], options: { readonly signal?: AbortSignal; readonly timeLimitMs: number }) => RunningCommand;
}

export interface Hosts {
  readonly proxy: Host;
  /** Null: out of reach. A subject whose address is this machine's own is looked at from the proxy's host. */
  readonly backend: Host | null;
}
