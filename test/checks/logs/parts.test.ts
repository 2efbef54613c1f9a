/** Failures of one backend that are several causes, and those that only look so. */
import { describe, expect, test } from 'vitest';
import { bodyFailed, logsOf, noStatusLine, refused, type Request } from './log-text.ts';
import { configOf, judge } from './run.ts';
import { randomOf } from './series.ts';

const app = '192.0.2.2:9000';
const start = Date.UTC(2026, 10, 22, 6);
const second = 1000;
const minute = 60 * second;
const stall = { status: 502, ms: 30_004, error: noStatusLine(app, '(70007)The timeout specified has expired') } as const;
const reset = { status: 502, ms: 40, error: bodyFailed(app, '(104)Connection reset by peer') } as const;
const race = { status: 502, ms: 2, error: noStatusLine(app) } as const;
const read = (i: number) => ({ path: `/items/${i}` });
const upload = (i: number) => ({ method: 'POST', path: `/upload/${i}` });
const report = (i: number) => ({ path: `/report/${i}` });

type Made = Omit<Request, 'at'>;

/** A request a second; `after` moves one within its second. */
function story(minutes: number, make: (i: number, random: () => number) => Made & { readonly after?: number }): Request[] {
  const random = randomOf(minutes);
  return Array.from({ length: minutes * 60 }, (_, i) => {
    const { after = 0, ...made } = make(i, random);
    return { at: start + i * second + after, client: `203.0.113.${i % 40}`, ...made };
  });
}

async function partsIn(requests: readonly Request[], configured = true) {
  const { worst, access } = await judge({
    ...logsOf(requests),
    ...(configured ? { config: configOf([{ path: '/', backend: app }], { proxyTimeout: { seconds: 30, at: null } }) } : { inputs: { errorLogs: ['/logs/error.log'], accessLogs: ['/logs/access.log'] } }),
    now: start + requests.length * second,
  });
  return {
    worst,
    access,
    counts: (worst.parts ?? []).map(({ part, failures }) => `${part} ${failures}`),
    patterns: (access?.parts ?? []).map(({ part, patterns }) => `${part}: ${patterns.map(({ method, path, share }) => `${method} ${path} ${share}`).join(', ')}`),
  };
}

describe('two causes in flight on one backend', () => {
  test.each([true, false])('uploads are reset, reports stall (configuration known: %s)', async (configured) => {
    const { worst, access, counts, patterns } = await partsIn(
      story(20, (i) => (i % 10 === 0 ? { ...upload(i), ...reset } : i % 15 === 1 ? { ...report(i), ...stall } : read(i))),
      configured,
    );
    expect(counts).toEqual(['timeouts 80', 'drops 120']);
    expect(patterns).toEqual(['timeouts: GET /report/{id} 1', 'drops: POST /upload/{id} 1']);
    const [late, broken] = worst.parts ?? [];
    expect(late?.errnosByMode).toEqual({ 'in-flight': { APR_TIMEUP: 80 } });
    expect(broken?.families).toEqual({ 'body-failed': 120 });
    expect([late?.inFlightDurationsMs?.p50, broken?.inFlightDurationsMs?.p50]).toEqual([30_004, 40]);
    expect(access?.parts?.[0]?.durationCluster).toMatchObject({ seconds: 30, failures: 80, share: 1 });
    expect(access?.parts?.[1]?.durationCluster).toBeNull();
    // All of it together stays what it was.
    expect(worst.failures).toBe(200);
    expect(access?.patterns).toHaveLength(2);
  });

  test('uploads are reset, and here and there a reused connection fails', async () => {
    const { counts, patterns, worst } = await partsIn(
      story(20, (i, random) => (i % 10 === 0 ? { ...upload(i), ...reset } : { ...read(i), ...(random() < 0.05 ? { ...race, after: 500 } : {}) })),
    );
    expect(counts).toEqual(['drops 120', expect.stringMatching(/^elsewhere [3-7]\d$/)]);
    expect(patterns).toEqual(['drops: POST /upload/{id} 1', 'elsewhere: ']);
    expect(worst.parts?.[1]?.inFlightDurationsMs?.p50).toBe(2);
  });

  test('reports stall, and every other request is one on a reused connection that fails', async () => {
    const { counts, patterns } = await partsIn(
      story(20, (i) => (i % 10 === 0 ? { ...report(i), ...stall } : { ...read(i), ...(i % 2 === 0 ? { ...race, after: 500 } : {}) })),
    );
    expect(counts).toEqual(['timeouts 120', 'elsewhere 480']);
    expect(patterns).toEqual(['timeouts: GET /report/{id} 1', 'elsewhere: ']);
  });
});

