/** From the endings of a case to its diagnoses: one entry a cause, worst first, each as sure as its evidence. */
import { describe, expect, test } from 'vitest';
import { loadFlow } from '../../src/commands/load-flow.ts';
import { conclude } from '../../src/diagnosis/conclude.ts';
import type { Diagnosis } from '../../src/engine/conclusion.ts';
import type { Subject } from '../../src/engine/events.ts';
import type { Evidence } from '../../src/engine/evidence.ts';
import type { State, Visit } from '../../src/engine/state.ts';
import { app, could, found, log, visit } from './evidence.ts';

const { declared } = loadFlow('mod-proxy-http');
const other: Subject = { key: '10.0.0.6:8080', backend: '10.0.0.6:8080', mode: 'connect', failures: 0 };

interface Case {
  readonly endings: readonly (readonly [diagnosis: string, subject: Subject])[];
  readonly evidence?: readonly Evidence[];
  readonly path?: readonly Visit[];
}

function concluded({ endings, evidence = [], path = [] }: Case): Diagnosis[] {
  const state: State = {
    opened: true,
    evidence,
    subjects: [...new Map(endings.map(([, subject]) => [subject.key, subject])).values()],
    leftOut: [],
    path,
    ahead: [],
    position: { kind: 'end', concluded: true },
    endings: endings.map(([diagnosis, subject]) => ({ subject: subject.key, step: diagnosis, diagnosis })),
    consent: {},
    changes: [],
    notes: [],
    unfinished: [],
    verified: [],
    remediesDone: [],
  };
  return conclude(state, declared);
}

const only = (one: Case): Diagnosis => {
  const [first, ...rest] = concluded(one);
  if (first === undefined || rest.length > 0) throw new Error(`${rest.length + 1} diagnoses`);
  return first;
};
const told = (one: Case): string[] =>
  concluded(one).map(({ id, backend, confidence, ongoing: still }) => `${id} ${backend} ${confidence} ${still}`);

const connects = (failures: number, more: Readonly<Record<string, unknown>> = {}) => ({
  errnosByMode: { connect: { ECONNREFUSED: failures } },
  byMode: { connect: failures },
  failures,
  frequencyByMode: { connect: 'every' },
  ...more,
});
const refused = { attempts: 20, refused: 20, byAddress: [{ address: 'a', attempts: 20, refused: 20 }] };
const accepted = { attempts: 20, connected: 20, byAddress: [{ address: 'a', attempts: 20, connected: 20 }] };
const nobody = { port: 8080, addresses: ['10.0.0.5'] };
const down = [
  found('error-log', log(connects(9, { ongoing: true })), null, 'e1'),
  found('tcp-connect', refused, app.key, 'e2'),
  found('backend-process', nobody, app.key, 'e10'),
];

describe('caps', () => {
  const sure: Case = { endings: [['backend-not-running', app]], evidence: down };
  const mine = { subject: app.key };
  test.each<[string, readonly Visit[], string]>([
    ['by evidence alone', [visit('port', 'refused', mine)], 'confirmed'],
    ['an answer on the way', [visit('listens', 'not-listening', { ...mine, suggested: null, decidedBy: 'answer' })], 'likely'],
    ['an answer of the triage', [visit('symptom', 'connect-refused', { suggested: null, decidedBy: 'answer' })], 'likely'],
    ['“I don’t know” stands for nothing', [visit('listens', 'unknown', { ...mine, suggested: null, decidedBy: 'answer' })], 'confirmed'],
    ['a default stands for nothing', [visit('listens', 'unknown', { ...mine, suggested: null, decidedBy: 'default' })], 'confirmed'],
    ['evidence overruled', [visit('port', 'refused', { ...mine, suggested: 'connected', decidedBy: 'operator' })], 'possible'],
    ['evidence overruled in the triage', [visit('log', 'failures', { suggested: 'no-failures', decidedBy: 'operator' })], 'possible'],
    ['the operator agreed with the evidence', [visit('port', 'refused', { ...mine, decidedBy: 'operator' })], 'confirmed'],
    [
      'an answer for another backend',
      [visit('listens', 'listening', { subject: other.key, suggested: null, decidedBy: 'answer' })],
      'confirmed',
    ],
    [
      'evidence of another backend overruled',
      [visit('port', 'mixed', { subject: other.key, suggested: 'refused', decidedBy: 'operator' })],
      'confirmed',
    ],
  ])('%s', (_name, path, wanted) => expect(only({ ...sure, path }).confidence).toBe(wanted));
});

