/** Connections told packet by packet: what a reader makes of orders of events that real traffic shows only now and then. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compare } from '../../../src/checks/packet-capture/between.ts';
import { classify } from '../../../src/checks/packet-capture/classify.ts';
import { pointOf } from '../../../src/checks/packet-capture/points.ts';
import type { Verdict } from '../../../src/checks/packet-capture/verdicts.ts';
import { verdictOf } from '../../../src/checks/packet-capture/verdicts.ts';
import { assemble } from '../../../src/httpd/wire/connections.ts';
import type { Connection } from '../../../src/httpd/wire/connections.ts';
import type { Packet, Segment } from '../../../src/httpd/wire/packets.ts';

const proxy = { address: '192.0.2.1', port: 40_000 };
const backend = { address: '192.0.2.2', port: 8080 };
const isBackend = (address: string, port: number): boolean => address === backend.address && port === backend.port;

interface Step {
  /** Seconds. */
  readonly at: number;
  readonly from: 'p' | 'b';
  readonly flags: string;
  /** Relative to the first byte of its direction. */
  readonly seq?: number;
  readonly ack?: number;
  readonly data?: string;
  /** Payload of this length, of which nothing was kept. */
  readonly length?: number;
  readonly window?: number;
  readonly ttl?: number;
  readonly id?: number;
  readonly device?: number;
  readonly port?: number;
}

/** Initial numbers near the end of their range, so that every story also tells of the wrap. */
const bases = { p: 0xffffff00, b: 0xfffffff8 };
let identification = 1;

function packet({
  at,
  from,
  flags,
  seq = 0,
  ack,
  data = '',
  length = data.length,
  window = 500,
  ttl = 64,
  id,
  device,
  port = proxy.port,
}: Step): Segment {
  identification += 1;
  const [source, destination] = from === 'p' ? [{ ...proxy, port }, backend] : [backend, { ...proxy, port }];
  const other = from === 'p' ? 'b' : 'p';
  return {
    kind: 'tcp',
    atUs: at * 1e6,
    source: source.address,
    sourcePort: source.port,
    destination: destination.address,
    destinationPort: destination.port,
    seq: (bases[from] + seq - (flags.includes('S') ? 1 : 0)) >>> 0,
    ack: ack === undefined ? 0 : (bases[other] + ack) >>> 0,
    syn: flags.includes('S'),
    hasAck: ack !== undefined,
    fin: flags.includes('F'),
    rst: flags.includes('R'),
    push: length > 0,
    window,
    length,
    payload: Buffer.from(data),
    ttl,
    ipId: id ?? identification,
    device: device ?? null,
  };
}

const opened: readonly Step[] = [
  { at: 0, from: 'p', flags: 'S' },
  { at: 0.001, from: 'b', flags: 'S', ack: 0 },
  { at: 0.002, from: 'p', flags: '', ack: 0 },
];
const request = 'GET /a HTTP/1.1\r\nHost: x\r\n\r\n';
const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const R = request.length;
const A = answer.length;
const asked = (at: number, seq = 0): Step => ({ at, from: 'p', flags: 'P', seq, ack: 0, data: request });
const answered = (at: number, seq = 0, ack = R): Step => ({ at, from: 'b', flags: 'P', seq, ack, data: answer });

function only(steps: readonly Step[]): Connection {
  const [connection] = assemble(steps.map(packet), isBackend);
  if (connection === undefined) throw new Error('no connection');
  return connection;
}
const verdict = (steps: readonly Step[], until = 2): Verdict => verdictOf(only(steps), until * 1e6);
const pointFor = (...verdicts: readonly Verdict[]) => pointOf({ side: 'proxy', packets: 0, verdicts, file: null, droppedByCapture: 0 });
const outcomeOf = (...verdicts: readonly Verdict[]) => classify({ points: [pointFor(...verdicts)], lostBetween: null, seconds: 2 }).outcome;

const many = (one: Verdict, count: number): Verdict[] => Array.from({ length: count }, () => one);

