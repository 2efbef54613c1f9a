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

export interface Host {
  readonly side: Side;
  /** The vantage's argv prefix; empty: this machine, this network namespace. */
  readonly vantage: readonly string[];
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
}

export interface Hosts {
  readonly proxy: Host;
  /** Null: out of reach. A subject whose address is this machine's own is looked at from the proxy's host. */
  readonly backend: Host | null;
}