describe('does it still happen?', () => {
  const since = (ongoing: boolean | null) => found('error-log', log(connects(9, { ongoing })), null, 'e1');
  const get = (kind: string) => found('http-request', { through: 'backend', attempts: [{}], [kind]: 1 }, app.key, 'e3');
  const tcp = (facts: Readonly<Record<string, unknown>>) => found('tcp-connect', facts, app.key, 'e2');
  const name = (facts: Readonly<Record<string, unknown>>) => found('dns', facts, app.key, 'e4');
  const mixed = found('http-request', { through: 'backend', attempts: [{}, {}], answered: 1, dropped: 1 }, app.key, 'e3');
  const capture = (failure: string) =>
    found(
      'packet-capture',
      { points: [{ side: 'proxy', connections: 60, exchanges: 300, answersWhole: 280, failures: failure === 'none' ? {} : { [failure]: 5 } }] },
      app.key,
      'e6',
    );
  const hole = found('reachability', { route: { type: 'unicast' }, pathMtu: { bytes: 1400, device: 1500, hole: true } }, app.key, 'e7');
  const shake = (result: string, proxyWouldRefuse: boolean) => found('tls-connect', { result, proxyWouldRefuse }, app.key, 'e5');
  test.each<[string, string, readonly Evidence[], boolean | null]>([
    ['backend-not-running', 'refused now, whatever the log says', [since(false), tcp(refused)], true],
    ['backend-not-running', 'connects now, whatever the log says', [since(true), tcp(accepted)], false],
    ['backend-not-running', 'nothing was tried: the log’s word', [since(true)], true],
    ['backend-not-running', 'the log has failures, and does not tell', [since(null)], null],
    [
      'network-blocked',
      'the daemon is denied while this user connects',
      [since(null), tcp({ ...accepted, asDaemon: { user: 'w', outcome: 'denied', code: 'EACCES' } })],
      true,
    ],
    [
      'network-blocked',
      'denied in the log: a connect of this user tells nothing',
      [found('error-log', log({ errnosByMode: { connect: { EACCES: 9 } }, ongoing: true })), tcp(accepted)],
      true,
    ],
    ['backend-not-found', 'the name fails now', [since(false), name({ code: 'ENOTFOUND' })], true],
    ['backend-not-found', 'the name resolves now, and no log tells', [name({ addresses: ['10.0.0.5'] })], false],
    [
      'backend-not-found',
      'the name resolves now, and the log says that it goes on',
      [since(true), name({ addresses: ['10.0.0.5'] })],
      true,
    ],
    ['backend-overloaded', 'all pass at this moment: the log’s word', [since(true), tcp(accepted)], true],
    ['backend-overloaded', 'refused at this moment', [since(false), tcp(refused)], true],
    ['backend-tls', 'the handshake fails now', [since(false), shake('expired', true)], true],
    ['backend-tls', 'the handshake succeeds now', [since(null), shake('ok', false)], false],
    ['backend-tls', 'the handshake succeeds now, the proxy’s own goes on failing', [since(true), shake('ok', false)], true],
    ['backend-crashed', 'a fresh request is dropped', [since(false), get('dropped')], true],
    ['backend-crashed', 'fresh requests do well: the log’s word', [since(true), get('answered')], true],
    ['backend-stalled', 'a fresh request gets no answer', [since(false), get('noAnswer')], true],
    ['backend-crashed', 'one fresh request of several is dropped', [since(null), mixed], true],
    ['backend-crashed', 'the capture saw the backend close', [since(false), capture('closed-early')], true],
    ['backend-stalled', 'the capture saw its silence', [since(false), capture('silent')], true],
    ['backend-stalled', 'the capture saw nothing fail: the log’s word', [since(true), capture('none')], true],
    ['keepalive-race', 'the log’s word', [since(false)], false],
    ['keepalive-race', 'the capture saw the backend close', [since(null), capture('closed-early')], true],
    ['network-loss', 'the hole is there now', [since(false), hole], true],
    ['network-loss', 'packets get lost now', [since(null), capture('unacknowledged')], true],
    ['no-proxy-errors', 'nothing happens', [tcp(accepted)], false],
    ['undetermined', 'nothing tells', [], null],
  ])('%s: %s', (id, _name, evidence, wanted) => expect(only({ endings: [[id, app]], evidence }).ongoing).toBe(wanted));
});

