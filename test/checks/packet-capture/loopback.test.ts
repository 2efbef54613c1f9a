/** Real captures on the loopback interface: a client of ours stands for the proxy, a faulty backend for the backend. Needs root and tcpdump. */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packetCapture } from '../../../src/checks/packet-capture/check.ts';
import type { PacketCaptureFacts } from '../../../src/checks/packet-capture/facts.ts';
import { localHost } from '../../../src/host/local.ts';
import { openSocket } from '../../../src/host/socket.ts';
import { ask } from '../../../src/httpd/wire/conversation.ts';
import { secure } from '../../../src/httpd/wire/secure.ts';
import type { Behaviour } from '../../fakes/backends.ts';
import { certificate, startBackend } from '../../fakes/backends.ts';
import { memoryContext } from '../../fakes/memory-host.ts';
import { knownFor } from '../probe-known.ts';

const stops: (() => Promise<unknown>)[] = [];
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'proxy-doctor-capture-'));
});
afterAll(async () => {
  await Promise.all(stops.map((stop) => stop()));
  await rm(folder, { recursive: true });
});

const host = localHost('proxy');

interface Found {
  readonly facts: PacketCaptureFacts;
  readonly outcome: string;
  readonly summary: string;
}

/** Captures while `traffic` runs. */
async function capture(port: number, traffic: () => Promise<void>, set: object = {}, url: string | null = null): Promise<Found> {
  const prepared = packetCapture.prepare(knownFor({ backend: `127.0.0.1:${port}`, inputs: { url } }), { seconds: 2.5, ...set });
  if (!prepared.ready) throw new Error(prepared.reason);
  let listening = (): void => undefined;
  const ready = new Promise<void>((resolve) => {
    listening = resolve;
  });
  const own = await mkdtemp(path.join(folder, 'case-'));
  const context = { ...memoryContext({ proxy: host, backend: null }), caseFolder: async () => own, progress: () => listening() };
  const collected = packetCapture.collect(context, prepared.parameters);
  await Promise.race([ready, collected]);
  await traffic();
  const { facts } = await collected;
  packetCapture.facts.parse(facts);
  return { facts, ...packetCapture.classify(facts, null) };
}

async function backend(behaviour: Behaviour = {}): Promise<number> {
  const started = await startBackend(behaviour);
  stops.push(started.stop);
  return started.port;
}

