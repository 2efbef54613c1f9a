import { describe, expect, test } from 'vitest';
import {
  bodyFailed,
  brokenAnswer,
  errorTime,
  logsOf,
  noStatusLine,
  outOfUse,
  refused,
  started,
  stopped,
  timedOut,
} from '../logs/log-text.ts';
import type { Request } from '../logs/log-text.ts';
import { configOf, judge } from '../logs/run.ts';
import { randomOf } from '../logs/series.ts';

const start = Date.UTC(2026, 10, 22, 6);
const second = 1000;
const minute = 60 * second;
const app = '192.0.2.2:9000';
const random = randomOf(7);

/** One request every `step`, from `from` on. */
const every = (from: number, to: number, step: number, make: (at: number, i: number) => Omit<Request, 'at'>): Request[] =>
  Array.from({ length: Math.floor((to - from) / step) }, (_, i) => ({ at: start + from + i * step, ...make(start + from + i * step, i) }));
const good = (_at: number, i: number): Omit<Request, 'at'> => ({ path: `/shop/items/${i}`, client: `203.0.113.${i % 20}` });
const bad = (_at: number, i: number): Omit<Request, 'at'> => ({
  path: `/shop/items/${i}`,
  client: `203.0.113.${i % 20}`,
  status: 503,
  ms: 1,
  error: refused(app),
});

describe('two lines of one failure count once', () => {
  test.each([
    ['refused: AH00957 and AH01114', refused(app), 503, 'connect', 'connect-failed', 'ECONNREFUSED'],
    ['no status line: AH01102 and AH00898', noStatusLine(app), 502, 'in-flight', 'status-line-failed', 'ECONNRESET'],
    ['body: AH01084 and AH01097', bodyFailed(app), 502, 'in-flight', 'body-failed', 'EPIPE'],
  ] as const)('%s', async (_, error, status, mode, family, errno) => {
    const requests = every(0, 10 * second, second, (_at, i) => ({ path: `/a/${i}`, status, error }));
    const { worst, error: facts, errorOutcome } = await judge({ ...logsOf(requests), now: start + 10 * second });
    expect(worst).toMatchObject({
      backend: app,
      failures: 10,
      byMode: { [mode]: 10 },
      families: { [family]: 10 },
      errnosByMode: { [mode]: { [errno]: 10 } },
    });
    expect(facts.matched).toBe(20);
    expect(facts.impact).toMatchObject({ requests: 10, failed: 10 });
    expect(errorOutcome.outcome).toBe('failures');
  });
});

describe('an ErrorLogFormat that nobody could guess', () => {
  const format = 'sev=%l mod=%m at=%{cu}t pid=%P/%T id=%-L from=%-a err="%-E" say=%M';
  const logged = (n: number): string =>
    [
      `sev=error mod=proxy at=2026-11-22 06:00:0${n}.781987 pid=3943/3946 id=- from=- err="(111)Connection refused" say=AH00957: http: attempt to connect to ${app} (${app}) failed`,
      `sev=error mod=proxy_http at=2026-11-22 06:00:0${n}.782054 pid=3943/3946 id=Y9D7wne0KD${n} from=203.0.113.7:4039${n} err="-" say=AH01114: HTTP: failed to make connection to backend: 192.0.2.2`,
    ].join('\n');
  const configured = (errorFormat: string | null) => {
    const config = configOf([{ path: '/', backend: app }]);
    const accessFormat = '%h %l %u %t "%r" %>s %b %L';
    return {
      ...config,
      errorLogs: config.errorLogs.map((log) => ({ ...log, format: errorFormat })),
      accessLogs: config.accessLogs.map((log) => ({ ...log, format: accessFormat })),
    };
  };
  const access = [3, 2, 1]
    .map((n) => `203.0.113.7 - - [22/Nov/2026:06:00:00 +0000] "GET /x/${n} HTTP/1.1" 503 299 Y9D7wne0KD${n}\n`)
    .join('');
  const error = `${[1, 2, 3].map(logged).join('\n')}\n`;

  test('is read as the configuration has it, errno, time and thread too', async () => {
    const { error: facts, worst } = await judge({ error, access, config: configured(format), now: start + minute });
    expect(worst).toMatchObject({ backend: app, failures: 3, errnos: { ECONNREFUSED: 3 }, first: '2026-11-22T06:00:01.781Z' });
    expect(facts.impact).toMatchObject({ requests: 3, failed: 3 });
    expect(facts.files[0]).toMatchObject({ layout: `ErrorLogFormat "${format}"` });
    expect(facts.files[0]).not.toHaveProperty('notes');
  });

  test('without it, time and errno can not be had', async () => {
    const { error: facts } = await judge({ error, access, config: configured(null), now: start + minute });
    expect(facts.matched).toBe(0);
  });

  test('that the lines are not in: they are read as they look, and that is said', async () => {
    const usual = every(0, 5 * second, second, bad);
    const { worst, error: facts } = await judge({ ...logsOf(usual), config: configured(format), now: start + minute });
    expect(worst).toMatchObject({ backend: app, failures: 5 });
    expect(facts.files[0]?.notes?.[0]).toMatch(
      /^10 of 10 lines that were looked at are not in the ErrorLogFormat of the configuration .* read as they look/,
    );
  });

  test('of a later httpd: the same', async () => {
    const usual = every(0, 5 * second, second, bad);
    const { worst, error: facts } = await judge({ ...logsOf(usual), config: configured('%Q %M'), now: start + minute });
    expect(worst).toMatchObject({ failures: 5 });
    expect(facts.files[0]?.notes?.[0]).toMatch(/could not be made sense of/);
  });
});

