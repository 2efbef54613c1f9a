import { describe, expect, test } from 'vitest';
import { parseErrorLine } from '../../../src/httpd/error-log/parse.ts';
import { FailureTable, disabling, fresh, reused } from '../../../src/checks/logs/failure-table.ts';
import { Pairing, hasPort, portOf } from '../../../src/checks/logs/pairing.ts';
import { modeOfFamily } from '../../../src/checks/logs/roles.ts';

/** Lines → one row a failure. */
function pair(lines: readonly string[]) {
  const table = new FailureTable();
  const pairing = new Pairing(table, 0);
  lines.forEach((line, index) => {
    const entry = parseErrorLine(line, { reference: Date.UTC(2026, 11, 1) });
    if (entry !== null) pairing.add(entry, entry.wallClock ?? 0, index + 1);
  });
  return {
    table,
    rows: Array.from({ length: table.length }, (_, row) => ({
      mode: modeOfFamily(table.familyOf(row)),
      family: table.familyOf(row),
      backend: table.backends.name(table.backend[row] ?? -1),
      client: table.clients.name(table.client[row] ?? -1),
      path: table.paths.name(table.path[row] ?? -1),
      errno: table.errnos.name(table.errno[row] ?? -1),
      codes: table.codes.name(table.code[row] ?? -1),
    })),
  };
}

const t = (second: number, micros = 0): string =>
  `Sun Nov 22 06:34:${String(second).padStart(2, '0')}.${String(micros).padStart(6, '0')} 2026`;

