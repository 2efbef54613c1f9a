import { describe, expect, test } from 'vitest';
import { partOf } from '../../../src/checks/access-log/part-of.ts';
import { logsOf, noStatusLine, refused, started } from '../logs/log-text.ts';
import type { Request } from '../logs/log-text.ts';
import { configOf, judge } from '../logs/run.ts';
import { randomOf } from '../logs/series.ts';

const start = Date.UTC(2026, 10, 22, 6);
const second = 1000;
const minute = 60 * second;
const app = '192.0.2.2:9000';
const stall = noStatusLine(app, '(70007)The timeout specified has expired');

function requests(minutes: number, make: (i: number, random: () => number) => Omit<Request, 'at'>): Request[] {
  const random = randomOf(minutes);
  return Array.from({ length: minutes * 60 }, (_, i) => ({ at: start + i * second, client: `203.0.113.${i % 40}`, ...make(i, random) }));
}

describe('what the failed requests have in common', () => {
  test('one operation that stalls until ProxyTimeout: its pattern, and the directive with file and line', async () => {
    const story = requests(20, (i) =>
      i % 10 === 0 ? { path: `/report/${i}`, status: 502, ms: 30_004, error: stall } : { path: `/items/${i}`, ms: 20 },
    );
    const config = configOf([{ path: '/', backend: app }], {
      proxyTimeout: { seconds: 30, at: { file: '/etc/apache2/proxy.conf', line: 12 } },
    });
    const { access, accessOutcome } = await judge({ ...logsOf(story, { head: [started(start)] }), config, now: start + 20 * minute });
    expect(accessOutcome?.outcome).toBe('pattern');
    expect(accessOutcome?.summary).toBe(
      '120 of 1,200 requests failed, all of them GET /report/{id} (120 of its 120 requests); all of them ended after 30 s',
    );
    expect(access?.patterns).toMatchObject([{ method: 'GET', path: '/report/{id}', requests: 120, failed: 120, share: 1, backend: app }]);
    expect(access?.durationCluster).toMatchObject({
      seconds: 30,
      directive: { name: 'ProxyTimeout', value: '30', file: '/etc/apache2/proxy.conf', line: 12 },
    });
    expect(access?.durations).toMatchObject({ unit: 'ms', logged: 'us' });
    expect(access?.durations.failed?.p50).toBeGreaterThan(29_000);
    expect(access?.durations.good?.p95).toBeLessThan(30);
    expect(access?.matchedWithErrorLog).toEqual({ '502': 120 });
    expect(access?.explained).toEqual([{ status: 502, what: 'status-line-failed', requests: 120 }]);
    expect(access?.topClients?.[0]).toEqual({ client: '203.0.113.0', failed: 30, share: 0.25 });
  });

  test('nothing: failures here and there', async () => {
    const story = requests(20, (i, random) => ({
      path: i % 2 ? `/items/${i}` : '/',
      ...(random() < 0.1 ? { status: 502, error: noStatusLine(app) } : {}),
    }));
    const { access, accessOutcome } = await judge({
      ...logsOf(story),
      config: configOf([{ path: '/', backend: app }]),
      now: start + 20 * minute,
    });
    expect(accessOutcome?.outcome).toBe('no-pattern');
    expect(access?.patterns).toEqual([]);
    expect(access?.patternsTried).toBeGreaterThan(0);
  });

  test('a dead backend is no pattern, though only its paths fail', async () => {
    const story = requests(20, (i) => (i % 2 ? { path: `/api/${i}`, status: 503, error: refused(app) } : { path: '/static/a.css' }));
    for (const config of [undefined, configOf([{ path: '/api', backend: app }])]) {
      const { access } = await judge({ ...logsOf(story), ...(config === undefined ? {} : { config }), now: start + 20 * minute });
      expect(access?.patterns).toEqual([]);
    }
  });

  test('two backends, one drops at once and one stalls: each has its pattern, and the time limit is not hidden', async () => {
    const other = '192.0.2.3:9090';
    const story = requests(20, (i) => {
      if (i % 12 === 1) return { path: '/shop/pay', method: 'POST', status: 502, ms: 3, error: noStatusLine(app) };
      if (i % 60 === 2) return { path: '/api/search', status: 502, ms: 2003, error: noStatusLine(other, '(70007)The timeout specified has expired') };
      return { path: i % 2 ? `/shop/${i}` : `/api/items/${i}`, ms: 4 };
    });
    const config = configOf(
      [
        { path: '/shop', backend: app },
        { path: '/api', backend: other },
      ],
      { proxyTimeout: { seconds: 2, at: { file: '/etc/apache2/proxy.conf', line: 3 } } },
    );
    const { access } = await judge({ ...logsOf(story), config, now: start + 20 * minute });
    expect(access?.patterns).toMatchObject([
      { method: 'POST', path: '/shop/pay', backend: app, failed: 100, share: 0.833, shareOfBackend: 1 },
      { method: 'GET', path: '/api/search', backend: other, failed: 20, share: 0.167, shareOfBackend: 1 },
    ]);
    expect(access?.durationClusters).toMatchObject([{ backend: other, seconds: 2, failures: 20, share: 1, directive: { name: 'ProxyTimeout', line: 3 } }]);
    expect(access?.durationCluster).toMatchObject({ seconds: 2, failures: 20 });
    if (access === undefined || access === null) throw new Error('no facts');
    expect(partOf(access, [other])).toMatchObject({ patterns: [{ path: '/api/search', share: 1 }], durationCluster: { seconds: 2 } });
    expect(partOf(access, [app])).toMatchObject({ patterns: [{ path: '/shop/pay', share: 1 }], durationCluster: null });
  });

  test('one operation kills the process, and most of its requests meet the refusals that follow: those were never sent', async () => {
    const story = requests(20, (i) => {
      const kills = i % 120 === 0;
      if (kills) return { path: '/import', method: 'POST', status: 502, error: noStatusLine(app) };
      if (i % 120 < 40) return { path: i % 3 ? `/items/${i}` : '/import', method: i % 3 ? 'GET' : 'POST', status: 503, error: refused(app) };
      return { path: `/items/${i}` };
    });
    const { access } = await judge({ ...logsOf(story), config: configOf([{ path: '/', backend: app }]), now: start + 20 * minute });
    expect(access?.patterns).toMatchObject([{ method: 'POST', path: '/import', requests: 10, failed: 10, share: 1 }]);
  });

  test('request bodies and sizes', async () => {
    const story = requests(10, (i) =>
      i % 5 === 0 ? { method: 'POST', path: '/upload/1', status: 502, bytes: 300, error: noStatusLine(app) } : { path: '/', bytes: 5000 },
    );
    const { access } = await judge({ ...logsOf(story), now: start + 10 * minute });
    expect(access).toMatchObject({ withBodyShare: 1, failedClients: 8, clients: 40, failed: 120, requests: 600 });
    expect(access?.sizes.failed?.p50).toBeLessThan(310);
    expect(access?.sizes.good?.p50).toBeGreaterThan(4800);
  });

  test('the timeline counts requests and failures', async () => {
    const story = requests(10, (i) => (i < 60 ? { path: '/a', status: 502, error: noStatusLine(app) } : { path: '/a' }));
    const { access } = await judge({ ...logsOf(story), now: start + 10 * minute });
    const sum = (counts: readonly number[] | undefined): number => (counts ?? []).reduce((total, one) => total + one, 0);
    expect(sum(access?.timeline?.requests)).toBe(600);
    expect(sum(access?.timeline?.failed)).toBe(60);
    expect(sum(access?.timeline?.failed.slice(0, Math.ceil(61 / (access?.timeline?.widthSeconds ?? 1))))).toBe(60);
  });
});

