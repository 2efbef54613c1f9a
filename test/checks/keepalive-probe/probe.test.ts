import { afterAll, describe, expect, it } from 'vitest';
import { keepaliveProbe } from '../../../src/checks/keepalive-probe/check.ts';
import type { KeepaliveProbeFacts } from '../../../src/checks/keepalive-probe/facts.ts';
import { localHost } from '../../../src/host/local.ts';
import type { Backend, Behaviour } from '../../fakes/backends.ts';
import { certificate, startBackend } from '../../fakes/backends.ts';
import { memoryContext } from '../../fakes/memory-host.ts';
import type { KnownTables } from '../probe-known.ts';
import { configWith, knownFor, proxyPass } from '../probe-known.ts';

const running: Backend[] = [];
afterAll(async () => {
  await Promise.all(running.splice(0).map((backend) => backend.stop()));
});

interface Probed {
  readonly backend: Backend;
  readonly facts: KeepaliveProbeFacts;
  readonly outcome: string;
  readonly summary: string;
}

const quick = { seconds: 4, ladder: [0.2, 0.4, 0.8], answerSeconds: 1 };

async function probe(behaviour: Behaviour, set: object = {}, known: (port: number) => KnownTables = () => ({})): Promise<Probed> {
  const backend = await startBackend(behaviour);
  running.push(backend);
  const prepared = keepaliveProbe.prepare(knownFor({ backend: `127.0.0.1:${backend.port}`, ...known(backend.port) }), { ...quick, ...set });
  if (!prepared.ready) throw new Error(prepared.reason);
  const { facts } = await keepaliveProbe.collect(memoryContext({ proxy: localHost('proxy'), backend: null }), prepared.parameters);
  keepaliveProbe.facts.parse(facts);
  return { backend, facts, ...keepaliveProbe.classify(facts, null) };
}

const config =
  (parameters: Record<string, string>, more = {}) =>
  (port: number) => ({
    evidence: { 'proxy-config': { data: configWith([proxyPass(`127.0.0.1:${port}`, parameters)], more) } },
  });