describe('how often', () => {
  test('a dead backend: every', async () => {
    const { worst, errorOutcome } = await judge({ ...logsOf(every(0, 5 * minute, second, bad)), now: start + 5 * minute });
    expect(worst).toMatchObject({
      frequency: 'every',
      frequencyBasis: 'access-log',
      requests: 300,
      failedRequests: 300,
      ongoing: true,
      successesSince: 0,
    });
    expect(errorOutcome.summary).toBe(`300 refused of 300 requests to ${app}, nearly all since 06:00 UTC, still happening`);
  });

  test('a restart that is over: every, with its span, not ongoing', async () => {
    const requests = [
      ...every(0, 20 * minute, second, good),
      ...every(20 * minute, 22 * minute, second, bad),
      ...every(22 * minute, 40 * minute, second, good),
    ];
    const { worst } = await judge({ ...logsOf(requests), now: start + 41 * minute });
    expect(worst).toMatchObject({ frequency: 'every', ongoing: false, outage: { from: new Date(start + 20 * minute).toISOString() } });
    expect(worst.successesSince).toBeGreaterThan(1000);
  });

  test('a way that is blocked in the middle: requests on pooled connections break first, and no connect succeeds after', async () => {
    const pooled = (at: number, i: number): Omit<Request, 'at'> => ({ ...bad(at, i), status: 502, error: noStatusLine(app) });
    const requests = [
      ...every(0, second, 50, good),
      ...every(second, 4 * second, 100, (at, i) => (i === 0 || i === 1 || i === 23 ? pooled(at, i) : bad(at, i))),
    ];
    const { worst } = await judge({ ...logsOf(requests), now: start + 4 * second });
    expect(worst).toMatchObject({ frequency: 'every', frequencyByMode: { connect: 'every' }, outage: { from: new Date(start + second).toISOString() } });
    const at = (ms: number): string => new Date(start + ms).toISOString();
    // The 24th of them was the last that broke. (Line and duration are joined to the millisecond.)
    expect(worst.beganByMode).toEqual({ connect: { from: at(1199), to: at(3899) }, 'in-flight': { from: at(1000), to: at(3299) } });
  });

  test('a backend that dies at each third request, and refuses the two in between: its connects do not fail every time', async () => {
    const broken = (at: number, i: number): Omit<Request, 'at'> => ({ ...bad(at, i), status: 502, error: noStatusLine(app) });
    const requests = every(0, 5 * minute, second, (at, i) => (i % 3 === 0 ? broken(at, i) : bad(at, i)));
    const { worst } = await judge({ ...logsOf(requests), now: start + 5 * minute });
    expect(worst).toMatchObject({ frequency: 'every', frequencyByMode: { connect: 'clusters' } });
  });

  test('children with one pooled connection each: a request in each breaks, and none of the connects that time out took its place', async () => {
    const pooled = (at: number, i: number): Omit<Request, 'at'> => ({ ...bad(at, i), path: '/', client: '203.0.113.9', status: 502, ms: 3000, error: noStatusLine(app, '(70007)The timeout specified has expired') });
    const late = (at: number, i: number): Omit<Request, 'at'> => ({ ...pooled(at, i), status: 503, ms: 2000, error: timedOut(app) });
    const requests = [...every(0, 400, 10, good), ...every(second, 5 * second, 500, pooled), ...every(5 * second, 13 * second, 500, late)];
    const { worst } = await judge({ ...logsOf(requests, { format: 'combined' }), now: start + 16 * second });
    expect(worst).toMatchObject({ frequency: 'every', frequencyByMode: { connect: 'every' }, failedRequests: 24 });
  });

  // Without durations a time-out is only known to have begun in a certain second, like the last requests that succeeded.
  test('the first requests that time out began in the second of the last successes: one outage all the same', async () => {
    const late = (at: number, i: number): Omit<Request, 'at'> => ({ ...bad(at, i), ms: 2000, error: timedOut(app) });
    const requests = [
      ...every(0, 700, 50, good),
      ...every(720, 1000, 100, late),
      ...every(2700, 12 * second, 700, late),
    ];
    const { worst } = await judge({ ...logsOf(requests, { format: 'combined' }), now: start + 13 * second });
    expect(worst).toMatchObject({ frequency: 'every', frequencyByMode: { connect: 'every' }, failedRequests: 15 });
    expect(worst.outage).not.toBeNull();
  });

  test('three restarts under an even load: bursts in which nothing succeeds, and no word of the load', async () => {
    const down = [5, 12, 19];
    const requests = every(0, 25 * second, 50, (at, i) => (down.some((from) => at - start >= from * second && at - start < (from + 2) * second) ? bad(at, i) : good(at, i)));
    const { worst } = await judge({ ...logsOf(requests), now: start + 26 * second });
    expect(worst.frequency).toBe('clusters');
    expect(worst.bursts.map(({ failures, succeeded }) => ({ failures, succeeded }))).toEqual(down.map(() => ({ failures: 40, succeeded: 0 })));
    expect(worst.loadCorrelation).toBeNull();
  });

  test('rushes that are half refused: clusters, and they go with the load', async () => {
    const rush = (from: number): Request[] => every(from, from + 20 * second, 100, (at, i) => (i % 2 === 0 ? bad(at, i) : good(at, i)));
    const requests = [...every(0, 60 * minute, 2 * second, good), ...rush(10 * minute), ...rush(30 * minute), ...rush(50 * minute)];
    const { worst, errorOutcome } = await judge({ ...logsOf(requests), now: start + 61 * minute });
    expect(worst.frequency).toBe('clusters');
    expect(worst.bursts).toHaveLength(3);
    expect(worst.loadCorrelation?.r).toBeGreaterThan(0.3);
    expect(errorOutcome.summary).toContain('in 3 bursts');
  });

  test('2 % here and there: sporadic, whatever the load', async () => {
    const requests = every(0, 60 * minute, second, (at, i) =>
      random() < 0.02 ? { ...bad(at, i), error: timedOut(app), ms: 700 } : good(at, i),
    );
    const { worst } = await judge({ ...logsOf(requests), now: start + 61 * minute });
    expect(worst).toMatchObject({ frequency: 'sporadic', outage: null, bursts: [] });
    expect(worst.loadCorrelation === null || worst.loadCorrelation.pValue > 0.01).toBe(true);
  });

  test('a worker out of use: one connect a minute and 503s between is every, not sporadic', async () => {
    const requests = every(0, 30 * minute, 5 * second, (_at, i) => ({
      path: '/a',
      status: 503,
      ms: 1,
      error: i % 12 === 0 ? refused(app) : outOfUse(app),
    }));
    const { worst } = await judge({ ...logsOf(requests), now: start + 30 * minute });
    expect(worst).toMatchObject({ frequency: 'every', failures: 360, byMode: { connect: 360 }, requests: 360, failedRequests: 360 });
    expect(worst.errnosByMode['connect']).toEqual({ ECONNREFUSED: 30 });
  });

  test('the same where AH00940 lines are missing: the 503s in between are its failures', async () => {
    const disabling: NonNullable<Request['error']> = (request, at, port) => [
      ...refused(app)(request, at, port),
      `[proxy:error] [pid 1:tid 2] AH00959: ap_proxy_connect_backend disabling worker for (192.0.2.2:9000) for 60s`,
    ];
    const requests = every(0, 30 * minute, 5 * second, (_at, i) => ({
      path: '/a',
      status: 503,
      ms: 1,
      ...(i % 12 === 0 ? { error: disabling } : {}),
    }));
    const { worst } = await judge({ ...logsOf(requests), now: start + 30 * minute });
    expect(worst).toMatchObject({ frequency: 'every', requests: 360, failedRequests: 360, byMode: { connect: 360 } });
  });

  test('a dead member of a balancer: every, though no client sees a failure', async () => {
    const config = configOf([
      { path: '/', backend: '192.0.2.2:9001', balancer: 'balancer://app' },
      { path: '/', backend: '192.0.2.2:9002', balancer: 'balancer://app' },
    ]);
    const requests = every(0, 20 * minute, second, (_at, i) => ({
      path: `/a/${i}`,
      status: 200,
      ...(i % 61 === 0 ? { error: refused('192.0.2.2:9002') } : {}),
    }));
    const { worst, error } = await judge({ ...logsOf(requests), config, now: start + 20 * minute });
    expect(worst).toMatchObject({ backend: '192.0.2.2:9002', frequency: 'every', failures: 20 });
    expect(error.impact).toMatchObject({ requests: 1200, failed: 0 });
  });

  test('a live member that loses a connect now and then: sporadic', async () => {
    const config = configOf([
      { path: '/', backend: '192.0.2.2:9001', balancer: 'balancer://app' },
      { path: '/', backend: '192.0.2.2:9002', balancer: 'balancer://app' },
    ]);
    const requests = every(0, 60 * minute, 200, (_at, i) => ({
      path: `/a/${i % 50}`,
      status: 200,
      ...(i > 0 && i % 2700 === 0 ? { error: timedOut('192.0.2.2:9002') } : {}),
    }));
    const { worst } = await judge({ ...logsOf(requests), config, now: start + 60 * minute });
    expect(worst).toMatchObject({ backend: '192.0.2.2:9002', frequency: 'sporadic' });
  });

  test('without an access log the verdict is there, and says that it is weaker', async () => {
    const { worst } = await judge({ error: logsOf(every(0, 5 * minute, second, bad)).error, now: start + 5 * minute });
    expect(worst).toMatchObject({
      frequency: 'every',
      frequencyBasis: 'error-log',
      requests: null,
      failedRequests: null,
      loadCorrelation: null,
    });
    expect(worst.frequencyBecause).toContain('no access log');
  });

  test('failures of the client do not count as the backend’s', async () => {
    const upload: NonNullable<Request['error']> = ({ client }, _at, port) => [
      `[proxy:error] [pid 9:tid 9] (70008)Partial results are valid but processing is incomplete: [client ${client}:${port}] AH02608: read request body failed to ${app} (192.0.2.2) from ${client} ()`,
      `[proxy_http:error] [pid 9:tid 9] [client ${client}:${port}] AH01097: pass request body failed to ${app} (192.0.2.2) from ${client} ()`,
    ];
    const requests = every(0, 2 * minute, second, (at, i) =>
      i % 4 === 0 ? { ...good(at, i), method: 'POST', status: 400, error: upload } : good(at, i),
    );
    const { worst, errorOutcome } = await judge({ ...logsOf(requests), now: start + 2 * minute });
    expect(worst).toMatchObject({ frequency: 'none', failures: 30, byMode: { client: 30 } });
    expect(worst.failedRequests ?? 0).toBe(0);
    expect(errorOutcome.summary).toContain("the client's");
  });
});

