import { appendFileSync } from 'node:fs';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { httpRequest } from '../../../src/checks/http-request/check.ts';
import type { HttpRequestFacts } from '../../../src/checks/http-request/facts.ts';
import { localHost } from '../../../src/host/local.ts';
import { vantageHost } from '../../../src/host/vantage.ts';
import type { Backend, Behaviour } from '../../fakes/backends.ts';
import { certificate, startBackend } from '../../fakes/backends.ts';
import { memoryContext } from '../../fakes/memory-host.ts';
import type { KnownTables } from '../probe-known.ts';
import { configWith, knownFor, proxyPass } from '../probe-known.ts';

const running: Backend[] = [];
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'proxy-doctor-logs-'));
});
afterAll(async () => {
  await Promise.all(running.map((backend) => backend.stop()));
  await rm(folder, { recursive: true });
});

interface Asked {
  readonly backend: Backend;
  readonly facts: HttpRequestFacts;
  readonly outcome: string;
  readonly summary: string;
}

async function send(
  behaviour: Behaviour,
  tables: (port: number) => KnownTables = () => ({}),
  set: object = {},
  proxy = localHost('proxy'),
): Promise<Asked> {
  const backend = await startBackend(behaviour);
  running.push(backend);
  const prepared = httpRequest.prepare(knownFor({ backend: `127.0.0.1:${backend.port}`, ...tables(backend.port) }), {
    intervalMs: 10,
    timeoutSeconds: 0.5,
    ...set,
  });
  if (!prepared.ready) throw new Error(prepared.reason);
  const { facts } = await httpRequest.collect(memoryContext({ proxy, backend: null }), prepared.parameters);
  httpRequest.facts.parse(facts);
  return { backend, facts, ...httpRequest.classify(facts, null) };
}

/** Answers `good` times, then does something else. */
const afterGood = (good: number, then: (socket: import('node:net').Socket) => void): Behaviour => {
  let count = 0;
  return {
    answer: (_request, socket) => {
      count += 1;
      if (count <= good) socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
      else then(socket);
    },
  };
};

/** Answers with this, whatever it is. */
const says = (text: string): Behaviour => ({ answer: (_request, socket) => void socket.end(text) });