describe('whose errors they are', () => {
  test('5xx without a line in an error log that covers them are the application’s', async () => {
    const story = requests(10, (i) => (i % 20 === 0 ? { path: '/x', status: 500 } : { path: '/' }));
    const { accessOutcome, access } = await judge({
      ...logsOf(story, { head: [started(start - second)] }),
      config: configOf([{ path: '/', backend: app }]),
      now: start + 10 * minute,
    });
    expect(accessOutcome).toMatchObject({
      outcome: 'application-errors',
      summary: '30 answers of 600 requests with a 5xx status came from the application itself',
    });
    expect(access?.applicationErrorsBecause).toContain('no error line');
  });

  test('without an error log nobody can tell', async () => {
    const story = requests(10, (i) => (i % 20 === 0 ? { path: '/x', status: 503 } : { path: '/' }));
    const { access } = await judge({ ...logsOf(story), error: 'nothing of httpd\n', now: start + 10 * minute });
    expect(access?.applicationErrors).toBeNull();
  });

  test('a good log: no failures', async () => {
    const { accessOutcome } = await judge({
      ...logsOf(
        requests(2, () => ({ path: '/' })),
        { head: [started(start)] },
      ),
      now: start + 2 * minute,
    });
    expect(accessOutcome).toEqual({ outcome: 'no-failures', summary: '120 requests, none of which failed on its way to a backend' });
  });

  test('scanners’ 400s are no failures of the proxy', async () => {
    const story = requests(2, (i) => (i % 30 === 0 ? { path: '/x', status: 400 } : { path: '/' }));
    const { accessOutcome } = await judge({ ...logsOf(story, { head: [started(start)] }), now: start + 2 * minute });
    expect(accessOutcome?.outcome).toBe('no-failures');
  });
});