describe('names', () => {
  test('a name in the configuration and its address in the log are one backend', async () => {
    const config = configOf([{ path: '/', backend: 'app.internal:9000' }]);
    const requests = [
      ...every(0, minute, second, (_at, i) => ({ path: `/a/${i}`, status: 503, error: refused('10.0.0.5:9000', 'app.internal:9000') })),
      ...every(minute, 2 * minute, second, (_at, i) => ({ path: `/a/${i}`, status: 502, error: noStatusLine('app.internal:9000') })),
    ];
    const { error } = await judge({ ...logsOf(requests), config, now: start + 2 * minute });
    expect(error.backends).toHaveLength(1);
    expect(error.backends[0]).toMatchObject({
      backend: '10.0.0.5:9000',
      names: ['app.internal:9000'],
      failures: 120,
      byMode: { connect: 60, 'in-flight': 60 },
    });
  });

  test('a failed look-up is joined to the backend of that name', async () => {
    const config = configOf([{ path: '/app', backend: 'app.internal:9000' }]);
    const lookup: NonNullable<Request['error']> = ({ client, path }, _at, port) => [
      `[proxy:error] [pid 9:tid 9] (EAI 2)Name or service not known: [client ${client}:${port}] AH00898: DNS lookup failure for: app.internal returned by ${path}`,
    ];
    const { worst } = await judge({
      ...logsOf(every(0, minute, second, () => ({ path: '/app/x', status: 500, error: lookup }))),
      config,
      now: start + minute,
    });
    expect(worst).toMatchObject({ backend: 'app.internal:9000', byMode: { dns: 60 }, frequency: 'every' });
  });

  test('a broken answer names no backend: its request’s route does, though the access log says 200', async () => {
    const config = configOf([
      { path: '/a', backend: '10.0.0.1:80' },
      { path: '/b', backend: '10.0.0.2:80' },
    ]);
    const requests = every(0, 5 * minute, second, (_at, i) => ({
      path: i % 2 ? '/a/x' : '/b/x',
      client: `203.0.113.${i % 7}`,
      status: 200,
      ...(i % 10 === 0 ? { error: brokenAnswer, ms: 40 } : {}),
    }));
    const { error, access } = await judge({ ...logsOf(requests), config, now: start + 5 * minute });
    expect(error.backends.map((backend) => [backend.backend, backend.failures])).toEqual([['10.0.0.2:80', 30]]);
    expect(access?.matchedWithErrorLog).toEqual({ '200': 30 });
  });

  test('without a configuration the requests of a backend are learnt from its failures', async () => {
    const requests = [
      ...every(0, 10 * minute, second, (_at, i) => ({ path: `/api/${i}`, status: 503, error: refused(app) })),
      ...every(0, 10 * minute, 500, (_at, i) => ({ path: `/static/${i % 30}.css` })),
    ];
    const { worst } = await judge({ ...logsOf(requests), now: start + 10 * minute });
    expect(worst).toMatchObject({ frequency: 'every', requests: 600, failedRequests: 600 });
  });
});

