/** Both log checks over logs of nginx. */
import { describe, expect, test } from 'vitest';
import { accessLog } from '../../../src/checks/access-log/check.ts';
import { errorLog } from '../../../src/checks/error-log/check.ts';
import type { ErrorLogFacts } from '../../../src/checks/error-log/facts.ts';
import { proxyConfig } from '../../../src/checks/proxy-config/check.ts';
import type { ProxyConfigFacts } from '../../../src/checks/proxy-config/facts.ts';
import { combined, toLogFormat } from '../../../src/nginx/access-log/log-format.ts';
import { compileLogFormat, parserOf } from '../../../src/httpd/access-log/compile.ts';
import { fieldText } from '../../../src/httpd/access-log/entry.ts';
import { memoryContext, memoryHost, type MemoryFile } from '../../fakes/memory-host.ts';
import { noInputs } from '../../fakes/inputs.ts';
import { evidence } from '../known.ts';

const two = (value: number): string => String(value).padStart(2, '0');
const clock = (second: number): string => `12:${two(Math.floor(second / 60))}:${two(second % 60)}`;
const tail = (path: string, upstream: string): string =>
  `client: 198.51.100.7, server: shop.example, request: "GET ${path} HTTP/1.1", upstream: "${upstream}${path}", host: "shop.example"`;
const failed = (second: number, message: string, upstream = 'http://10.0.0.5:8080', path = '/x'): string =>
  `2026/03/01 ${clock(second)} [error] 7#7: *${second} ${message}, ${tail(path, upstream)}`;
const asked = (second: number, status: number, more = ''): string =>
  `198.51.100.7 - - [01/Mar/2026:${clock(second)} +0000] "GET /x HTTP/1.1" ${status} 157 "-" "curl"${more}`;
const refused = 'connect() failed (111: Connection refused) while connecting to upstream';

async function configOf(text: string): Promise<ProxyConfigFacts> {
  const prepared = proxyConfig.prepare(
    { inputs: { ...noInputs, proxyConfig: '/n.conf', passive: true }, evidence: () => null, subject: null },
    { dialect: 'nginx' },
  );
  if (!prepared.ready) throw new Error(prepared.reason);
  const host = memoryHost({ files: { '/n.conf': text } });
  return proxyConfig.facts.parse((await proxyConfig.collect(memoryContext({ proxy: host, backend: null }), prepared.parameters)).facts);
}

interface Story {
  readonly error: readonly string[];
  readonly access?: readonly string[];
  readonly config?: ProxyConfigFacts;
}

async function read({ error, access, config }: Story): Promise<{ readonly facts: ErrorLogFacts; readonly outcome: string }> {
  const files: Record<string, MemoryFile> = { '/error.log': error.map((line) => `${line}\n`).join('') };
  if (access !== undefined) files['/access.log'] = access.map((line) => `${line}\n`).join('');
  const host = memoryHost({ files, now: Date.UTC(2026, 2, 1, 13) });
  const known = {
    inputs: { ...noInputs, errorLogs: ['/error.log'], accessLogs: access === undefined ? [] : ['/access.log'] },
    evidence: (check: string) => (check === 'proxy-config' && config !== undefined ? evidence('proxy-config', config) : null),
    subject: null,
  };
  const context = memoryContext({ proxy: host, backend: null });
  const prepared = errorLog.prepare(known, { dialect: 'nginx' });
  if (!prepared.ready) throw new Error(prepared.reason);
  const facts = errorLog.facts.parse((await errorLog.collect(context, prepared.parameters)).facts);
  return { facts, outcome: errorLog.classify(facts, null).outcome };
}

const seconds = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);

test('every request refused: 502s of the access log are those failures', async () => {
  const { facts, outcome } = await read({
    error: seconds(60, 120).map((at) => failed(at, refused)),
    access: [...seconds(0, 60).map((at) => asked(at, 200)), ...seconds(60, 120).map((at) => asked(at, 502))],
  });
  expect(outcome).toBe('failures');
  expect(facts).toMatchObject({
    matched: 60,
    impact: { requests: 120, failed: 60 },
    backends: [
      {
        backend: '10.0.0.5:8080',
        frequency: 'every',
        errnos: { ECONNREFUSED: 60 },
        byMode: { connect: 60 },
        failedRequests: 60,
        codes: { 'connect-attempt-failed': 60 },
      },
    ],
  });
});

test('504s belong to connects that timed out, too', async () => {
  const line = 'upstream timed out (110: Connection timed out) while connecting to upstream';
  const { facts } = await read({
    error: seconds(60, 80).map((at) => failed(at, line)),
    access: seconds(0, 80).map((at) => asked(at, at < 60 ? 200 : 504)),
  });
  expect(facts.backends).toMatchObject([{ failures: 20, failedRequests: 20, byMode: { connect: 20 }, errnos: { ETIMEDOUT: 20 } }]);
});

test('“no live upstreams” stands for the server of the group that failed before it', async () => {
  const config = await configOf(
    'http { upstream app { server 10.0.0.5:8080; server 10.0.0.6:8080; }\nserver { location / { proxy_pass http://app; } } }',
  );
  const { facts } = await read({
    error: [
      failed(1, refused, 'http://10.0.0.6:8080'),
      ...seconds(2, 9).map((at) => failed(at, 'no live upstreams while connecting to upstream', 'http://app')),
    ],
    config,
  });
  expect(facts.unassigned).toBe(0);
  expect(facts.backends.reduce((sum, one) => sum + one.failures, 0)).toBe(8);
  expect(facts.backends.every((one) => ['10.0.0.5:8080', '10.0.0.6:8080'].includes(one.backend))).toBe(true);
});