describe.concurrent('what the backend does with idle connections', () => {
  it('answers each request more slowly than the proxy waits: fresh requests fail already', async () => {
    const slow: Behaviour = { answer: (_request, socket) => void setTimeout(() => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'), 1300) };
    const { outcome, facts } = await probe(slow, { answerSeconds: undefined, seconds: 8 }, config({ timeout: '1' }));
    expect([outcome, facts.idleSeconds]).toEqual(['fresh-fails', []]);
  });

  it('answers slowly, and the time for the last reuse is too short for an answer: its silence tells nothing', async () => {
    const slow: Behaviour = { answer: (_request, socket) => void setTimeout(() => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'), 900) };
    const { outcome, facts } = await probe(slow, { answerSeconds: 3, seconds: 4 });
    expect(outcome).toBe('no-race');
    expect(facts.idleSeconds.map((rung) => rung.outcome)).not.toContain('no-answer');
  });

  it('closes them after 0.6 s: the FIN tells the time, and shorter idle times work', async () => {
    const { facts, outcome, summary, backend } = await probe({ idleMs: 600, fields: ['Keep-Alive: timeout=1, max=99'] });
    expect(outcome).toBe('can-race');
    expect(facts.backendTimeoutSeconds).toBeGreaterThan(0.55);
    expect(facts.announced).toEqual({ timeoutSeconds: 1, max: 99, close: false });
    expect(facts.idleSeconds.slice(0, 3).map((rung) => rung.outcome)).toEqual(['reused', 'reused', 'reused']);
    expect(facts.idleSeconds).toContainEqual(expect.objectContaining({ outcome: 'closed', byItself: true }));
    expect(summary).toMatch(/closes idle connections after \d/);
    expect(backend.mostAtOnce()).toBe(2);
  });

  it('keeps them as long as it was watched: nothing is claimed beyond that', async () => {
    const { facts, outcome, summary } = await probe({}, { seconds: 3 });
    expect(outcome).toBe('no-race');
    expect(facts.idleSeconds.every((rung) => rung.outcome === 'reused')).toBe(true);
    expect(facts.unprovenBeyondSeconds).toBe(Math.max(...facts.idleSeconds.map((rung) => rung.seconds)));
    expect(facts.unprovenBeyondSeconds).toBeGreaterThan(0.8);
    expect(summary).toContain('longer ones were not tried');
  });

  it('resets every second request: found at once, and fresh connections still work', async () => {
    const { facts, outcome, summary } = await probe({ resetOnReuse: true });
    expect(outcome).toBe('can-race');
    // Twice, on two connections: once may be chance.
    expect(facts.idleSeconds.map((rung) => rung.outcome)).toEqual(['reset', 'reset']);
    expect(facts.fresh).toEqual({ attempts: 3, answered: 3, dropped: 0, noAnswer: 0 });
    expect(summary).toContain('was reset at once');
  });

  it('does not answer on a reused connection at all', async () => {
    const { facts, outcome } = await probe({ forgetMs: 0 });
    expect(outcome).toBe('can-race');
    expect(facts.idleSeconds[0]?.outcome).toBe('no-answer');
  });

  it('goes silent after an idle time, on both connections', async () => {
    // Times beyond `atOnceSeconds`, so that it is the idle time that is seen to matter.
    const { facts, outcome, summary } = await probe({ forgetMs: 1600 }, { seconds: 7, ladder: [0.2, 1.8] });
    expect(outcome).toBe('forgotten');
    expect(facts.idleSeconds.map((rung) => rung.outcome)).toEqual(['reused', 'reused', 'no-answer', 'no-answer']);
    expect(facts.fresh).toMatchObject({ answered: 3, noAnswer: 0 });
    expect(summary).toContain('got no answer without a close before, after 0.2 s it still worked');
  });

  it('is reset after an idle time without a FIN', async () => {
    const { outcome, facts } = await probe({ resetAfterMs: 1600 }, { seconds: 7, ladder: [0.2, 1.8] });
    expect(outcome).toBe('forgotten');
    expect(facts.idleSeconds.map((rung) => rung.outcome)).toEqual(['reused', 'reused', 'reset', 'reset']);
  });

  it('says that it closes after each answer', async () => {
    const { outcome, facts, backend } = await probe({ fields: ['Connection: close'] });
    expect(outcome).toBe('no-race');
    expect(facts).toMatchObject({ idleSeconds: [], announced: { close: true } });
    expect(backend.connections()).toBe(1);
  });

  it('closes each connection after a number of requests, and says so: another one goes on', async () => {
    const counts = new WeakMap<object, number>();
    const { facts, outcome } = await probe({
      answer: (_request, socket) => {
        const count = (counts.get(socket) ?? 0) + 1;
        counts.set(socket, count);
        socket.write(`HTTP/1.1 204 No Content\r\n${count >= 3 ? 'Connection: close\r\n' : ''}\r\n`);
        if (count >= 3) socket.end();
      },
    });
    expect(facts.idleSeconds.map((rung) => rung.outcome)).toEqual(['reused', 'reused', 'reused', 'reused', 'reused']);
    expect(outcome).toBe('no-race');
  });
});

describe.concurrent('fresh connections that fail', () => {
  it.each([
    ['close', { dropped: 3, noAnswer: 0 }],
    ['reset', { dropped: 3, noAnswer: 0 }],
    ['half', { dropped: 3, noAnswer: 0 }],
    ['stall', { dropped: 0, noAnswer: 3 }],
  ] as const)('%s', async (instead, expected) => {
    const { facts, outcome, backend } = await probe({ instead }, { answerSeconds: 0.3 });
    expect(outcome).toBe('fresh-fails');
    expect(facts.fresh).toEqual({ attempts: 3, answered: 0, ...expected });
    expect(backend.mostAtOnce()).toBe(1);
  });
});

describe.concurrent('against what the proxy keeps', () => {
  it.each([
    ['ttl below the timeout', { ttl: '1' }, {}, 'no-race', 'ttl=1'],
    ['ttl under prefork', { ttl: '1' }, { mpm: 'prefork' }, 'can-race', 'ttl does nothing under prefork'],
    ['no reuse at all', { disablereuse: 'On' }, {}, 'no-race', 'disablereuse=on'],
  ])('%s', async (_name, parameters, more, expected, words) => {
    const { outcome, summary, facts } = await probe({ idleMs: 1500 }, { ladder: [0.2, 1] }, config(parameters, more));
    expect(outcome).toBe(expected);
    expect(summary).toContain(words);
    expect(facts.unprovenBeyondSeconds).toBeNull();
  });

  it('sends the Host and path that the proxy would send, and nothing but GET', async () => {
    const { backend } = await probe({ fields: ['Connection: close'] }, {}, (port) => ({
      inputs: { url: 'https://www.example/shop/list?page=2' },
      evidence: {
        'proxy-config': {
          data: configWith([proxyPass(`127.0.0.1:${port}`, {}, { path: '/shop/', url: `http://127.0.0.1:${port}/app/` })]),
        },
      },
    }));
    expect(backend.requests[0]).toMatch(new RegExp(`^GET /app/list\\?page=2 HTTP/1\\.1\r\nHost: 127\\.0\\.0\\.1:${backend.port}\r\n`));
  });
});

describe.concurrent('what is no evidence', () => {
  const prepared = (tables: KnownTables) => keepaliveProbe.prepare(knownFor(tables), {});

  it.each(['refused', 'no-answer', 'unreachable', 'denied', 'mixed'])(
    'connects that are %s: a probe must not take the last place',
    (outcome) => {
      expect(prepared({ evidence: { 'tcp-connect': { outcome } } }).ready).toBe(false);
    },
  );

  it('nothing is sent when passive, nor to a unix socket', () => {
    expect([prepared({ inputs: { passive: true } }).ready, prepared({ backend: 'unix:/run/app.sock' }).ready, prepared({}).ready]).toEqual([
      false,
      false,
      true,
    ]);
  });

  it.each([
    [
      'a connect that fails in between',
      async () => startBackend().then(async (one) => (await one.stop(), one.port)),
      'skipped',
      'ECONNREFUSED',
    ],
    [
      'an error page with a close',
      async () => start({ status: '404 Not Found', fields: ['Connection: close'] }),
      'failed',
      'answers 404 and closes',
    ],
    [
      'another protocol',
      async () => start({ answer: (_request, socket) => void socket.write('SSH-2.0-x\r\n') }),
      'failed',
      'no HTTP answer',
    ],
  ] as const)('%s', async (_name, port, status, words) => {
    const ready = keepaliveProbe.prepare(knownFor({ backend: `127.0.0.1:${await port()}` }), quick);
    if (!ready.ready) throw new Error(ready.reason);
    const collected = keepaliveProbe.collect(memoryContext({ proxy: localHost('proxy'), backend: null }), ready.parameters);
    await expect(collected).rejects.toMatchObject({
      name: 'CouldNot',
      status,
      message: expect.stringContaining(words),
      remedy: expect.any(String),
    });
  });

  it('ends its connections when it is stopped', async () => {
    const backend = await startBackend();
    running.push(backend);
    const ready = keepaliveProbe.prepare(knownFor({ backend: `127.0.0.1:${backend.port}` }), { seconds: 30, ladder: [20] });
    if (!ready.ready) throw new Error(ready.reason);
    const controller = new AbortController();
    const context = memoryContext({ proxy: localHost('proxy'), backend: null }, { signal: controller.signal });
    const stopOnIdle = {
      ...context,
      progress: (said: { text: string }) => void (said.text.startsWith('idle') && controller.abort(new Error('stopped'))),
    };
    await expect(keepaliveProbe.collect(stopOnIdle, ready.parameters)).rejects.toThrow('stopped');
  });
});

it('an https backend is probed over TLS', async () => {
  const { facts, outcome } = await probe({ secure: certificate(), idleMs: 500 }, {}, (port) => ({
    evidence: { 'proxy-config': { data: configWith([proxyPass(`127.0.0.1:${port}`, {}, { scheme: 'https' })]) } },
  }));
  expect(outcome).toBe('can-race');
  expect(facts.backendTimeoutSeconds).toBeGreaterThan(0.45);
});

async function start(behaviour: Behaviour): Promise<number> {
  const backend = await startBackend(behaviour);
  running.push(backend);
  return backend.port;
}