describe('impact', () => {
  test('requests that got no connection from the pool in time failed too, though the backend is innocent', async () => {
    const turnedAway = (at: number, i: number): Omit<Request, 'at'> => ({
      ...bad(at, i),
      status: 503,
      ms: 2000,
      error: (_request, _at, _port) => [
        `[proxy:error] [pid 3943:tid ${6000 + i}] (70007)The timeout specified has expired: AH00941: http: failed to acquire connection for (${app})`,
      ],
    });
    const { error } = await judge({ ...logsOf([...every(0, minute, second, turnedAway), ...every(0, minute, 250, good)]), now: start + minute });
    expect(error.impact).toMatchObject({ requests: 300, failed: 60 });
  });

  test('handshakes that fail when the other end has waited long enough are requests that failed, the first ones too', async () => {
    const handshake = (at: number, i: number): Omit<Request, 'at'> => ({
      ...bad(at, i),
      status: 500,
      ms: 15_000,
      error: ({ client }, _at, port) => [
        `[proxy_http:error] [pid 3943:tid ${5000 + i}] (20014)Internal error (specific information not available): [client ${client}:${port}] AH01084: pass request body failed to ${app} (192.0.2.2)`,
        `[proxy:error] [pid 3943:tid ${5000 + i}] [client ${client}:${port}] AH00898: Error during SSL Handshake with remote server returned by /shop`,
      ],
    });
    const { error } = await judge({ ...logsOf(every(0, 150 * second, 15 * second, handshake), { format: 'combined' }), now: start + 170 * second });
    expect(error.impact).toMatchObject({ requests: 10, failed: 10 });
  });
});

