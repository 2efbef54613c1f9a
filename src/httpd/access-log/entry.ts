/** A cut line as strings: for the few requests that are kept or shown. */
import { roles } from './roles.ts';
import type { Role } from './roles.ts';
import type { Cutter } from './cutter.ts';

export interface AccessEntry {
  /** Milliseconds since the epoch, a real instant (the access log has a zone). */
  readonly start: number | null;
  readonly durationMs: number | null;
  /** `start + durationMs`, where both are told. */
  readonly end: number | null;
  readonly method: string | null;
  /** Without its query. */
  readonly path: string | null;
  readonly query: string | null;
  /** Final status, null where the line has none. */
  readonly status: number | null;
  /** Bytes of the answer: its body where the format tells (`%b`, `%B`), else with headers (`%O`); 0 for `-`. */
  readonly bytes: number | null;
  /** Bytes received, headers included (`%I`). */
  readonly received: number | null;
  /** The client as httpd sees it, the one that the error log names too. */
  readonly client: string | null;
  /** First address of X-Forwarded-For. */
  readonly forwardedFor: string | null;
  readonly vhost: string | null;
  readonly port: number | null;
  /** `%{proxy-status}n`: the status that the backend sent; `none`: none came; null: the format does not tell. */
  readonly proxyStatus: number | 'none' | null;
  /** `%k`: requests served before on this client connection. */
  readonly keepalives: number | null;
  /** `%X`: `+` kept open, `-` closed, `X` broken off by the client. */
  readonly connection: '+' | '-' | 'X' | null;
  /** `%L`: the id that the error log's lines of this request carry. */
  readonly errorId: string | null;
  /** The balancer member that was chosen, as URL, and its route. */
  readonly worker: string | null;
  readonly workerRoute: string | null;
}

const indexOf = Object.fromEntries(roles.map((role, index) => [role, index])) as Readonly<Record<Role, number>>;

/** The text of a field, escapes undone; null where the line does not tell. */
export function fieldText(cut: Cutter, role: Role): string | null {
  const start = cut.starts[indexOf[role]] ?? -1;
  return start < 0 ? null : textOf(cut.bytes, start, cut.ends[indexOf[role]] ?? start);
}

/** The value of a numeric field; null where the line does not tell. */
export function numberOf(cut: Cutter, role: Role): number | null {
  const value = cut.numbers[indexOf[role]] ?? NaN;
  return Number.isNaN(value) ? null : value;
}

/** `%{proxy-status}n` of a cut line. */
export function proxyStatusOf(cut: Cutter): number | 'none' | null {
  const text = fieldText(cut, 'proxyStatus');
  if (text === null) return null;
  return /^[1-9]\d\d$/.test(text) ? Number(text) : 'none';
}

export function entryOf(cut: Cutter): AccessEntry {
  const target = cut.targetStart < 0 ? null : textOf(cut.bytes, cut.targetStart, cut.targetEnd);
  const question = target === null ? -1 : target.indexOf('?');
  const start = Number.isNaN(cut.start) ? null : cut.start;
  const durationMs = Number.isNaN(cut.durationMs) ? null : cut.durationMs;
  const connection = fieldText(cut, 'connection');
  return {
    start,
    durationMs,
    end: start === null || durationMs === null ? null : start + durationMs,
    method: cut.methodStart < 0 ? null : textOf(cut.bytes, cut.methodStart, cut.methodEnd),
    path: target === null ? null : question < 0 ? target : target.slice(0, question),
    query: question < 0 ? null : (target?.slice(question) ?? null),
    status: cut.status === 0 ? null : cut.status,
    bytes: numberOf(cut, 'size') ?? (cut.format.roles.has('size') ? 0 : numberOf(cut, 'sent')),
    received: numberOf(cut, 'received'),
    client: fieldText(cut, 'client'),
    forwardedFor: fieldText(cut, 'forwarded')?.split(',')[0]?.trim() ?? null,
    vhost: fieldText(cut, 'vhost'),
    port: numberOf(cut, 'port'),
    proxyStatus: proxyStatusOf(cut),
    keepalives: numberOf(cut, 'keepalives'),
    connection: connection === '+' || connection === '-' || connection === 'X' ? connection : null,
    errorId: fieldText(cut, 'errorId'),
    worker: fieldText(cut, 'worker'),
    workerRoute: fieldText(cut, 'workerRoute'),
  };
}

const named: Readonly<Record<string, number>> = { n: 0x0a, r: 0x0d, t: 0x09, b: 0x08, v: 0x0b, f: 0x0c };

/** Undoes ap_escape_logitem (server/util.c): backslash with a quote, a backslash, a letter, or `xhh`. Bytes are read as UTF-8. */
export function textOf(bytes: Uint8Array, from: number, to: number): string {
  const piece = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from);
  if (!piece.includes(0x5c)) return piece.toString('utf8');
  const plain: number[] = [];
  for (let i = 0; i < piece.length; i++) {
    const byte = piece[i] ?? 0;
    const next = String.fromCharCode(piece[i + 1] ?? 0);
    if (byte !== 0x5c) plain.push(byte);
    else if (next === 'x' && /^[0-9a-f]{2}$/i.test(piece.toString('latin1', i + 2, i + 4))) {
      plain.push(Number.parseInt(piece.toString('latin1', i + 2, i + 4), 16));
      i += 3;
    } else if (next === '"' || next === '\\') {
      plain.push(next.charCodeAt(0));
      i += 1;
    } else if (named[next] !== undefined) {
      plain.push(named[next]);
      i += 1;
    } else plain.push(byte);
  }
  return Buffer.from(plain).toString('utf8');
}