describe('one cause is one entry', () => {
  const two = (a: string, b: string, first = 3, second = 9): Case => ({
    endings: [
      [a, { ...app, failures: first }],
      [b, { ...other, failures: second }],
    ],
  });
  test('the same at two backends stays two: they have two cures', () =>
    expect(told(two('backend-not-running', 'backend-not-running'))).toEqual([
      'backend-not-running 10.0.0.6:8080 possible null',
      'backend-not-running 10.0.0.5:8080 possible null',
    ]));
  test('of the proxy itself it is one, named after the backend that shows it most', () =>
    expect(told(two('proxy-exhausted', 'proxy-exhausted'))).toEqual(['proxy-exhausted 10.0.0.6:8080 possible null']));
  test('two kinds of failure of one backend with one cause', () =>
    expect(
      told({
        endings: [
          ['backend-crashed', app],
          ['backend-crashed', { ...app, key: `${app.key}/in-flight`, mode: 'in-flight' }],
        ],
      }),
    ).toHaveLength(1));
  test('what is undecided is not said beside a cause', () =>
    expect(told(two('undetermined', 'backend-stalled'))).toEqual(['backend-stalled 10.0.0.6:8080 possible null']));
  test('health is not said beside a cause', () =>
    expect(told(two('backend-stalled', 'no-proxy-errors'))).toEqual(['backend-stalled 10.0.0.5:8080 possible null']));
  test('health of one backend is not health while another is undecided', () =>
    expect(told(two('no-proxy-errors', 'undetermined'))).toEqual(['undetermined null possible null']));
  test('health of all is one', () =>
    expect(told(two('no-proxy-errors', 'no-proxy-errors'))).toEqual(['no-proxy-errors null possible false']));

  test('it is as sure as the weakest of its parts, and lists the evidence of both in order', () => {
    const evidence = [
      found(
        'error-log',
        { ...log({}), backends: [{ backend: app.backend, errnosByMode: { connect: { EADDRNOTAVAIL: 9 } } }, { backend: other.backend }] },
        null,
        'e1',
      ),
      found('tcp-connect', accepted, other.key, 'e12'),
      found('proxy-resources', { workers: { used: 9, limit: 9, how: '' } }, null, 'e3'),
    ];
    const [first] = concluded({
      endings: [
        ['proxy-exhausted', { ...app, failures: 9 }],
        ['proxy-exhausted', other],
      ],
      evidence,
    });
    expect(first).toMatchObject({ confidence: 'confirmed', evidence: ['e1', 'e3'] });
    const [weaker] = concluded({
      endings: [
        ['proxy-exhausted', { ...app, failures: 9 }],
        ['proxy-exhausted', other],
      ],
      evidence: evidence.slice(0, 2),
    });
    expect(weaker?.confidence).toBe('possible');
  });
});

test('what goes on comes first, then what is not known, then what is over; by failed requests among equals', () => {
  const parts = ['true 1', 'null 90', 'false 400', 'true 7'].map((text, index) => {
    const [ongoing = '', failures = ''] = text.split(' ');
    return { backend: `10.0.0.${index}:80`, ongoing: ongoing === 'null' ? null : ongoing === 'true', failures: Number(failures) };
  });
  const evidence = [
    found('error-log', { window: { covered: true }, backends: parts.map(({ backend, ongoing }) => ({ backend, ongoing })) }),
  ];
  const endings = parts.map(({ backend, failures }) => ['keepalive-race', { key: backend, backend, mode: 'in-flight', failures }] as const);
  expect(concluded({ endings, evidence }).map((one) => one.backend)).toEqual(['10.0.0.3:80', '10.0.0.0:80', '10.0.0.1:80', '10.0.0.2:80']);
});