describe('an error log that hides the lines', () => {
  const logLevels = (level: string) => [{ virtualHost: null, level, proxy: level, proxyHttp: level, at: { file: '/etc/apache2/apache2.conf', line: 3 } }];
  const own = (at: number, i: number): Omit<Request, 'at'> => ({ ...good(at, i), status: 503 });
  const logs = () => logsOf([...every(0, minute, second, good), ...every(minute, 2 * minute, second, own)], { head: [started(start - second)] });

  test('what the access log shows as 503 counts as failed, since the first of them', async () => {
    const { error } = await judge({ ...logs(), config: configOf([{ path: '/', backend: app }], { logLevels: logLevels('crit') }), now: start + 2 * minute });
    expect(error.impact).toMatchObject({ requests: 120, failed: 60, since: new Date(start + minute).toISOString() });
  });

  test('of a log that would show them they are the application’s', async () => {
    const { error } = await judge({ ...logs(), config: configOf([{ path: '/', backend: app }], { logLevels: logLevels('warn') }), now: start + 2 * minute });
    expect(error.impact).toMatchObject({ requests: 120, failed: 0, since: null });
  });
});

describe('requests that the log does not tell apart', () => {
  test('a rule sends some hosts to a dead backend, the next line all others elsewhere: nobody knows whose the successes are', async () => {
    const at = { file: '/etc/apache2/site.conf', line: 7 };
    const route = { virtualHost: null, kind: 'prefix', path: '/', excluded: false, balancer: null, at } as const;
    const config = configOf([{ path: '/', backend: app }], {
      routes: [
        { ...route, where: 'rewrite', backend: app, conditional: true },
        { ...route, where: 'server', backend: '192.0.2.2:9001', conditional: false },
      ],
    });
    const requests = every(0, 60 * second, 500, (at, i) => (i % 4 === 0 ? bad(at, i) : good(at, i)));
    const { worst } = await judge({ ...logsOf(requests), config, now: start + minute });
    expect(worst).toMatchObject({ frequency: 'every', frequencyBasis: 'error-log', requests: null });
  });
});