describe('who failed whom', () => {
  it.each<[string, readonly Step[], string | null, object]>([
    [
      'a whole exchange, then the proxy closes',
      [...opened, asked(0.1), answered(0.2), { at: 0.3, from: 'p', flags: 'F', seq: R, ack: A }],
      null,
      {},
    ],
    [
      'a whole exchange, then the backend resets',
      [...opened, asked(0.1), answered(0.2), { at: 0.3, from: 'b', flags: 'R', seq: A }],
      null,
      {},
    ],
    [
      'the race: the backend has closed, the request crosses its FIN, a reset comes back',
      [
        ...opened,
        asked(0.1),
        answered(0.2),
        { at: 1.0, from: 'b', flags: 'F', seq: A, ack: R },
        { ...asked(1.0001, R), ack: A },
        { at: 1.0002, from: 'b', flags: 'R', seq: A + 1 },
      ],
      'closed-early',
      { closedFirst: 'backend', how: 'FIN', reused: true, idleSeconds: expect.closeTo(0.8, 2) },
    ],
    [
      'accepted, then closed before a request',
      [...opened, { at: 0.1, from: 'b', flags: 'F', ack: 0 }],
      'closed-early',
      { reused: false, how: 'FIN' },
    ],
    [
      'an old connection that the backend closes while idle',
      [
        { at: 0, from: 'b', flags: 'F', seq: 5, ack: 9 },
        { at: 0.01, from: 'p', flags: 'F', seq: 9, ack: 6 },
      ],
      null,
      {},
    ],
    [
      'an old connection: its first request in the capture is reset',
      [asked(0.1), { at: 0.2, from: 'b', flags: 'R', seq: 0 }],
      'closed-early',
      { reused: true, idleSeconds: null },
    ],
    [
      'a client leaves in the middle of a long answer',
      [
        ...opened,
        asked(0.1),
        { at: 0.2, from: 'b', flags: 'P', ack: R, data: 'HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nx' },
        { at: 0.21, from: 'p', flags: 'R', seq: R },
      ],
      null,
      {},
    ],
    [
      'the proxy gives up after a second of silence',
      [...opened, asked(0.1), { at: 0.11, from: 'b', flags: '', ack: R }, { at: 1.2, from: 'p', flags: 'F', seq: R, ack: 0 }],
      'silent',
      { closedFirst: 'proxy' },
    ],
    ['still waiting when the capture ends', [...opened, asked(0.1), { at: 0.11, from: 'b', flags: '', ack: R }], null, {}],
    [
      'an interim answer is none',
      [
        ...opened,
        asked(0.1),
        { at: 0.2, from: 'b', flags: 'P', ack: R, data: 'HTTP/1.1 100 Continue\r\n\r\n' },
        { at: 0.3, from: 'b', flags: 'F', seq: 25, ack: R },
      ],
      'closed-early',
      { how: 'FIN' },
    ],
    [
      'a request that nobody acknowledges, however often it is sent',
      [...opened, asked(0.1), asked(0.3), asked(0.7), asked(1.5), { at: 1.9, from: 'p', flags: 'R', seq: R }],
      'unacknowledged',
      { closedFirst: 'proxy' },
    ],
    [
      'connect without an answer',
      [
        { at: 0, from: 'p', flags: 'S' },
        { at: 1, from: 'p', flags: 'S' },
      ],
      'connect-unanswered',
      {},
    ],
    ['a connect just begun', [{ at: 1.9, from: 'p', flags: 'S' }], null, {}],
    [
      'refused',
      [
        { at: 0, from: 'p', flags: 'S' },
        { at: 0.001, from: 'b', flags: 'R', seq: 0, ack: 0 },
      ],
      'refused-rst',
      {},
    ],
  ])('%s', (_name, steps, failure, more) => {
    const found = verdict(steps);
    expect(found.failed?.failure ?? null).toBe(failure);
    expect(found.failed ?? {}).toMatchObject(more);
  });

  it('stuck for long enough when the capture ends, it is nobody’s close', () => {
    expect(verdict([...opened, asked(0.1), { at: 0.11, from: 'b', flags: '', ack: R }], 6).failed).toMatchObject({
      failure: 'silent',
      closedFirst: 'nobody',
    });
  });

  it('a connect refused by a firewall’s ICMP error is told from a reset', () => {
    const icmp: Packet = {
      kind: 'icmp',
      atUs: 1000,
      from: '192.0.2.9',
      what: 'prohibited',
      source: proxy.address,
      sourcePort: proxy.port,
      destination: backend.address,
      destinationPort: backend.port,
    };
    const [connection] = assemble([packet({ at: 0, from: 'p', flags: 'S' }), icmp], isBackend);
    const found = connection && verdictOf(connection, 2e6);
    expect(found?.failed?.failure).toBe('refused-icmp');
    expect(found && pointFor(found)).toMatchObject({ connectRefusedByIcmp: 1, connectRefusedByRst: 0 });
  });

  it('a reset that has come another way than the backend’s packets was made up in between', () => {
    const reset = (ttl: number) =>
      pointFor(verdict([...opened, asked(0.1), { at: 0.2, from: 'b', flags: 'R', seq: 0, ttl }])).foreignResets;
    // A kernel's own resets start at 64 or 255 while its sockets may use another number: the distance counts.
    expect([reset(64), reset(255), reset(60), reset(250)]).toEqual([0, 0, 1, 1]);
  });

  it('a port that is used again is a new connection', () => {
    const first = [...opened, asked(0.1), answered(0.2)].map(packet);
    const again = packet({ at: 1, from: 'p', flags: 'S', seq: 5000 });
    expect(assemble([...first, again], isBackend).map(({ synUs }) => synUs)).toEqual([0, 1e6]);
  });
});