/** Answers, after so many ms. */
const late = (ms: number): Behaviour => ({
  answer: (_request, socket) => void setTimeout(() => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'), ms),
});

describe.concurrent('straight to the backend', () => {
  it('an answer that comes after the proxy’s own time limit is none, as for its clients', async () => {
    const limit = (parameters: Record<string, string>, more = {}) => (port: number) => ({
      evidence: { 'proxy-config': { data: configWith([proxyPass(`127.0.0.1:${port}`, parameters)], more) } },
    });
    const within = { timeoutSeconds: undefined, count: 2 };
    expect((await send(late(1300), limit({ timeout: '1' }), within)).outcome).toBe('no-answer');
    expect((await send(late(1300), limit({}, { proxyTimeout: { seconds: 1, at: null } }), within)).outcome).toBe('no-answer');
    expect((await send(late(1300), limit({ timeout: '9' }, { proxyTimeout: { seconds: 1, at: null } }), within)).outcome).toBe('answered');
    expect((await send(late(1300), limit({}), within)).outcome).toBe('answered');
  });

  it.each<[string, Behaviour, string, object]>([
    ['answers', {}, 'answered', { answered: 5, good: 5 }],
    ['answers 404, which is an answer', { status: '404 Not Found' }, 'answered', { good: 5 }],
    ['answers 503', { status: '503 Busy' }, 'server-errors', { answered: 5, serverErrors: 5 }],
    ['closes without an answer', { instead: 'close' }, 'dropped', { dropped: 2 }],
    ['resets', { instead: 'reset' }, 'dropped', { dropped: 2 }],
    ['breaks the answer off', { instead: 'half' }, 'dropped', { dropped: 2 }],
    ['answers in another protocol', says('220 mail\r\n'), 'dropped', { dropped: 2, notHttp: 2, said: String.raw`220 mail\r\n`, fresh: { attempts: 2, answered: 0, dropped: 2, noAnswer: 0, notHttp: 2 } }],
    ['says a word that is no line, and ends', says('?'), 'dropped', { notHttp: 2, said: '?' }],
    ['says a word that is no line, and waits', { answer: (_request, socket) => void socket.write('?') }, 'dropped', { notHttp: 2, noAnswer: 0 }],
    ['begins a status line, and ends', says('HT'), 'dropped', { dropped: 2, notHttp: 0, said: null }],
    ['sends chunks that are none', says('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'), 'dropped', { dropped: 2, notHttp: 0 }],
    ['stalls', { instead: 'stall' }, 'no-answer', { noAnswer: 2 }],
    ['answers once, then closes', afterGood(1, (socket) => socket.end()), 'mixed', { answered: 1, dropped: 2 }],
    [
      'answers, then fails inside',
      afterGood(1, (socket) => socket.end('HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n')),
      'server-errors',
      { good: 1, serverErrors: 4, answered: 5 },
    ],
    [
      'streams without end',
      { answer: (_request, socket) => void socket.write(`HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(1_200_000)}`) },
      'answered',
      { good: 5 },
    ],
  ])('%s: %s', async (_name, behaviour, outcome, expected) => {
    const found = await send(behaviour);
    expect(found.outcome).toBe(outcome);
    expect(found.facts).toMatchObject({ through: 'backend', mark: null, foundIn: [], ...expected });
  });

  it('each request has a connection of its own, no body, and asks the backend to close', async () => {
    const { backend } = await send({}, () => ({}), { count: 3 });
    expect(backend.connections()).toBe(3);
    expect(
      backend.requests.every(
        (request) =>
          request.startsWith('GET / HTTP/1.1\r\n') &&
          /\r\nConnection: close\r\n/.test(request) &&
          !/content-length|transfer-encoding/i.test(request),
      ),
    ).toBe(true);
  });

  it('over TLS where the proxy’s line says https, and through a vantage', async () => {
    const tables = (port: number) => ({
      evidence: { 'proxy-config': { data: configWith([proxyPass(`127.0.0.1:${port}`, {}, { scheme: 'https' })]) } },
    });
    const found = await send({ secure: certificate() }, tables, { timeoutSeconds: 5 }, vantageHost('proxy', ['env']));
    expect(found.facts).toMatchObject({ url: expect.stringMatching(/^https:/), good: 5 });
  });

  it.each(['ajp', 'fcgi', 'h2c'])('a backend that the proxy speaks %s to is not asked', (scheme) => {
    const backend = '192.0.2.2:8009';
    const evidence = { 'proxy-config': { data: configWith([proxyPass(backend, {}, { scheme })]) } };
    expect(httpRequest.prepare(knownFor({ backend, evidence }), {})).toMatchObject({ ready: false, reason: expect.stringContaining(`speaks ${scheme} to 192.0.2.2:8009`) });
  });

  it('a drop is none of the backend’s where the proxy shows a certificate that we have not', async () => {
    const at = { file: '/etc/px.conf', line: 9 };
    const directives = [{ name: 'SSLProxyMachineCertificateFile', value: '/etc/px.pem', virtualHost: null, at }];
    const tables = (port: number) => ({
      evidence: { 'proxy-config': { data: configWith([proxyPass(`127.0.0.1:${port}`, {}, { scheme: 'https' })], { directives }) } },
    });
    await expect(send({ secure: certificate(), instead: 'close' }, tables, { timeoutSeconds: 5 })).rejects.toMatchObject({
      status: 'skipped',
      message: expect.stringContaining('/etc/px.pem'),
    });
    expect((await send({ secure: certificate() }, tables, { timeoutSeconds: 5 })).outcome).toBe('answered');
  });

  it('a port that refuses is no verdict', async () => {
    const gone = await startBackend();
    await gone.stop();
    await expect(send({}, () => ({ backend: `127.0.0.1:${gone.port}` }))).rejects.toMatchObject({
      status: 'skipped',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });
});

it('two failures are enough to show that fresh connections fail, unless a number was asked for', async () => {
  expect((await send({ instead: 'close' })).backend.connections()).toBe(2);
  expect((await send({ instead: 'close' }, () => ({}), { count: 4 })).backend.connections()).toBe(4);
});

describe('through the proxy', () => {
  it('and besides straight to the backend, on connections of their own', async () => {
    const behind = await startBackend({ instead: 'reset' });
    running.push(behind);
    const through = (port: number): KnownTables => ({ backend: `127.0.0.1:${behind.port}`, inputs: { url: `http://127.0.0.1:${port}/` } });
    const { facts, outcome, summary } = await send({}, through);
    expect(facts).toMatchObject({ through: 'proxy', answered: 5, fresh: { attempts: 2, answered: 0, dropped: 2 } });
    expect(outcome).toBe('answered');
    expect(summary).toContain('straight to the backend 0 of 2 were answered');
  });

  /** Logs as httpd does: common format, when the request ends. */
  const logging = (file: string): Behaviour => ({
    answer: (request, socket) => {
      const referer = /^referer: (.*)$/im.exec(request)?.[1]?.trim() ?? '-';
      appendFileSync(file, `127.0.0.1 - - [x] "${request.split('\r\n')[0]}" 200 5 "${referer}"\n`);
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello');
    },
  });
  const tables =
    (file: string, url = '/app/list?page=2') =>
    (port: number): KnownTables => ({
      backend: '10.0.0.5:8080',
      inputs: { url: `http://127.0.0.1:${port}${url}` },
      evidence: {
        'proxy-config': {
          data: configWith([proxyPass('10.0.0.5:8080', {}, { path: '/app' })], {
            accessLogs: [{ path: file, target: 'file', raw: file, virtualHost: 'www.example:80', format: null, at: null }],
          }),
        },
      },
    });

  it('finds its own requests again in the log, and only those written since', async () => {
    const file = path.join(folder, 'access.log');
    await writeFile(file, 'an old line with proxy-doctor=pd-000000000000-1\n');
    const { facts, outcome, summary, backend } = await send(logging(file), tables(file), { count: 3 });
    expect(outcome).toBe('answered');
    expect(facts.foundIn).toHaveLength(3);
    expect(facts.foundIn.every(({ line }) => line.includes(facts.mark ?? 'x'))).toBe(true);
    expect(facts.servedBy).toMatchObject({ virtualHost: 'www.example:80', backend: '10.0.0.5:8080' });
    expect(summary).toContain('found again in');
    expect(backend.requests[0]).toContain(`GET /app/list?page=2&proxy-doctor=${facts.mark}-1 HTTP/1.1`);
  });

  it('a log that was rotated meanwhile is read from its beginning', async () => {
    const file = path.join(folder, 'rotated.log');
    await writeFile(file, 'old\n'.repeat(1000));
    const behaviour = logging(file);
    let first = true;
    const { facts } = await send(
      {
        answer: async (request, socket) => {
          if (first) {
            first = false;
            await rename(file, `${file}.1`);
          }
          behaviour.answer?.(request, socket);
        },
      },
      tables(file),
      { count: 2 },
    );
    expect(facts.foundIn).toHaveLength(2);
  });

  it('a mark that is in no log is said to be in none', async () => {
    const file = path.join(folder, 'quiet.log');
    await writeFile(file, '');
    const { facts, summary } = await send({}, tables(file), { count: 1 });
    expect(facts).toMatchObject({ foundIn: [], lookedIn: [file], servedBy: { virtualHost: null } });
    expect(summary).toContain('not found in the logs');
  });

  it('a URL that leads to another backend is not asked: this backend is, straight', async () => {
    const other = (port: number): KnownTables => ({
      inputs: { url: 'http://www.example/other' },
      evidence: {
        'proxy-config': { data: configWith([proxyPass('10.9.9.9:80', {}, { path: '/other' }), proxyPass(`127.0.0.1:${port}`)]) },
      },
    });
    expect((await send({}, other)).facts.through).toBe('backend');
  });
});

describe('what is not sent', () => {
  it.each<[string, KnownTables, boolean]>([
    ['passive', { inputs: { passive: true, url: 'http://a/' } }, false],
    ['connects fail', { evidence: { 'tcp-connect': { outcome: 'refused' } } }, false],
    [
      'connects fail, but the proxy can be asked',
      { inputs: { url: 'http://a/' }, evidence: { 'tcp-connect': { outcome: 'refused' } } },
      true,
    ],
    ['a URL of another kind', { inputs: { url: 'ftp://a/' } }, false],
  ])('%s: ready %j', (_name, tables, ready) => {
    expect(httpRequest.prepare(knownFor(tables), {}).ready).toBe(ready);
  });
});