describe('coverage', () => {
  const healthy = (head: readonly string[]) => logsOf(every(0, 10 * minute, second, good), { head });

  test('a log with nothing but a start line, then requests: no failures', async () => {
    const { errorOutcome, error } = await judge({ ...healthy([started(start - second)]), now: start + 10 * minute });
    expect(error.window).toMatchObject({ covered: true });
    expect(errorOutcome.outcome).toBe('no-failures');
  });

  test('an empty error log does not cover anything', async () => {
    const { errorOutcome, error } = await judge({ ...healthy([]), now: start + 10 * minute });
    expect(errorOutcome.outcome).toBe('not-covered');
    expect(error.window.because).toContain('is empty');
    expect(error.files[0]?.trouble).toBe('it is empty');
  });

  test('no httpd log', async () => {
    const { errorOutcome } = await judge({ error: 'hello\nworld\n', access: healthy([]).access });
    expect(errorOutcome.outcome).toBe('not-covered');
  });

  test('503s in the access log of which the error log knows nothing: another virtual host’s log', async () => {
    const requests = every(0, 10 * minute, second, (at, i) => ({ ...good(at, i), ...(i % 20 === 0 ? { status: 503 } : {}) }));
    const { errorOutcome, error } = await judge({ ...logsOf(requests, { head: [started(start - second)] }), now: start + 10 * minute });
    expect(errorOutcome.outcome).toBe('not-covered');
    expect(error.window.because).toContain('30 answers');
  });

  test('503s that the note says the proxy made, without a line: not covered', async () => {
    const requests = every(0, 10 * minute, second, (at, i) => ({ ...good(at, i), ...(i % 20 === 0 ? { status: 503, note: '-' } : {}) }));
    const config = configOf([{ path: '/', backend: app }]);
    const { errorOutcome } = await judge({
      ...logsOf(requests, { head: [started(start - second)], format: 'noted' }),
      config,
      now: start + 10 * minute,
    });
    expect(errorOutcome.outcome).toBe('not-covered');
  });

  test('the same 503s from the application itself: no failures, application errors', async () => {
    const requests = every(0, 10 * minute, second, (at, i) => ({ ...good(at, i), ...(i % 20 === 0 ? { status: 503, note: '503' } : {}) }));
    const config = configOf([{ path: '/', backend: app }]);
    const { errorOutcome, accessOutcome, access } = await judge({
      ...logsOf(requests, { head: [started(start - second)], format: 'noted' }),
      config,
      now: start + 10 * minute,
    });
    expect(errorOutcome.outcome).toBe('no-failures');
    expect(accessOutcome?.outcome).toBe('application-errors');
    expect(access).toMatchObject({ applicationErrors: 30, failed: 30 });
  });

  test('LogLevel crit hides the messages', async () => {
    const config = configOf([{ path: '/', backend: app }], {
      logLevels: [
        { virtualHost: null, level: 'crit', proxy: 'crit', proxyHttp: 'crit', at: { file: '/etc/apache2/apache2.conf', line: 3 } },
      ],
    });
    const { errorOutcome, error } = await judge({ ...healthy([started(start - second)]), config, now: start + 10 * minute });
    expect(errorOutcome.outcome).toBe('not-covered');
    expect(error.window.because).toContain('/etc/apache2/apache2.conf:3');
  });

  test('the log of another virtual host, by the configuration', async () => {
    const at = { file: '/etc/apache2/sites-enabled/shop.conf', line: 9 };
    const config = configOf([{ path: '/', backend: app, virtualHost: 'shop.example:80' }], {
      errorLogs: [
        { path: '/logs/error.log', target: 'file', raw: '/logs/error.log', virtualHost: null, format: null, at: null },
        { path: '/logs/shop.log', target: 'file', raw: '/logs/shop.log', virtualHost: 'shop.example:80', format: null, at },
      ],
    });
    const { errorOutcome, error } = await judge({ ...healthy([started(start - second)]), config, inputs: {}, now: start + 10 * minute });
    expect(errorOutcome.outcome).toBe('not-covered');
    expect(error.window.because).toContain('/logs/shop.log');
  });

  const hour = 60 * minute;
  test('an old log, and a window of today: not covered', async () => {
    const { error: old } = logsOf(every(-48 * hour, -47 * hour, minute, bad));
    const { errorOutcome } = await judge({ error: old, inputs: { errorLogs: ['/logs/error.log'], since: start }, now: start + hour });
    expect(errorOutcome.outcome).toBe('not-covered');
  });

  test('yesterday’s errors in the log of the running httpd, and a good hour since: no failures', async () => {
    const config = configOf([{ path: '/', backend: app }]);
    const { error: old } = logsOf(every(-24 * hour, -23 * hour, minute, bad));
    const { access } = logsOf(every(0, hour, second, good));
    const { errorOutcome, error } = await judge({ error: old, access, config, inputs: { since: start }, now: start + hour });
    expect(error.window.covered).toBe(true);
    expect(errorOutcome.outcome).toBe('no-failures');
  });

  test('httpd stopped before the window: not covered', async () => {
    const { errorOutcome } = await judge({
      error: `${started(start - 5 * hour)}\n${stopped(start - 4 * hour)}\n`,
      inputs: { errorLogs: ['/logs/error.log'], since: start },
      now: start + hour,
    });
    expect(errorOutcome.outcome).toBe('not-covered');
  });

  test('the log begins after failures that the access log shows: an earlier part is missing', async () => {
    const requests = [
      ...every(0, 10 * minute, second, (at, i) => ({ ...good(at, i), ...(i % 100 === 0 ? { status: 503 } : {}) })),
      ...every(20 * minute, 30 * minute, second, good),
    ];
    const { error } = await judge({
      ...logsOf(requests, { head: [started(start + 15 * minute)] }),
      config: configOf([{ path: '/', backend: app }]),
      now: start + 30 * minute,
    });
    expect(error.window.covered).toBe(false);
    expect(error.window.because).toContain('earlier part is missing');
  });

  test('nothing but start lines, and neither configuration nor access log: absence proves nothing', async () => {
    const { errorOutcome } = await judge({ error: `${started(start)}\n`, now: start + hour });
    expect(errorOutcome.outcome).toBe('not-covered');
  });
});