/** Stands for the proxy: hands on what comes, on a connection of its own. */
async function relay(to: number): Promise<number> {
  const server = net.createServer((client) => {
    const onward = net.connect({ host: '127.0.0.1', port: to });
    client.pipe(onward).pipe(client);
    for (const one of [client, onward]) one.on('error', () => {});
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  stops.push(async () => server.close());
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const connect = async (port: number) => {
  const opened = await openSocket(host, '127.0.0.1', port, { timeoutMs: 2000 });
  if (opened.socket === null) throw new Error(`not connected: ${opened.outcome}`);
  return opened.socket;
};
const get = { method: 'GET', target: '/x', host: 'lab' } as const;
/** One connection, `times` requests with a pause between them; ends as a proxy does that gives up after `patienceMs`. */
async function requests(port: number, times: number, pauseMs = 0, patienceMs = 1200): Promise<void> {
  const socket = await connect(port);
  for (let index = 0; index < times; index += 1) {
    if (index > 0) await setTimeout(pauseMs);
    if ((await ask(socket, get, patienceMs)).outcome !== 'answered') break;
  }
  socket.close();
}
const raw = (port: number): Promise<net.Socket> =>
  new Promise((resolve) => {
    const socket = net.connect({ host: '127.0.0.1', port, noDelay: true }, () => resolve(socket));
    socket.on('error', () => {});
  });

describe.concurrent('one end, on real packets', () => {
  it('whole exchanges on fresh and reused connections are clean', async () => {
    const port = await backend();
    const { facts, outcome } = await capture(port, async () => {
      for (let index = 0; index < 3; index += 1) await requests(port, 3, 20);
    });
    expect(outcome).toBe('clean');
    expect(facts.points[0]).toMatchObject({
      side: 'proxy',
      connections: 3,
      exchanges: 9,
      requestsSentWhole: 9,
      answersWhole: 9,
      failedFresh: 0,
      failedReused: 0,
      retransmissions: 0,
    });
    expect(facts.lostBetween).toBeNull();
  });

  it('our own marked GETs are found again on the way to the backend that serves them', async () => {
    const port = await backend();
    const elsewhere = await backend();
    const through = (to: number) => relay(to).then((at) => capture(port, async () => {}, { seconds: 3 }, `http://127.0.0.1:${at}/list?page=2`));
    const [here, there] = await Promise.all([through(port), through(elsewhere)]);
    expect(here.facts.marked).toMatchObject({ sent: here.facts.marked?.seen, servedBy: `127.0.0.1:${port}` });
    expect(here.facts.marked?.seen).toBeGreaterThan(0);
    expect(here.summary).toContain(`GETs of our own were seen on their way to 127.0.0.1:${port}`);
    expect(there.facts.marked).toMatchObject({ seen: 0, servedBy: null });
    expect(there.summary).toContain('GETs of our own came this way');
  });

  it('answers of every framing are seen to be whole, big ones too', async () => {
    const big = 'x'.repeat(200_000);
    const answers = [
      `HTTP/1.1 200 OK\r\nContent-Length: ${big.length}\r\n\r\n${big}`,
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
      'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n',
      'HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n',
      `HTTP/1.1 200 OK\r\nX-Long: ${'y'.repeat(1500)}\r\nContent-Length: 2\r\n\r\nok`,
      'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end',
    ];
    let next = 0;
    const port = await backend({
      answer: (_request, socket) => {
        const answer = answers[next] ?? '';
        next += 1;
        if (next === answers.length) socket.end(answer);
        else socket.write(answer);
      },
    });
    const { facts, outcome } = await capture(port, () => requests(port, answers.length));
    expect(facts.points[0]).toMatchObject({ exchanges: 6, answersWhole: 6, answersPartly: 0, failures: {} });
    expect(outcome).toBe('clean');
  });

  it('a reset on the second request is a failure of reused connections, after the idle time that was', async () => {
    const port = await backend({ resetOnReuse: true });
    const { facts, outcome, summary } = await capture(port, () => requests(port, 2, 600));
    expect(outcome).toBe('backend-closes-early');
    expect(facts.points[0]).toMatchObject({
      failedReused: 1,
      failedFresh: 0,
      closedFirst: { backend: 1, proxy: 0, nobody: 0 },
      how: { RST: 1, FIN: 0 },
      answersWhole: 1,
      answersNone: 1,
    });
    expect(facts.points[0]?.idleBeforeFailureSeconds[0]).toBeGreaterThan(0.55);
    expect(summary).toContain('all of them reused');
  });

  it('an idle connection that the backend closes is no failure', async () => {
    const port = await backend({ idleMs: 200 });
    const { facts } = await capture(port, async () => {
      const socket = await connect(port);
      await ask(socket, get, 1000);
      await socket.next(2000);
      socket.close();
    });
    expect(facts.points[0]).toMatchObject({ answersWhole: 1, failures: {} });
  });

  it.each([
    ['close', 'FIN', { answersNone: 2, answersPartly: 0 }],
    ['reset', 'RST', { answersNone: 2, answersPartly: 0 }],
    ['half', 'FIN', { answersNone: 0, answersPartly: 2 }],
  ] as const)('fresh connections that the backend ends without a whole answer: %s', async (instead, how, counts) => {
    const port = await backend({ instead });
    const { facts, outcome } = await capture(port, async () => {
      await requests(port, 1);
      await requests(port, 1);
    });
    expect(outcome).toBe('backend-closes-early');
    expect(facts.points[0]).toMatchObject({
      failedFresh: 2,
      failedReused: 0,
      requestsSentWhole: 2,
      how: { [how]: 2 },
      closedFirst: { backend: 2 },
      ...counts,
    });
    expect(facts.points[0]?.examples?.[0]).toMatchObject({ failure: 'closed-early', request: 'GET /x HTTP/1.1' });
  });

  it('a chunked answer that breaks off inside a chunk is partly there', async () => {
    const port = await backend({
      answer: (_request, socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\nshort'),
    });
    const { facts, outcome } = await capture(port, () => requests(port, 1));
    expect([outcome, facts.points[0]?.answersPartly]).toEqual(['backend-closes-early', 1]);
  });

  it('no answer until the proxy gives up is a silent backend', async () => {
    const port = await backend({ instead: 'stall' });
    const { facts, outcome } = await capture(port, () => requests(port, 1));
    expect(outcome).toBe('backend-silent');
    expect(facts.points[0]).toMatchObject({ closedFirst: { proxy: 1 }, requestsSentWhole: 1, answersNone: 1 });
  });

  it('an upload that the proxy breaks off is an incomplete request, not the backend’s fault', async () => {
    const port = await backend({ instead: 'stall' });
    const { facts, outcome } = await capture(port, async () => {
      const socket = await raw(port);
      socket.write(`POST /up HTTP/1.1\r\nHost: lab\r\nContent-Length: 5000\r\n\r\n${'z'.repeat(1000)}`);
      await setTimeout(300);
      socket.end();
    });
    expect(outcome).toBe('request-incomplete');
    expect(facts.points[0]).toMatchObject({ requestsSentPartly: 1, failures: { 'request-incomplete': 1 } });
  });

  it('an upload that the backend does not read ends in zero windows, and is the backend’s', async () => {
    const server = net.createServer((socket) => {
      socket.on('error', () => {});
      socket.pause();
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    stops.push(async () => server.close());
    const { port } = server.address() as net.AddressInfo;
    const { facts, outcome } = await capture(
      port,
      async () => {
        const socket = await raw(port);
        socket.write('POST /up HTTP/1.1\r\nHost: lab\r\nContent-Length: 90000000\r\n\r\n');
        for (let index = 0; index < 300; index += 1) socket.write(Buffer.alloc(65_536));
        await setTimeout(1500);
        // What was not sent yet keeps the close from being seen, with httpd too.
        socket.destroy();
      },
      { seconds: 7 },
    );
    expect(outcome).toBe('backend-silent');
    expect(facts.points[0]?.backendZeroWindows).toBeGreaterThan(0);
    expect(facts.points[0]).toMatchObject({ requestsSentPartly: 1, failures: { silent: 1 } });
  });

  it('refused connects are counted apart from failed requests', async () => {
    const gone = await startBackend();
    await gone.stop();
    const { facts, outcome } = await capture(gone.port, async () => {
      for (let index = 0; index < 3; index += 1) await openSocket(host, '127.0.0.1', gone.port, { timeoutMs: 1000 });
    });
    expect(outcome).toBe('connects-fail');
    expect(facts.points[0]).toMatchObject({ connectRefusedByRst: 3, connectRefusedByIcmp: 0, connectUnanswered: 0, failedFresh: 0 });
  });

  it('inside TLS a request without an answer is seen, and a good one is no failure', async () => {
    const good = await backend({ secure: { ...certificate(), maxVersion: 'TLSv1.2' } });
    const bad = await backend({ secure: { ...certificate(), maxVersion: 'TLSv1.2' }, instead: 'close' });
    const over = async (port: number): Promise<void> => {
      const shaken = await secure(await connect(port), 'backend.example', 2000);
      if (!shaken.ok) throw new Error('no handshake');
      await ask(shaken.socket, get, 1000);
      shaken.socket.close();
    };
    const found = await Promise.all([capture(good, () => over(good)), capture(bad, () => over(bad))]);
    expect(found.map(({ facts }) => [facts.points[0]?.encrypted, facts.points[0]?.failures])).toEqual([
      [1, {}],
      [1, { 'closed-early': 1 }],
    ]);
  });

  it('no traffic is too little, not clean; the file is for its owner alone', async () => {
    const port = await backend();
    const { facts, outcome } = await capture(port, async () => {}, { seconds: 1 });
    expect(outcome).toBe('too-few');
    const file = facts.points[0]?.file ?? '';
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(path.dirname(file))).toHaveLength(1);
  });

  it('ends early when it has as many packets as it may have', async () => {
    const port = await backend();
    const { facts } = await capture(port, () => requests(port, 10), { packets: 12, seconds: 60 });
    expect(facts.points[0]?.packets).toBe(12);
    expect(facts.seconds).toBeLessThan(30);
  });

  it('leaves no tcpdump behind when it is stopped', async () => {
    const port = await backend();
    const prepared = packetCapture.prepare(knownFor({ backend: `127.0.0.1:${port}` }), { seconds: 60 });
    if (!prepared.ready) throw new Error(prepared.reason);
    const controller = new AbortController();
    const context = memoryContext({ proxy: host, backend: null }, { signal: controller.signal, timeLimitMs: 90_000 });
    const own = await mkdtemp(path.join(folder, 'case-'));
    const collected = packetCapture.collect(
      { ...context, caseFolder: async () => own, progress: () => controller.abort(new Error('stopped')) },
      prepared.parameters,
    );
    await expect(collected).rejects.toThrow('stopped');
    const { stdout } = await host.run(['ps', '-eo', 'args'], { timeLimitMs: 5000 });
    expect(stdout.split('\n').filter((line) => line.includes(`tcp port ${port} `))).toEqual([]);
  });
});

describe('where it can’t be', () => {
  const prepared = packetCapture.prepare(knownFor({ backend: '127.0.0.1:1' }), { seconds: 1 });
  const collect = async (proxy: typeof host) => {
    if (!prepared.ready) throw new Error(prepared.reason);
    const own = await mkdtemp(path.join(folder, 'case-'));
    return packetCapture.collect({ ...memoryContext({ proxy, backend: null }), caseFolder: async () => own }, prepared.parameters);
  };

  it('no tcpdump: says what to install', async () => {
    const without = { ...host, has: async (command: string) => command !== 'tcpdump' && host.has(command) };
    await expect(collect(without)).rejects.toMatchObject({
      status: 'skipped',
      message: expect.stringContaining('no tcpdump'),
      remedy: expect.stringContaining('apt-get install tcpdump'),
    });
  });

  it('no right: says which, and how to get it', async () => {
    const { startProcess } = await import('../../../src/host/start.ts');
    const nobody = {
      ...host,
      start: (argv: readonly string[], options: { readonly signal?: AbortSignal; readonly timeLimitMs: number }) =>
        startProcess(
          ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--', ...argv],
          { PATH: '/usr/bin:/usr/sbin:/bin' },
          options,
        ),
      readFile: async () => Buffer.from('CapEff:\t0000000000000000\n'),
    };
    await expect(collect(nobody)).rejects.toMatchObject({
      status: 'skipped',
      message: expect.stringContaining('CAP_NET_RAW'),
      remedy: expect.stringContaining('setcap'),
    });
  });
});
