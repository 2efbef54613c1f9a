import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requestBytes } from '../../../src/httpd/wire/conversation.ts';
import { announcedKeepAlive, bodyAfter, keepsOpen } from '../../../src/httpd/wire/framing.ts';
import type { Head } from '../../../src/httpd/wire/head.ts';
import { readHead } from '../../../src/httpd/wire/head.ts';
import { responseReader } from '../../../src/httpd/wire/response.ts';

function head(text: string): Head {
  const read = readHead(Buffer.from(text, 'latin1'));
  if (read.kind !== 'head') throw new Error(`no head: ${read.kind}`);
  return read.head;
}

describe('the head of a message', () => {
  it.each([
    ['HTTP/1.1 200 OK\r\nA: b\r\n\r\n', 'head'],
    ['HTTP/1.0 204\n\n', 'head'],
    ['\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n', 'head'],
    ['HTT', 'incomplete'],
    ['HTTP/1.1 200 OK\r\nA: b\r\n', 'incomplete'],
    ['POST /x HTTP/1.1\r\n', 'incomplete'],
    ['', 'incomplete'],
    ['SSH-2.0-OpenSSH_9.2\r\n', 'invalid'],
    ['\u0016\u0003\u0001\u0002\u0000', 'invalid'],
    ['HTTP/1.1 abc\r\n\r\n', 'invalid'],
    ['220 mail ESMTP\r\n\r\n', 'invalid'],
  ])('%j is %s', (text, kind) => {
    expect(readHead(Buffer.from(text, 'latin1')).kind).toBe(kind);
  });

  it('never throws, and never claims more bytes than it was given', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom('', 'HTTP/1.1 200 ', 'GET / HTTP/1.1\r\n'), (bytes, before) => {
        const all = Buffer.concat([Buffer.from(before), bytes]);
        const read = readHead(all);
        expect(read.kind === 'head' ? read.head.bytes <= all.length : true).toBe(true);
      }),
    );
  });
});

describe('how long the body is', () => {
  it.each([
    ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n', 'GET', { kind: 'length', bytes: 5 }],
    ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n', 'HEAD', { kind: 'none' }],
    ['HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n', 'GET', { kind: 'none' }],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\nContent-Length: 5\r\n\r\n', 'GET', { kind: 'chunked' }],
    ['HTTP/1.1 200 OK\r\n\r\n', 'GET', { kind: 'until-close' }],
    ['HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\n', 'GET', { kind: 'until-close' }],
    ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n', 'GET', { kind: 'length', bytes: 5 }],
    ['HTTP/1.1 101 Switching\r\n\r\n', 'GET', { kind: 'tunnel' }],
    ['POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n', '', { kind: 'length', bytes: 9 }],
    ['GET / HTTP/1.1\r\n\r\n', '', { kind: 'none' }],
  ] as const)('%j to %s', (text, method, expected) => {
    expect(bodyAfter(head(text), method)).toEqual(expected);
  });

  it.each([
    ['HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', true],
    ['HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: Close\r\n\r\n', false],
    ['HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n', false],
    ['HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n', true],
    ['HTTP/1.1 200 OK\r\n\r\n', false],
  ])('%j keeps the connection: %s', (text, keeps) => {
    const one = head(text);
    expect(keepsOpen(one, bodyAfter(one, 'GET'))).toBe(keeps);
  });

  it.each([
    ['timeout=5, max=100', { timeoutSeconds: 5, max: 100 }],
    ['max=3', { timeoutSeconds: null, max: 3 }],
    ['Timeout = "20"', { timeoutSeconds: 20, max: null }],
    ['xtimeout=9', { timeoutSeconds: null, max: null }],
  ])('Keep-Alive: %s', (value, expected) => {
    expect(announcedKeepAlive(head(`HTTP/1.1 200 OK\r\nKeep-Alive: ${value}\r\n\r\n`))).toEqual(expected);
  });
});

describe('a response read as it comes', () => {
  const chunked =
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\nA\r\n0123456789\r\n0\r\nT: u\r\n\r\n';

  it('comes out the same wherever the network cuts it', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: chunked.length }), { maxLength: 12 }), (cuts) => {
        const reader = responseReader('GET');
        const places = [0, ...cuts.sort((a, b) => a - b), chunked.length];
        for (const [index, from] of places.slice(0, -1).entries()) {
          expect(reader.state().bytes).toBe(from);
          reader.feed(Buffer.from(chunked.slice(from, places[index + 1])));
        }
        expect(reader.state()).toMatchObject({ state: 'whole', bodyBytes: 15, surplus: 0, bytes: chunked.length });
      }),
    );
  });

  it.each([
    ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell', 'body', 'body'],
    ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello', 'whole', 'whole'],
    ['HTTP/1.1 200 OK\r\n\r\nhello', 'body', 'whole'],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', 'not-http', 'not-http'],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n', 'body', 'body'],
    ['HTTP/1.1 100 Continue\r\n\r\n', 'head', 'head'],
    ['SSH-2.0-x\r\n', 'not-http', 'not-http'],
  ])('%j is %s, and %s once the peer closed', (text, before, after) => {
    const reader = responseReader('GET');
    expect(reader.feed(Buffer.from(text)).state).toBe(before);
    expect(reader.closed().state).toBe(after);
  });

  it('gives up on an answer without end', () => {
    const reader = responseReader('GET', 1000);
    reader.feed(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'));
    expect(reader.feed(Buffer.alloc(1001)).state).toBe('too-long');
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 8 }), fc.boolean(), (parts, startsWell) => {
        const reader = responseReader('GET', 100);
        if (startsWell) reader.feed(Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'));
        for (const part of parts) reader.feed(Buffer.from(part));
        expect(reader.closed().bodyBytes).toBeLessThanOrEqual(reader.state().bytes);
      }),
    );
  });
});

describe('a request of ours', () => {
  it('has one head, whatever is put into it', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (target, host, value) => {
        const text = requestBytes({ method: 'GET', target: `/${target}`, host, fields: { 'X-A': value } });
        expect(text.indexOf('\r\n\r\n')).toBe(text.length - 4);
        expect(text.split('\r\n')).toHaveLength(8);
      }),
    );
  });
});