describe('zones', () => {
  test('the error log has the zone of the access log beside it', async () => {
    const requests = [...every(0, 10 * minute, second, good), ...every(10 * minute, 12 * minute, second, bad)];
    const { worst, error } = await judge({ ...logsOf(requests, { zone: 120 }), zoneOffset: -300, now: start + 12 * minute });
    expect(error.zone).toMatchObject({ offset: '+0200', from: 'the access log /logs/access.log' });
    expect(worst.first).toBe(new Date(start + 10 * minute + 0.8).toISOString());
    expect(worst.frequencyBasis).toBe('access-log');
  });

  test('without an access log it has the host’s', async () => {
    const { error, worst } = await judge({
      error: logsOf(every(0, minute, second, bad), { zone: 120 }).error,
      zoneOffset: 120,
      now: start + minute,
    });
    expect(error.zone.offset).toBe('+0200');
    expect(worst.first?.slice(0, 16)).toBe('2026-11-22T06:00');
  });
});

describe('more failures than are kept one by one', () => {
  test('are still counted, and in their time', async () => {
    const { mostRows } = await import('../../../src/checks/logs/failure-table.ts');
    const many = mostRows + 5000;
    const lines = Array.from({ length: many }, (_, i) => {
      const at = start + i * 20;
      return `[${errorTime(at)}] [proxy:error] [pid 1:tid ${i % 50}] (111)Connection refused: AH00957: http: attempt to connect to ${app} (${app}) failed\n`;
    });
    const { worst, error } = await judge({ error: lines.join(''), now: start + many * 20 });
    expect(worst).toMatchObject({
      failures: many,
      byMode: { connect: many },
      families: { 'connect-failed': many },
      frequency: 'every',
      ongoing: true,
    });
    expect(Date.parse(worst.last ?? '')).toBeCloseTo(start + (many - 1) * 20, -1);
    expect(error.timeline?.counts.reduce((sum, count) => sum + count, 0)).toBe(many);
  });

  test('a configuration that belongs to another proxy is noticed: its routes contradict the log', async () => {
    const requests = every(0, 10 * minute, second, (_at, i) =>
      i % 2 ? { path: `/api/${i}`, status: 503, error: refused(app) } : { path: `/web/${i}` },
    );
    const { worst } = await judge({
      ...logsOf(requests),
      config: configOf([{ path: '/', backend: '10.99.0.1:80' }]),
      now: start + 10 * minute,
    });
    expect(worst).toMatchObject({ backend: app, frequency: 'every', frequencyBasis: 'access-log', requests: 300 });
  });
});

