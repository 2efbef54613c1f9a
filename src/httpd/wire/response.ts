/** Reads one response from bytes as they come, keeps its head, counts its body and throws that away. Bounded memory. */
import { bodyAfter, isInterim } from './framing.ts';
import type { Body } from './framing.ts';
import { headLimit, readHead } from './head.ts';
import type { Head } from './head.ts';

export interface ResponseState {
  /** `whole`: everything of it is here. `not-http`: what came is no response. `too-long`: the body is longer than the limit. */
  readonly state: 'nothing' | 'head' | 'body' | 'whole' | 'not-http' | 'too-long';
  readonly head: Head | null;
  readonly body: Body | null;
  readonly bodyBytes: number;
  /** All bytes, head and framing too. */
  readonly bytes: number;
  /** Bytes after the response's end: an answer nobody asked for. */
  readonly surplus: number;
  /** The first bytes that came, for what is no HTTP. */
  readonly firstBytes: Buffer;
}

export interface ResponseReader {
  readonly feed: (bytes: Buffer) => ResponseState;
  /** The peer closed in order: ends a body that lasts until then. */
  readonly closed: () => ResponseState;
  readonly state: () => ResponseState;
}

const empty: Buffer = Buffer.alloc(0);

/** @param maxBody bytes of body after which reading gives up (an endless stream must not hold a probe). */
export function responseReader(method: string, maxBody = 1_048_576): ResponseReader {
  let state: ResponseState['state'] = 'nothing';
  let head: Head | null = null;
  let body: Body | null = null;
  let bodyBytes = 0;
  let bytes = 0;
  let surplus = 0;
  let firstBytes: Buffer = empty;
  let pending: Buffer = empty;
  const chunks = chunkReader();

  const now = (): ResponseState => ({ state, head, body, bodyBytes, bytes, surplus, firstBytes });

  const takeBody = (data: Buffer): void => {
    if (body === null || data.length === 0) return;
    switch (body.kind) {
      case 'none':
        surplus += data.length;
        return;
      case 'length': {
        const take = Math.min(data.length, body.bytes - bodyBytes);
        bodyBytes += take;
        surplus += data.length - take;
        if (bodyBytes === body.bytes) state = 'whole';
        break;
      }
      case 'chunked': {
        const read = chunks.feed(data);
        bodyBytes += read.bodyBytes;
        surplus += read.surplus;
        if (read.state === 'end') state = 'whole';
        if (read.state === 'invalid') state = 'not-http';
        break;
      }
      case 'until-close':
      case 'tunnel':
        bodyBytes += data.length;
        break;
    }
    if (state === 'body' && bodyBytes > maxBody) state = 'too-long';
  };

  const takeHead = (): void => {
    for (;;) {
      const read = readHead(pending);
      if (read.kind === 'incomplete' && pending.length <= headLimit) return;
      if (read.kind !== 'head' || read.head.kind !== 'response') {
        state = 'not-http';
        return;
      }
      const rest = pending.subarray(read.head.bytes);
      if (isInterim(read.head)) {
        pending = rest;
        if (rest.length === 0) return;
        continue;
      }
      head = read.head;
      body = bodyAfter(head, method);
      pending = empty;
      state = body.kind === 'none' || body.kind === 'tunnel' ? 'whole' : 'body';
      takeBody(rest);
      return;
    }
  };

  return {
    state: now,
    feed: (data) => {
      bytes += data.length;
      if (firstBytes.length < 64) firstBytes = Buffer.concat([firstBytes, data.subarray(0, 64 - firstBytes.length)]);
      if (state === 'nothing' || state === 'head') {
        state = 'head';
        pending = pending.length === 0 ? data : Buffer.concat([pending, data]);
        takeHead();
      } else if (state === 'body') takeBody(data);
      else if (state === 'whole') surplus += data.length;
      return now();
    },
    closed: () => {
      if (state === 'body' && body?.kind === 'until-close') state = 'whole';
      return now();
    },
  };
}

interface ChunksRead {
  readonly state: 'more' | 'end' | 'invalid';
  readonly bodyBytes: number;
  readonly surplus: number;
}

/** The chunked coding (RFC 9112, 7.1), one byte of state at a time for sizes and trailers, whole spans for data. */
function chunkReader(): { readonly feed: (data: Buffer) => ChunksRead } {
  let phase: 'size' | 'data' | 'after-data' | 'trailer' | 'end' | 'invalid' = 'size';
  let line = '';
  let left = 0;

  const takeLine = (): void => {
    const text = line.endsWith('\r') ? line.slice(0, -1) : line;
    line = '';
    if (phase === 'size') {
      const size = /^\s*([0-9a-fA-F]{1,13})\s*(?:;.*)?$/.exec(text);
      if (!size) phase = 'invalid';
      else {
        left = Number.parseInt(size[1] ?? '0', 16);
        phase = left === 0 ? 'trailer' : 'data';
      }
    } else if (phase === 'after-data') phase = text === '' ? 'size' : 'invalid';
    else if (text === '') phase = 'end';
  };

  return {
    feed: (data) => {
      let at = 0;
      let bodyBytes = 0;
      while (at < data.length && phase !== 'end' && phase !== 'invalid') {
        if (phase === 'data') {
          const take = Math.min(left, data.length - at);
          at += take;
          left -= take;
          bodyBytes += take;
          if (left === 0) phase = 'after-data';
          continue;
        }
        const newline = data.indexOf(10, at);
        const until = newline === -1 ? data.length : newline;
        line += data.toString('latin1', at, until);
        at = until + 1;
        if (line.length > 8192) phase = 'invalid';
        else if (newline !== -1) takeLine();
      }
      const state = phase === 'end' ? 'end' : phase === 'invalid' ? 'invalid' : 'more';
      return { state, bodyBytes, surplus: Math.max(0, data.length - at) };
    },
  };
}
