/** One request and its answer on a connection of our own: what became of it, in words that no error text decides. */
import type { OpenSocket } from '../../host/host.ts';
import { keepsOpen } from './framing.ts';
import type { Head } from './head.ts';
import { responseReader } from './response.ts';

/** Named in every request of ours, so that a backend's log tells who asked. */
export const userAgent = 'proxy-doctor';

export interface Ask {
  /** Safe methods only (RFC 9110, 9.2.1): nothing is changed by them, and none of them has a body here. */
  readonly method: 'GET' | 'HEAD' | 'OPTIONS';
  /** Path with query, or `*` for OPTIONS. */
  readonly target: string;
  /** Value of the Host field. */
  readonly host: string;
  readonly fields?: Readonly<Record<string, string>>;
  /** Ask the backend to close after its answer: then the TIME_WAIT is on its side. */
  readonly close?: boolean;
}

export interface Told {
  /**
   * `answered`: a whole response. `cut`: a response that broke off. `closed`, `reset`: the connection ended without a byte of an
   * answer. `no-answer`: nothing came in time. `stalled`: it began and did not go on. `not-http`: something else came.
   * `too-long`: an answer without end.
   */
  readonly outcome: 'answered' | 'cut' | 'closed' | 'reset' | 'no-answer' | 'stalled' | 'not-http' | 'too-long';
  readonly head: Head | null;
  readonly bodyBytes: number;
  readonly bytes: number;
  readonly firstBytes: Buffer;
  /** Errno symbol of a reset, where known. */
  readonly code: string | null;
  /** The peer means to keep the connection, and has not closed it yet. */
  readonly open: boolean;
  readonly durationMs: number;
}

/** The bytes of a request. Line breaks can't get in: targets and field values are stripped of control characters. */
export function requestBytes(ask: Ask): string {
  const lines = [`${ask.method} ${clean(ask.target).replaceAll(' ', '%20')} HTTP/1.1`, `Host: ${clean(ask.host)}`];
  const fields: Record<string, string> = {
    'User-Agent': userAgent,
    Accept: '*/*',
    ...ask.fields,
    Connection: ask.close ? 'close' : 'keep-alive',
  };
  for (const [name, value] of Object.entries(fields)) lines.push(`${name}: ${clean(value)}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function clean(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f]/g, '');
}

/**
 * Sends one request on an open connection and reads the answer, for at most `timeoutMs`; the connection stays as it is.
 * `started` is when the request was written (`performance.now()`). Rejects only when the connection's signal aborts.
 */
export async function ask(socket: OpenSocket, request: Ask, timeoutMs: number): Promise<Told> {
  const reader = responseReader(request.method);
  const started = performance.now();
  const told = (outcome: Told['outcome'], code: string | null, open: boolean): Told => {
    const { head, bodyBytes, bytes, firstBytes } = reader.state();
    return { outcome, head, bodyBytes, bytes, firstBytes, code, open, durationMs: Math.round(performance.now() - started) };
  };
  socket.write(requestBytes(request));
  for (;;) {
    const event = await socket.next(Math.max(0, timeoutMs - (performance.now() - started)));
    if (event === null) return told(reader.state().bytes === 0 ? 'no-answer' : 'stalled', null, true);
    if (event.kind === 'data') {
      const { state, head, body } = reader.feed(event.bytes);
      if (state === 'whole') return told('answered', null, head !== null && body !== null && keepsOpen(head, body));
      if (state === 'not-http' || state === 'too-long') return told(state, null, true);
    } else if (event.kind === 'closed') {
      if (reader.closed().state === 'whole') return told('answered', null, false);
      return told(reader.state().bytes === 0 ? 'closed' : 'cut', null, false);
    } else return told(reader.state().bytes === 0 ? 'reset' : 'cut', event.code, false);
  }
}