describe('one cause with several symptoms is of one piece', () => {
  test.each<[string, Request[]]>([
    ['an upload that is reset or stalls, as it happens', story(20, (i) => (i % 5 === 0 ? { ...upload(i), ...(i % 10 === 0 ? reset : stall) } : read(i)))],
    ['an operation of which a quarter fails in the other way', story(20, (i) => (i % 5 === 0 ? { ...report(i), ...(i % 20 === 0 ? race : stall) } : i % 7 === 1 ? { ...upload(i), ...reset } : read(i)))],
    ['a loss on the way: late and broken, whatever was asked for', story(20, (i, random) => ({ ...(i % 3 === 0 ? upload(i) : read(i)), ...(random() < 0.1 ? (random() < 0.5 ? stall : reset) : {}) }))],
    ['a stall that holds others up', story(20, (i, random) => (i % 10 === 0 ? { ...report(i), ...stall } : { ...read(i), ...(random() < 0.03 ? stall : {}) }))],
    [
      'an upload that ends the process, and with it what others were asking for',
      story(20, (i) => (i % 10 === 0 ? { ...upload(i), ...reset } : { ...read(i), ...(i % 10 === 1 ? { ...race, after: -960, ms: 0 } : {}) })),
    ],
    ['four that fail elsewhere', story(20, (i) => (i % 100 === 0 ? { ...upload(i), ...reset } : { ...read(i), ...(i % 300 === 50 ? race : {}) }))],
    ['too few of the other kind', story(20, (i) => (i % 10 === 0 ? { ...upload(i), ...reset } : { ...report(i), ...(i % 300 === 1 ? stall : {}) }))],
    ['a small share of the other kind', story(40, (i) => (i % 2 === 0 ? { ...upload(i), ...reset } : i % 200 === 1 ? { ...report(i), ...stall } : read(i)))],
  ])('%s', async (_name, requests) => {
    const { counts, access } = await partsIn(requests);
    expect(counts).toEqual([]);
    expect(access?.parts).toBeUndefined();
  });

  test('without an access log nobody knows what was asked for', async () => {
    const { error } = logsOf(story(20, (i) => (i % 10 === 0 ? { ...upload(i), ...reset } : i % 15 === 1 ? { ...report(i), ...stall } : read(i))));
    const { worst } = await judge({ error, inputs: { errorLogs: ['/logs/error.log'] }, now: start + 20 * minute });
    expect(worst.failures).toBe(200);
    expect(worst.parts).toBeUndefined();
  });
});

describe('each kind of failure has its own times', () => {
  const nightAndNow = (stallFrom: number) =>
    story(60, (i) => (i >= 600 && i < 900 ? { ...read(i), status: 503, ms: 1, error: refused(app) } : i >= stallFrom && i % 20 === 7 ? { ...report(i), ...stall } : read(i)));

  test('an outage that is over, and reports that stall now', async () => {
    const { worst } = await partsIn(nightAndNow(1800));
    expect(worst.outage).toBeNull();
    expect(worst.times?.['connect']).toMatchObject({ outage: { from: '2026-11-22T06:10:00.000Z' }, ongoing: false, aside: 300, frequency: 'every' });
    expect(worst.times?.['in-flight']).toMatchObject({ outage: null, ongoing: true, aside: 90 });
  });

  test('what was under way when the outage began came at no other time', async () => {
    const { worst } = await partsIn(
      story(60, (i) => (i >= 600 && i < 900 ? { ...read(i), status: 503, ms: 1, error: refused(app) } : i >= 590 && i < 600 ? { ...read(i), status: 502, ms: (600 - i) * second + 200, error: noStatusLine(app) } : read(i))),
    );
    expect(worst.byMode).toEqual({ connect: 300, 'in-flight': 10 });
    expect(worst.times?.['in-flight']?.aside).toBe(0);
  });

  test('what began in the second in which the outage ended came after it', async () => {
    const after = Array.from({ length: 9 }, (_, i): Request => ({ at: start + 899 * second + 600 + i * 20, ...report(i), ...stall }));
    const last: Request = { at: start + 899 * second + 400, ...read(899), status: 503, ms: 1, error: refused(app) };
    const { worst } = await partsIn([...nightAndNow(3600), last, ...after]);
    expect(worst.byMode).toEqual({ connect: 301, 'in-flight': 9 });
    expect(worst.times?.['connect']).toMatchObject({ outage: { from: '2026-11-22T06:10:00.000Z' }, frequency: 'every' });
  });

  test('who fails in flight meanwhile was connected: that is no outage', async () => {
    const { worst } = await partsIn(
      story(60, (i) => (i >= 600 && i < 900 ? { ...read(i), ...(i % 10 === 0 ? { ...race, ms: 40 } : { status: 503, ms: 1, error: refused(app) }) } : read(i))),
    );
    expect(worst.byMode).toEqual({ connect: 270, 'in-flight': 30 });
    expect(worst.times?.['connect']).toMatchObject({ outage: null });
    expect(worst.times?.['connect']?.frequency).toBeUndefined();
  });

  test('one kind alone has the times of all', async () => {
    const { worst } = await partsIn(story(20, (i) => (i % 10 === 0 ? { ...report(i), ...stall } : read(i))));
    expect(worst.times).toBeUndefined();
  });
});

test('uploads that clients break off are no part of what the backend stalls on', async () => {
  const left = {
    status: 400,
    ms: 3,
    error: ({ client }: { readonly client: string }, _at: number, port: number) => [
      `[proxy_http:error] [pid 3943:tid 4001] (70008)Partial results are valid but processing is incomplete: [client ${client}:${port}] AH02608: read request body failed to ${app} (192.0.2.2) from ${client} ()`,
    ],
  };
  const { worst, patterns } = await partsIn(
    story(20, (i) => (i % 10 === 0 ? { method: 'POST', path: '/photos', ...left } : i % 15 === 1 ? { ...report(i), ...stall } : read(i))),
  );
  expect(worst.byMode).toEqual({ client: 120, 'in-flight': 80 });
  expect(patterns).toEqual(['in-flight: GET /report/{id} 1', 'client: POST /photos 1']);
});