describe('lines of one failure', () => {
  test('refused: the client stands only in the second line', () => {
    const { rows } = pair([
      `[${t(9, 319711)}] [proxy:error] [pid 3943:tid 3946] (111)Connection refused: AH00957: http: attempt to connect to 127.0.0.1:19197 (127.0.0.1:19197) failed`,
      `[${t(9, 319864)}] [proxy_http:error] [pid 3943:tid 3946] [client 127.0.0.1:35348] AH01114: HTTP: failed to make connection to backend: 127.0.0.1`,
    ]);
    expect(rows).toEqual([
      {
        mode: 'connect',
        family: 'connect-failed',
        backend: '127.0.0.1:19197',
        client: '127.0.0.1',
        path: null,
        errno: 'ECONNREFUSED',
        codes: 'AH00957 AH01114',
      },
    ]);
  });

  test('a failed handshake: 20014 and AH01084 are TLS, one failure, with the line of mod_ssl before them', () => {
    const { rows } = pair([
      `[${t(14, 271208)}] [ssl:error] [pid 3943:tid 3946] [remote 127.0.0.1:19300] AH02039: Certificate Verification: Error (18): self-signed certificate`,
      `[${t(14, 271451)}] [proxy:error] [pid 3943:tid 3946] (20014)Internal error (specific information not available): [client 127.0.0.1:57980] AH01084: pass request body failed to 127.0.0.1:19300 (127.0.0.1)`,
      `[${t(14, 271467)}] [proxy:error] [pid 3943:tid 3946] [client 127.0.0.1:57980] AH00898: Error during SSL Handshake with remote server returned by /tlsok/a`,
      `[${t(14, 271475)}] [proxy_http:error] [pid 3943:tid 3946] [client 127.0.0.1:57980] AH01097: pass request body failed to 127.0.0.1:19300 (127.0.0.1) from 127.0.0.1 ()`,
    ]);
    expect(rows).toMatchObject([{ mode: 'tls', family: 'tls-failed', path: '/tlsok/a', backend: '127.0.0.1:19300' }]);
  });

  test('the client’s side: AH01097 after AH02608 is the client’s, after AH01084 the backend’s', () => {
    const { rows } = pair([
      `[${t(27, 1)}] [proxy:error] [pid 1:tid 1] (70008)Partial results are valid but processing is incomplete: [client 10.0.0.1:1] AH02608: read request body failed to 127.0.0.1:80 (127.0.0.1) from 10.0.0.1 ()`,
      `[${t(27, 2)}] [proxy_http:error] [pid 1:tid 1] [client 10.0.0.1:1] AH01097: pass request body failed to 127.0.0.1:80 (127.0.0.1) from 10.0.0.1 ()`,
      `[${t(28, 1)}] [proxy:error] [pid 1:tid 1] (104)Connection reset by peer: [client 10.0.0.1:2] AH01084: pass request body failed to 127.0.0.1:80 (127.0.0.1)`,
      `[${t(28, 2)}] [proxy_http:error] [pid 1:tid 1] [client 10.0.0.1:2] AH01097: pass request body failed to 127.0.0.1:80 (127.0.0.1) from 10.0.0.1 ()`,
    ]);
    expect(rows.map((row) => row.family)).toEqual(['client-aborted', 'body-failed']);
  });

  test('a worker put out of use is no second failure; a request it refuses is one', () => {
    const { rows, table } = pair([
      `[${t(29, 1)}] [proxy:error] [pid 1:tid 1] (111)Connection refused: AH00957: http: attempt to connect to 127.0.0.1:19194 (127.0.0.1:19194) failed`,
      `[${t(29, 2)}] [proxy:error] [pid 1:tid 1] AH00959: ap_proxy_connect_backend disabling worker for (127.0.0.1:19194) for 5s`,
      `[${t(29, 3)}] [proxy_http:error] [pid 1:tid 1] [client 127.0.0.1:54668] AH01114: HTTP: failed to make connection to backend: 127.0.0.1`,
      `[${t(30, 1)}] [proxy:error] [pid 1:tid 2] AH00940: http: disabled connection for (127.0.0.1:19194)`,
    ]);
    expect(rows.map((row) => [row.mode, row.family])).toEqual([
      ['connect', 'connect-failed'],
      ['connect', 'worker-disabled'],
    ]);
    expect(table.has(0, disabling)).toBe(true);
  });

  test('failover: each member that was tried is a failure of its own', () => {
    const attempt = (port: number, micros: number): string[] => [
      `[${t(1, micros)}] [proxy:error] [pid 1:tid 1] (111)Connection refused: AH00957: http: attempt to connect to 10.0.0.1:${port} (10.0.0.1:${port}) failed`,
      `[${t(1, micros + 1)}] [proxy:error] [pid 1:tid 1] AH00959: ap_proxy_connect_backend disabling worker for (10.0.0.1:${port}) for 60s`,
      `[${t(1, micros + 2)}] [proxy_http:error] [pid 1:tid 1] [client 10.9.9.9:5] AH01114: HTTP: failed to make connection to backend: 10.0.0.1`,
    ];
    expect(pair([...attempt(9001, 10), ...attempt(9002, 20)]).rows.map((row) => row.backend)).toEqual(['10.0.0.1:9001', '10.0.0.1:9002']);
  });

  test('two requests of one thread within a millisecond are two failures', () => {
    const both = [1, 3].flatMap((micros) => [
      `[${t(1, micros)}] [proxy_http:error] [pid 1:tid 1] (104)Connection reset by peer: [client 10.9.9.9:5] AH01102: error reading status line from remote server 10.0.0.1:80`,
      `[${t(1, micros + 1)}] [proxy:error] [pid 1:tid 1] [client 10.9.9.9:5] AH00898: Error reading from remote server returned by /x`,
    ]);
    expect(pair(both).rows).toHaveLength(2);
  });

  test('AH01102 alone is a failure: the client was on a kept-alive connection and got nothing', () => {
    const line = `[${t(39)}] [proxy_http:error] [pid 1:tid 1] (20014)Internal error (specific information not available): [client 127.0.0.1:45670] AH01102: error reading status line from remote server 127.0.0.1:19101`;
    expect(pair([line]).rows).toMatchObject([{ mode: 'in-flight', errno: 'APR_EGENERAL' }]);
  });

  test('bad headers: AH10404 or AH10124 with AH01106', () => {
    const { rows } = pair([
      `[${t(1)}] [proxy_http:warn] [pid 1:tid 1] (70014)End of file found: [client 127.0.0.1:1] AH10404: Error reading headers from backend`,
      `[${t(1, 9)}] [proxy_http:warn] [pid 1:tid 1] [client 127.0.0.1:1] AH01106: bad HTTP/1.1 header returned by /hdr_cut/a (GET)`,
    ]);
    expect(rows).toMatchObject([{ family: 'bad-response', path: '/hdr_cut/a', errno: 'APR_EOF' }]);
  });

  test('2.2, without codes, threads or fractions: interleaved lines of two requests are two failures', () => {
    const { rows } = pair([
      '[Tue Oct 26 22:37:11 2010] [error] [client 172.20.10.10] (104)Connection reset by peer: proxy: error reading status line from remote server app1',
      '[Tue Oct 26 22:37:11 2010] [error] [client 172.20.10.11] (104)Connection reset by peer: proxy: error reading status line from remote server app1',
      '[Tue Oct 26 22:37:11 2010] [error] [client 172.20.10.11] proxy: Error reading from remote server returned by /b',
      '[Tue Oct 26 22:37:11 2010] [error] [client 172.20.10.10] proxy: Error reading from remote server returned by /a',
    ]);
    expect(rows.map((row) => [row.client, row.path])).toEqual([
      ['172.20.10.10', '/a'],
      ['172.20.10.11', '/b'],
    ]);
  });

  test('2.2: a body that failed is written twice', () => {
    const { rows } = pair([
      '[Tue Oct 26 22:45:34 2010] [error] (104)Connection reset by peer: proxy: pass request body failed to 10.0.2.8:8080 (10.0.2.8)',
      '[Tue Oct 26 22:45:34 2010] [error] proxy: pass request body failed to 10.0.2.8:8080 (10.0.2.8) from 10.9.9.9 ()',
    ]);
    expect(rows).toMatchObject([{ family: 'body-failed', backend: '10.0.2.8:8080' }]);
  });
});