describe('what the report rests on', () => {
  test('evidence in the order of arrival: e10 after e2', () =>
    expect(only({ endings: [['backend-not-running', app]], evidence: down }).evidence).toEqual(['e1', 'e2', 'e10']));
  test('checks that would decide and were not carried out are open, with the way to do it', () => {
    const open = only({ endings: [['backend-not-running', app]], evidence: [could('backend-process', app.key, 'e4')] }).open;
    expect(open).toEqual([
      { text: 'backend-process: it could not be carried out (give it what it needs)', evidence: ['e4'] },
      { text: 'tcp-connect was not carried out', evidence: [] },
    ]);
  });
  test('a check that was carried out is not open', () =>
    expect(only({ endings: [['backend-not-running', app]], evidence: down }).open).toEqual([]));
  test('a pattern stands with what happens inside a request, and not with connects', () => {
    const evidence = [found('access-log', { window: { covered: true }, patterns: [{ method: 'POST', path: '/upload', share: 0.97 }] })];
    expect(only({ endings: [['backend-crashed', app]], evidence }).pattern).toEqual({ method: 'POST', path: '/upload', share: 0.97 });
    expect(only({ endings: [['backend-not-running', app]], evidence }).pattern).toBeNull();
  });
  test('each of two backends has its own pattern, and its own share of it', () => {
    const other = { key: '10.0.0.9:80', backend: '10.0.0.9:80', mode: 'in-flight', failures: 11 };
    const patterns = [
      { method: 'POST', path: '/pay', share: 0.69, shareOfBackend: 1, backend: app.backend },
      { method: 'GET', path: '/search', share: 0.31, shareOfBackend: 0.97, backend: other.backend },
    ];
    const evidence = [found('access-log', { window: { covered: true }, patterns })];
    const of = (id: string, subject: typeof other) => only({ endings: [[id, subject]], evidence }).pattern;
    expect(of('backend-stalled', other)).toEqual({ method: 'GET', path: '/search', share: 0.97 });
    expect(of('backend-crashed', app)).toEqual({ method: 'POST', path: '/pay', share: 1 });
  });
  test('who listens on a socket in the file system is not asked by a port', () => {
    const commands = (backend: string): readonly string[] | undefined => only({ endings: [['backend-not-running', { ...app, key: backend, backend }]] }).remedies[0]?.commands;
    expect(commands('10.0.0.5:8080')?.[0]).toBe("ss -ltnp 'sport = :8080'");
    expect(commands('unix:/run/app.sock')?.[0]).toBe('ss -xlp');
  });
  test('undetermined says why', () => {
    const path = [visit('connect-cause', 'cannot-tell', { subject: app.key, because: 'only 2 failures in the window' })];
    expect(only({ endings: [['undetermined', app]], path }).summary).toBe(
      'What was seen does not point to one cause. Only 2 failures in the window.',
    );
  });
});