describe('packets seen twice', () => {
  const sent = [...opened, asked(0.1), answered(0.2)];
  it.each<[string, Step, number]>([
    ['a copy on another interface is the same packet', { ...asked(0.1001), id: 77, device: 2 }, 0],
    ['a retransmission has an identification of its own', { ...asked(0.3), id: 78, device: 1 }, 1],
    ['a TCP keepalive is neither', { at: 0.5, from: 'p', flags: '', seq: R - 1, ack: A }, 0],
  ])('%s', (_name, extra, retransmissions) => {
    const steps = sent.map((step) => (step.at === 0.1 ? { ...step, id: 77, device: 1 } : step));
    const found = verdict([...steps, extra].sort((a, b) => a.at - b.at));
    expect(pointFor(found)).toMatchObject({ retransmissions, exchanges: 1, answersWhole: 1 });
  });

  it('a hole that is filled late was lost, one that is filled at once came out of order', () => {
    const half = A >> 1;
    const filled = (delay: number) =>
      pointFor(
        verdict([
          ...opened,
          asked(0.1),
          { at: 0.2, from: 'b', flags: '', seq: half, ack: R, data: answer.slice(half) },
          { at: 0.2 + delay, from: 'b', flags: '', seq: 0, ack: R, data: answer.slice(0, half) },
        ]),
      ).retransmissions;
    expect([filled(0.001), filled(0.2)]).toEqual([0, 1]);
  });
});

describe('uploads', () => {
  const head = 'POST /up HTTP/1.1\r\nContent-Length: 3000\r\n\r\n';
  const H = head.length;
  const part = (at: number, seq: number, length: number): Step => ({ at, from: 'p', flags: '', seq, ack: 0, length });
  const acked = (at: number, ack: number, window = 500): Step => ({ at, from: 'b', flags: '', ack, window });
  const begun: readonly Step[] = [...opened, { at: 0.1, from: 'p', flags: '', ack: 0, data: head }, part(0.11, H, 1000)];

  it.each<[string, readonly Step[], string | null]>([
    ['whole, answered', [...begun, part(0.2, H + 1000, 2000), answered(0.3, 0, H + 3000)], null],
    [
      'broken off by the proxy, all of it taken',
      [...begun, acked(0.12, H + 1000), { at: 0.5, from: 'p', flags: 'F', seq: H + 1000, ack: 0 }],
      'request-incomplete',
    ],
    [
      'broken off by the proxy after the backend took no more',
      [...begun, acked(0.12, H + 1000, 0), { at: 1.5, from: 'p', flags: 'R', seq: H + 1000 }],
      'silent',
    ],
    ['reset by the backend in the middle', [...begun, { at: 0.2, from: 'b', flags: 'R', seq: 0 }], 'closed-early'],
    ['answered early with an error, which is an answer', [...begun, answered(0.2, 0, H)], null],
  ])('%s', (_name, steps, failure) => {
    expect(verdict(steps).failed?.failure ?? null).toBe(failure);
  });
});