describe('what is no failure', () => {
  test.each([
    ['debug lines', '[proxy:debug] [pid 1:tid 1] proxy_util.c(3779): AH00951: http: backend socket is disconnected.'],
    [
      'a header that was left out of an answer that was passed on',
      '[proxy_http:warn] [pid 1:tid 1] [client 1.2.3.4:5] AH01100: Ignoring bogus HTTP header returned by /x (GET)',
    ],
    [
      'a client’s own handshake',
      '[ssl:error] [pid 1:tid 1] [client 1.2.3.4:5] AH02039: Certificate Verification: Error (18): self-signed certificate',
    ],
    ['httpd’s own life', '[mpm_event:notice] [pid 1:tid 1] AH00489: Apache/2.4.71 (Debian) configured -- resuming normal operations'],
    [
      'configuration',
      "[proxy:warn] [pid 1:tid 1] AH01146: Ignoring parameter 'max=1' for worker 'http://127.0.0.1:19121/' because of worker sharing",
    ],
  ])('%s', (_, line) => {
    expect(pair([`[${t(1)}] ${line}`]).rows).toEqual([]);
  });
});

test('debug lines tell fresh connections from reused ones', () => {
  const failure = (tid: number): string =>
    `[${t(2)}] [proxy_http:error] [pid 1:tid ${tid}] (104)Connection reset by peer: [client 1.2.3.4:5] AH01102: error reading status line from remote server 127.0.0.1:80`;
  const acquired = (tid: number): string =>
    `[${t(1)}] [proxy:debug] [pid 1:tid ${tid}] proxy_util.c(2531): AH00942: http: has acquired connection for (127.0.0.1:80)`;
  const made = (tid: number): string =>
    `[${t(1)}] [proxy:debug] [pid 1:tid ${tid}] proxy_util.c(3779): AH02824: http: connection established with 127.0.0.1:80 (127.0.0.1:80)`;
  const { table } = pair([acquired(1), made(1), failure(1), acquired(2), failure(2), failure(3)]);
  expect([0, 1, 2].map((row) => [table.has(row, fresh), table.has(row, reused)])).toEqual([
    [true, false],
    [false, true],
    [false, false],
  ]);
});

test('AH01170 names the balancer', () => {
  const { rows } = pair([
    `[${t(1)}] [proxy_balancer:error] [pid 1:tid 1] [client 1.2.3.4:5] AH01170: balancer://b2: All workers are in error state`,
  ]);
  expect(rows).toMatchObject([{ backend: 'balancer://b2', mode: 'connect' }]);
});

test.each([
  ['10.0.0.1:80', '80'],
  ['[::1]:8080', '8080'],
  ['::1', null],
  ['2001:db8::1', null],
  ['app', null],
  ['app:9000', '9000'],
])('the port of %s is %s', (name, port) => {
  expect(portOf(name)).toBe(port);
  expect(hasPort(name)).toBe(port !== null);
});