describe('failures that a diagnosis does not explain are said', () => {
  const opened = (ends: Case['endings'], facts: Readonly<Record<string, unknown>>): readonly string[] =>
    only({ endings: ends, evidence: [found('error-log', log(facts))] })
      .open.map(({ text }) => text)
      .filter((text) => /explain/.test(text));
  const inFlight = { ...app, mode: 'in-flight', failures: 40 };
  const span = { from: '2026-03-01T01:10:00.000Z', to: '2026-03-01T01:14:00.000Z' };

  test('a kind of failure that was too rare to be examined, and how to look at it', () =>
    expect(
      opened([['backend-not-running', app]], { byMode: { connect: 400, 'in-flight': 7 }, beganByMode: { 'in-flight': span } }),
    ).toEqual([
      '7 failures in flight of this backend are not explained by it and were too few beside the others to be examined by themselves: look at them by themselves with proxy-doctor run --backend 10.0.0.5:8080 --since 2026-03-01T01:10:00.000Z --until 2026-03-01T01:14:00.000Z (they began between 2026-03-01 01:10:00 UTC and 2026-03-01 01:14:00 UTC)',
    ]));
  test('a crash does not explain connects that get no answer', () =>
    expect(
      opened([['backend-crashed', inFlight]], { byMode: { 'in-flight': 40, connect: 9 }, errnosByMode: { connect: { APR_TIMEUP: 9 } } }),
    ).toEqual([expect.stringMatching(/^9 failed connects of this backend are not explained by it/)]));
  test.each<[string, Case['endings'], Readonly<Record<string, unknown>>]>([
    ['four are too few', [['backend-not-running', app]], { byMode: { connect: 400, 'in-flight': 4 } }],
    ['a crash explains what is refused until it is up again', [['backend-crashed', inFlight]], { byMode: { 'in-flight': 40, connect: 9 }, errnosByMode: { connect: { ECONNREFUSED: 9 } } }],
    [
      'what came at no other time than the rest is a symptom of it',
      [['backend-not-running', app]],
      { byMode: { connect: 400, 'in-flight': 7 }, times: { 'in-flight': { aside: 0 } } },
    ],
    [
      'what was examined has its own word',
      [
        ['backend-crashed', app],
        ['backend-crashed', { ...app, key: `${app.key}/client`, mode: 'client' }],
      ],
      { byMode: { connect: 400, client: 90 } },
    ],
    ['time-outs on connections that are forgotten', [['keepalive-race', inFlight]], { byMode: { 'in-flight': 40 }, errnosByMode: { 'in-flight': { APR_TIMEUP: 40 } } }],
    ['six of a hundred are chance', [['backend-crashed', inFlight]], { byMode: { 'in-flight': 100 }, errnosByMode: { 'in-flight': { ECONNRESET: 94, APR_TIMEUP: 6 } } }],
    ['a loss writes both', [['network-loss', inFlight]], { byMode: { 'in-flight': 40 }, errnosByMode: { 'in-flight': { APR_TIMEUP: 15, ECONNRESET: 25 } } }],
  ])('%s: nothing is', (_name, ends, facts) => expect(opened(ends, facts)).toEqual([]));

  test.each<[string, Readonly<Record<string, number>>, string]>([
    ['backend-crashed', { ECONNRESET: 30, APR_TIMEUP: 10 }, '10 of its 40 failures in flight got no answer in time'],
    ['backend-stalled', { ECONNRESET: 10, APR_TIMEUP: 30 }, '10 of its 40 failures in flight had their connection closed or reset'],
  ])('%s, and some failed in the other way on requests that nobody knows', (id, errnos, wanted) =>
    expect(opened([[id, inFlight]], { byMode: { 'in-flight': 40 }, errnosByMode: { 'in-flight': errnos } })).toEqual([expect.stringContaining(wanted)]));

  const parts = [
    { part: 'timeouts', backend: app.backend, failures: 30, byMode: { 'in-flight': 30 }, errnosByMode: { 'in-flight': { APR_TIMEUP: 30 } } },
    { part: 'elsewhere', backend: app.backend, families: { 'status-line-failed': 20 }, failures: 20, byMode: { 'in-flight': 20 }, beganByMode: { 'in-flight': span } },
  ];
  const late: Subject = { ...inFlight, part: 'timeouts', failures: 30 };
  const elsewhere: Subject = { ...inFlight, key: `${app.key}/in-flight-elsewhere`, part: 'elsewhere', failures: 20 };
  test('what fails elsewhere, and is not seen to fail on reuse, stands open beside the cause that was found', () =>
    expect(opened([['backend-stalled', late], ['backend-crashed', elsewhere]], { parts })).toEqual([
      expect.stringMatching(/^20 failures in flight of other requests, at other moments \(20 status-line-failed\) are not explained by it, .*--since 2026-03-01T01:10:00.000Z .*--allow keepalive-toggle/),
    ]));
  test('that it may be the reuse is no cause of its own yet', () =>
    expect(opened([['backend-stalled', late], ['keepalive-race', elsewhere]], { parts })).toHaveLength(1));
  test('what is undecided of the same backend stands open beside the cause that was found', () =>
    expect(
      opened([['backend-stalled', { ...inFlight, key: app.key }], ['undetermined', { ...app, key: `${app.key}/connect`, failures: 12 }]], {}),
    ).toEqual([expect.stringMatching(/^12 failed connects are not explained by it, and their own cause is not clear/)]));
});

test('where no backend is known there is no health', () => {
  expect(concluded({ endings: [] })).toMatchObject([{ id: 'undetermined', confidence: 'possible', backend: null }]);
});