describe('windows', () => {
  const story = requests(60, (i) => ({ path: `/a/${i}` }));
  const logs = logsOf(story, { head: [started(start - second)] });
  const paths = { errorLogs: ['/logs/error.log'], accessLogs: ['/logs/access.log'] };

  test('only requests of the window count', async () => {
    const { access } = await judge({
      ...logs,
      inputs: { ...paths, since: start + 10 * minute, until: start + 20 * minute },
      now: start + 60 * minute,
    });
    expect(access?.requests).toBe(601);
  });

  test.each([
    ['older than the window', { since: start + 120 * minute }, 'older than the window'],
    ['younger than the window', { until: start - minute }, 'begins after the window ends'],
  ])('%s: not covered', async (_, window, reason) => {
    const { accessOutcome } = await judge({ ...logs, inputs: { ...paths, ...window }, now: start + 180 * minute });
    expect(accessOutcome?.outcome).toBe('not-covered');
    expect(accessOutcome?.summary).toContain(reason);
  });

  test('rotated neighbours are read when the window needs them, in order, and not without a window', async () => {
    const half = Math.floor(logs.access.length / 2);
    const cut = logs.access.indexOf('\n', half) + 1;
    const files = {
      '/logs/access.log': { content: logs.access.slice(cut), info: { inode: 3, modifiedAt: start + 60 * minute } },
      '/logs/access.log.1': { content: logs.access.slice(0, cut), info: { inode: 2, modifiedAt: start + 30 * minute } },
      '/logs/access.log.2': { content: 'far too old\n', info: { inode: 1, modifiedAt: start - 86_400_000 } },
    };
    const read = async (since: number | null) =>
      (await judge({ error: logs.error, files, inputs: { ...paths, since }, now: start + 60 * minute })).access;
    expect((await read(start))?.requests).toBe(3600);
    expect((await read(start))?.files.map((file) => file.path)).toEqual(['/logs/access.log.1', '/logs/access.log']);
    expect((await read(null))?.files.map((file) => file.path)).toEqual(['/logs/access.log']);
  });

  test('an empty access log', async () => {
    const { accessOutcome } = await judge({ error: logs.error, access: '', now: start + minute });
    expect(accessOutcome?.outcome).toBe('not-covered');
  });

  test('a log that no format fits says so', async () => {
    const { access } = await judge({
      ...logs,
      files: { '/logs/access.log': 'to be\nor not to be\n' },
      error: logs.error,
      inputs: { ...paths, accessLogs: ['/logs/access.log'] },
    }).catch((error: unknown) => ({ access: error }));
    expect(String((access as Error).message)).toContain('--access-log-format');
  });
});