test('a name of the configuration and the address of the log are one backend', async () => {
  const config = await configOf('http { server { location / { proxy_pass http://app.example:8080; } } }');
  const [setting] = config.backends;
  if (setting === undefined) throw new Error('a backend');
  const { facts } = await read({
    error: seconds(0, 5).map((at) => failed(at, refused)),
    config: { ...config, backends: [{ ...setting, addresses: ['10.0.0.5:8080'] }] },
  });
  expect(facts.backends).toMatchObject([{ backend: '10.0.0.5:8080', names: ['app.example:8080'], failures: 5 }]);
});

test('worker_connections and the life of nginx itself', async () => {
  const { facts } = await read({
    error: [
      '2026/03/01 12:00:00 [notice] 1#1: start worker processes',
      `2026/03/01 12:00:05 [alert] 7#7: *9 512 worker_connections are not enough while connecting to upstream, ${tail('/x', 'http://10.0.0.5:8080')}`,
      '2026/03/01 12:00:06 [alert] 1#1: worker process 7 exited on signal 11 (core dumped)',
      '2026/03/01 12:00:09 [notice] 1#1: signal 15 (SIGTERM) received from 4711, exiting',
    ],
  });
  expect(facts.capacityCount).toBe(1);
  expect(facts.lifecycle.map(({ what }) => what)).toEqual(['start', 'child-crash', 'stop']);
});

describe('is silence health?', () => {
  const good = seconds(0, 60).map((at) => asked(at, 200));
  test.each<readonly [string, Story, string]>([
    ['an empty log beside an access log without failures', { error: [], access: good }, 'no-failures'],
    ['an empty log, and nothing beside it', { error: [] }, 'not-covered'],
    ['an empty log beside 502s', { error: [], access: [...good, ...seconds(0, 9).map((at) => asked(at, 502))] }, 'not-covered'],
    [
      'a log of httpd',
      { error: ['[Sun Mar 01 12:00:00.000000 2026] [core:notice] [pid 1] AH00094: Command line: x'], access: good },
      'not-covered',
    ],
  ])('%s', async (_name, story, outcome) => expect((await read(story)).outcome).toBe(outcome));
});

describe('log_format', () => {
  const cut = (format: string, line: string): Record<string, unknown> => {
    const cutter = parserOf(compileLogFormat(toLogFormat(format)));
    const bytes = Buffer.from(line);
    if (!cutter.cut(bytes, 0, bytes.length)) return {};
    return {
      start: Number.isNaN(cutter.start) ? null : new Date(cutter.start).toISOString(),
      ms: cutter.durationMs,
      status: cutter.status,
      client: fieldText(cutter, 'client'),
      worker: fieldText(cutter, 'worker'),
      target: bytes.subarray(cutter.targetStart, cutter.targetEnd).toString(),
    };
  };
  test.each([
    [
      combined,
      asked(61, 502),
      { start: '2026-03-01T12:01:01.000Z', ms: NaN, status: 502, client: '198.51.100.7', worker: null, target: '/x' },
    ],
    // The line is written when the request has ended.
    [
      `${combined} $request_time "$upstream_addr"`,
      asked(61, 502, ' 1.500 "10.0.0.5:8080, 10.0.0.6:8080"'),
      {
        start: '2026-03-01T12:00:59.500Z',
        ms: 1500,
        status: 502,
        client: '198.51.100.7',
        worker: '10.0.0.5:8080, 10.0.0.6:8080',
        target: '/x',
      },
    ],
    [
      '{"t":"$time_iso8601","u":"$request_uri","s":$status,"d":${request_time}}',
      '{"t":"2026-03-01T13:00:00+01:00","u":"/a?b","s":504,"d":0.250}',
      { start: '2026-03-01T11:59:59.750Z', ms: 250, status: 504, client: null, worker: null, target: '/a?b' },
    ],
    [
      '$msec $remote_addr 100% $status',
      '1772366400.250 198.51.100.7 100% 499',
      { start: '2026-03-01T12:00:00.250Z', ms: NaN, status: 499, client: '198.51.100.7', worker: null, target: '' },
    ],
  ])('%s', (format, line, expected) => expect(cut(format, line)).toEqual(expected));
});

test('the access log says which server answered, where log_format has $upstream_addr', async () => {
  const format = toLogFormat(`${combined} "$upstream_addr"`);
  const config = await configOf(
    'http { upstream app { server 10.0.0.5:8080; server 10.0.0.6:8080; }\nserver { location / { proxy_pass http://app; } } }',
  );
  const withFormat = {
    ...config,
    accessLogs: [{ path: '/access.log', target: 'file' as const, raw: '', virtualHost: null, format, at: null }],
  };
  const { facts } = await read({
    error: seconds(0, 10).map((at) => failed(at, refused, 'http://10.0.0.6:8080')),
    access: seconds(0, 60).map((at) => asked(at, 200, at < 10 ? ' "10.0.0.6:8080, 10.0.0.5:8080"' : ' "10.0.0.5:8080"')),
    config: withFormat,
  });
  expect(facts.backends.find((one) => one.backend === '10.0.0.6:8080')).toMatchObject({ failures: 10, frequency: 'every' });
});

test('the dialect comes from the configuration where a flow says nothing', async () => {
  const config = await configOf('http { server { location / { proxy_pass http://10.0.0.5; } } }');
  const known = {
    inputs: { ...noInputs, accessLogs: ['/a'], errorLogs: ['/e'] },
    evidence: (check: string) => (check === 'proxy-config' ? evidence(check, config) : null),
    subject: null,
  };
  expect(accessLog.prepare(known, {})).toMatchObject({ ready: true, parameters: { dialect: 'nginx' } });
  expect(errorLog.prepare({ ...known, evidence: () => null }, {})).toMatchObject({ ready: true, parameters: { dialect: 'httpd' } });
});