test('a backend that ends within a second of heavy traffic: the order of lines tells, not the second', async () => {
  const quick = (from: number, to: number, make: typeof good): Request[] =>
    every(from, to, 25, make).map((request) => ({ ...request, ms: 1 }));
  const requests = [...quick(0, 500, good), ...quick(500, 1900, bad)];
  for (const config of [undefined, configOf([{ path: '/', backend: app }])]) {
    const { worst } = await judge({
      ...logsOf(requests, { format: 'combined' }),
      ...(config === undefined ? {} : { config }),
      now: start + 2 * second,
    });
    expect(worst).toMatchObject({ frequency: 'every', failures: 56, requests: 76 });
    expect(worst.frequencyBecause).toContain('without a success in between');
  }
});

test('of answers that broke off, those are taken that lost their connection, or are short', async () => {
  const requests = every(0, minute, 100, (_at, i) => ({
    path: i % 3 ? `/items/${i}` : `/export/${i}`,
    bytes: i % 3 ? 60_000 : 20_000 + i,
    client: '203.0.113.1',
    ms: 2,
    ...(i % 3 ? {} : { error: brokenAnswer }),
  }));
  const { access } = await judge({
    ...logsOf([...requests, { at: start + minute, path: '/export/1', bytes: 90_000, client: '203.0.113.1' }]),
    config: configOf([{ path: '/', backend: app }]),
    now: start + minute,
  });
  expect(access?.patterns).toMatchObject([{ path: '/export/{id}' }]);
  expect(access?.patterns[0]?.failed).toBeGreaterThan(195);
});

test('answers that break off between others of the same client are no outage: the others succeeded', async () => {
  const requests = every(0, 6 * second, 50, (_at, i) => ({
    path: `/items/${i}`,
    bytes: i % 4 ? 60_000 : 500,
    client: '203.0.113.1',
    ms: 2,
    ...(i % 4 ? {} : { error: brokenAnswer }),
  }));
  const { worst } = await judge({ ...logsOf(requests), config: configOf([{ path: '/', backend: app }]), now: start + minute });
  expect(worst).toMatchObject({ outage: null, frequency: 'clusters', requests: 120, failedRequests: 30 });
});

test('without an access log: one dense hour, and the running server’s log quiet for a day since, is an outage', async () => {
  const requests = every(0, 60 * minute, minute, (_at, i) => ({ path: `/x/${i}`, status: 503, error: refused(app) }));
  const { error } = logsOf(requests);
  const config = configOf([{ path: '/', backend: app }], { accessLogs: [] });
  const at = async (now: number) => (await judge({ error, config, now })).worst;
  expect(await at(start + 26 * 60 * minute)).toMatchObject({ frequency: 'every', frequencyBasis: 'error-log' });
  // As soon as it is over nothing tells it from single failures of a backend that is asked more often.
  expect(await at(start + 60 * minute)).toMatchObject({ frequency: 'sporadic' });
});