describe('what is made of it all', () => {
  const good = verdict([...opened, asked(0.1), answered(0.2)]);
  const bad = verdict([...opened, asked(0.1), { at: 0.2, from: 'b', flags: 'R', seq: 0 }]);
  const refused = verdict([
    { at: 0, from: 'p', flags: 'S' },
    { at: 0.001, from: 'b', flags: 'R', ack: 0 },
  ]);
  it.each<[string, readonly Verdict[], string]>([
    ['five good ones', many(good, 5), 'clean'],
    ['four good ones', many(good, 4), 'too-few'],
    ['nothing', [], 'too-few'],
    ['one bad among many', [...many(good, 50), bad], 'backend-closes-early'],
    ['more refused than broken off', [bad, ...many(refused, 2)], 'connects-fail'],
  ])('%s: %s', (_name, verdicts, outcome) => {
    expect(outcomeOf(...verdicts)).toBe(outcome);
  });

  it.each([
    ['failures after longer idle times than good requests', 1.5, true],
    ['failures after the same idle times as good requests', 0.05, false],
  ])('%s: does idle time decide? %s s', (_name, idle, decides) => {
    const twice = (pause: number, end: (at: number) => Step): Verdict =>
      verdict([...opened, asked(0.1), answered(0.2), { ...asked(0.2 + pause, R), ack: A }, end(0.21 + pause)]);
    const fine = twice(0.05, (at) => answered(at, A, 2 * R));
    const failing = twice(idle, (at) => ({ at, from: 'b', flags: 'R', seq: A }));
    expect(pointFor(...many(fine, 5), ...many(failing, 3))).toMatchObject({
      failedReused: 3,
      idleDecides: decides,
      idleBeforeGoodSeconds: { count: 5 },
    });
  });

  it('losses that all requests outlived are losses all the same', () => {
    const lostBetween = { proxyToBackend: 0, backendToProxy: 40, sent: 2000 };
    expect(classify({ points: [pointFor(...many(good, 50))], lostBetween, seconds: 2 }).outcome).toBe('loss');
  });

  it.each([
    [{ proxyToBackend: 40, backendToProxy: 2, sent: 2000 }, 'loss'],
    [{ proxyToBackend: 1, backendToProxy: 0, sent: 2000 }, 'backend-closes-early'],
    [{ proxyToBackend: 3, backendToProxy: 0, sent: 100_000 }, 'backend-closes-early'],
  ])('lost between the ends: %j → %s', (lostBetween, outcome) => {
    expect(classify({ points: [pointFor(...many(good, 50), bad)], lostBetween, seconds: 2 }).outcome).toBe(outcome);
  });
});

describe('both ends', () => {
  /** A conversation of `count` data packets each way, all within the middle of the capture. */
  const conversation = (count: number): Step[] => [
    ...opened,
    ...Array.from({ length: count }, (_unused, index): Step[] => [
      { at: 0.1 + index / 100, from: 'p', flags: '', seq: index * 1000, ack: index * 500, length: 1000 },
      { at: 0.105 + index / 100, from: 'b', flags: '', seq: index * 500, ack: index * 1000 + 1000, length: 500 },
    ]).flat(),
  ];
  const captured = (packets: readonly Packet[]) => ({ connections: assemble(packets, isBackend), fromUs: 0, untilUs: 10e6 });
  const later = (one: Segment, seconds: number): Segment => ({ ...one, atUs: one.atUs + seconds * 1e6 });

  it('counts exactly what did not arrive, in each direction, whatever the clocks say', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 30 }),
        fc.infiniteStream(fc.boolean()),
        fc.integer({ min: -3000, max: 3000 }),
        (count, coins, ahead) => {
          const there: Segment[] = [];
          const here: Segment[] = [];
          let lostThere = 0;
          let lostBack = 0;
          for (const [index, step] of conversation(count).entries()) {
            const one = packet(step);
            // Handshake and first data arrive, so that there is something to compare clocks by.
            const lost = index > 4 && coins.next().value === true;
            if (step.from === 'p') {
              here.push(one);
              if (lost) lostThere += 1;
              else there.push(later(one, ahead + 0.001));
            } else {
              there.push(later(one, ahead));
              if (lost) lostBack += 1;
              else here.push(later(one, 0.001));
            }
          }
          const backendSide = { ...captured(there), fromUs: ahead * 1e6, untilUs: (ahead + 10) * 1e6 };
          expect(compare(captured(here), backendSide)?.lost).toMatchObject({ proxyToBackend: lostThere, backendToProxy: lostBack });
        },
      ),
    );
  });

  it('a port that is used again, with sequence numbers not far away, is told apart', () => {
    const whole = [...opened, asked(0.1), answered(0.2)];
    const again = whole.map((step) => ({
      ...step,
      at: step.at + 1,
      seq: (step.seq ?? 0) + (step.from === 'p' ? 70_000 : 90_000),
      ...(step.ack === undefined ? {} : { ack: step.ack + (step.from === 'p' ? 90_000 : 70_000) }),
    }));
    const both = [...whole, ...again].map(packet);
    expect(compare(captured(both), captured(both))).toMatchObject({ matched: 2, lost: { proxyToBackend: 0, backendToProxy: 0 } });
    // One end saw only the second use.
    expect(compare({ ...captured(both), fromUs: 0.9e6 }, captured(both.slice(whole.length)))).toMatchObject({
      matched: 1,
      lost: { proxyToBackend: 0, backendToProxy: 0 },
    });
  });

  it('connections that a device has forgotten are no losses here and there', () => {
    const swallowed = [
      ...opened,
      asked(0.1),
      answered(0.15),
      ...[1, 1.2, 1.6].map((at) => ({ ...asked(at, R), ack: A })),
      { at: 1.95, from: 'p', flags: 'F', seq: 2 * R, ack: A },
    ] as const;
    const found = compare(captured(swallowed.map(packet)), captured(swallowed.slice(0, 5).map(packet)), () => true);
    expect(found).toMatchObject({ lost: { proxyToBackend: 4 }, hereAndThere: { packets: 0 } });
    const point = pointFor(verdict(swallowed), ...many(verdict([...opened, asked(0.1), answered(0.2)]), 5));
    const { outcome, summary } = classify({
      points: [point],
      lostBetween: found?.lost ?? null,
      lostHereAndThere: found?.hereAndThere ?? null,
      seconds: 2,
    });
    expect([outcome, summary]).toEqual(['backend-silent', expect.stringContaining('may have forgotten these connections')]);
  });

  it.each([
    ['after an idle second', 1.5, { packets: 0 }],
    ['in the middle of things', 0.3, { packets: 3 }],
  ])('nothing more gets through %s: whose doing that is', (_name, at, expected) => {
    const worked = [...opened, asked(0.1), answered(0.2)];
    const later = [0, 0.2, 0.6].map((delay): Step => ({ at: at + delay, from: 'p', flags: 'F', seq: R, ack: A }));
    const found = compare(captured([...worked, ...later].map(packet)), captured(worked.map(packet)));
    expect(found).toMatchObject({ lost: { proxyToBackend: 3 }, hereAndThere: expected });
  });

  it('segments that a network card cut or joined are not lost', () => {
    const joined: Step[] = [...opened, { at: 0.1, from: 'p', flags: '', ack: 0, length: 4344 }];
    const cut: Step[] = [...opened, ...[0, 1448, 2896].map((seq): Step => ({ at: 0.1, from: 'p', flags: '', seq, ack: 0, length: 1448 }))];
    expect(compare(captured(joined.map(packet)), captured(cut.map(packet)))?.lost).toMatchObject({ proxyToBackend: 0, backendToProxy: 0 });
    expect(compare(captured(joined.map(packet)), captured(cut.slice(0, -1).map(packet)))?.lost).toMatchObject({ proxyToBackend: 1 });
  });

  it('a retransmission that arrives makes up for the bytes, not for the packet that was lost', () => {
    const twice = [...opened, asked(0.1), asked(0.4), answered(0.5)].map(packet);
    const once = [...opened, asked(0.4), answered(0.5)].map(packet);
    expect(compare(captured(twice), captured(once))?.lost.proxyToBackend).toBe(1);
  });

  it('a reset that arrived and was never sent came from something in between', () => {
    const sent = [...opened, asked(0.1)].map(packet);
    const got = [...sent, packet({ at: 0.2, from: 'b', flags: 'R', seq: 0 })];
    expect(compare(captured(got), captured(sent))?.madeUp).toEqual({ toProxy: 1, toBackend: 0 });
  });

  it('SYNs that never arrive are lost', () => {
    const syns = [0, 1, 3].map((at) => packet({ at, from: 'p', flags: 'S' }));
    expect(compare(captured(syns), captured([]))?.lost).toMatchObject({ proxyToBackend: 3, sent: 3 });
  });

  it('two captures without a connection in common are not compared', () => {
    const whole = [...opened, asked(0.1), answered(0.2)].map(packet);
    expect(compare(captured(whole), captured([]))).toBeNull();
  });

  it('translated addresses do not matter where the beginning was seen', () => {
    const whole = [...opened, asked(0.1), answered(0.2)].map(packet);
    const translated = whole.map((one): Segment =>
      one.source === proxy.address
        ? { ...one, source: '198.51.100.7', sourcePort: 5 }
        : { ...one, destination: '198.51.100.7', destinationPort: 5 },
    );
    expect(compare(captured(whole), captured(translated))).toMatchObject({ matched: 1, lost: { proxyToBackend: 0, backendToProxy: 0 } });
  });
});
