/** What is read from single lines, where the layouts' tests do not go. */
import { describe, expect, test } from 'vitest';
import { readAddress } from '../../../src/httpd/error-log/head.ts';
import { parseErrorLine } from '../../../src/httpd/error-log/parse.ts';

describe('addresses', () => {
  test.each([
    ['192.0.2.1:40398', true, '192.0.2.1', 40_398],
    ['192.0.2.1', true, '192.0.2.1', null],
    ['::1:39934', true, '::1', 39_934],
    ['2001:db8::1:40000', true, '2001:db8::1', 40_000],
    ['2001:db8:1:2:3:4:5:6:443', true, '2001:db8:1:2:3:4:5:6', 443],
    ['2001:db8::1:40000', false, '2001:db8::1:40000', null],
    ['::1', true, '::1', null],
    ['::', true, '::', null],
    ['fe80::1', true, 'fe80::1', null],
    ['[2001:db8::1]:8080', true, '2001:db8::1', 8080],
    ['[::1]', true, '::1', null],
    ['app.example:8080', true, 'app.example', 8080],
    ['app.example:99999', true, 'app.example:99999', null],
    ['app.example:http', true, 'app.example:http', null],
  ])('%s', (text, ported, address, port) => {
    expect(readAddress(text, ported)).toEqual({ address, port });
  });
});

describe('backends', () => {
  const at = '[Sat Nov 21 10:15:42.104233 2026] [proxy:error] [pid 7:tid 8]';
  test.each([
    ['AH00957: http: attempt to connect to 192.0.2.1:80 (app.example:80) failed', '192.0.2.1:80', 'app.example:80'],
    ['AH00957: http: attempt to connect to 192.0.2.1:80 (192.0.2.1:80) failed', '192.0.2.1:80', null],
    ['AH00957: HTTP: attempt to connect to 192.0.2.1:80 (*) failed', '192.0.2.1:80', null],
    ['AH00957: http: attempt to connect to [2001:db8::1]:80 (app.example:80) failed', '[2001:db8::1]:80', 'app.example:80'],
    ['AH02454: http: attempt to connect to Unix domain socket /run/app.sock (localhost:80) failed', 'unix:/run/app.sock', 'localhost:80'],
    ['AH00940: http: disabled connection for (app.example:80)', 'app.example:80', null],
    ['AH00898: DNS lookup failure for: app.exampleshop returned by /shop', 'app.exampleshop', null],
    ["AH01146: Ignoring parameter 'timeout=30' for worker 'http://192.0.2.1:8080/app' because of worker sharing", '192.0.2.1:8080', null],
    [
      "AH01146: Ignoring parameter 'timeout=30' for worker 'unix:/run/app.sock|http://app/' because of worker sharing",
      'unix:/run/app.sock',
      null,
    ],
    [
      '[remote 192.0.2.1:8443] AH00961: https: failed to enable ssl support for 192.0.2.1:8443 (app.example)',
      '192.0.2.1:8443',
      'app.example',
    ],
    ['AH01097: pass request body failed to 192.0.2.1:80 (app.example) from 203.0.113.7 ()', '192.0.2.1:80', 'app.example'],
  ])('%s', (text, backend, backendName) => {
    expect(parseErrorLine(`${at} ${text}`)).toMatchObject({ backend, backendName });
  });

  test('a client that only the message names is the client', () => {
    const entry = parseErrorLine(
      '[Sat Nov 21 10:15:42 2009] [error] proxy: pass request body failed to 192.0.2.1:80 (app) from 203.0.113.7 (pc7)',
    );
    expect(entry).toMatchObject({ message: 'pass-request-body-failed-from-client', client: { address: '203.0.113.7', port: null } });
  });

  test("the certificate that was refused is the backend's with [remote], the client's with [client]", () => {
    const line = (who: string): string =>
      `[Sat Nov 21 10:15:42.104233 2026] [ssl:error] [pid 7] [${who} 192.0.2.1:8443] AH02039: Certificate Verification: Error (18): self-signed certificate`;
    expect(parseErrorLine(line('remote'))).toMatchObject({ backend: '192.0.2.1:8443', client: null });
    expect(parseErrorLine(line('client'))).toMatchObject({ backend: null, client: { address: '192.0.2.1', port: 8443 } });
  });
});

describe('limits of this httpd', () => {
  test.each([
    '[Sat Nov 21 10:15:42.104233 2026] [core:error] [pid 7:tid 8] (24)Too many open files: AH00056: accept failed',
    '[Sat Nov 21 10:15:42.104233 2026] [mpm_event:error] [pid 7:tid 8] (23)Too many open files in system: AH00480: x',
    '[Sat Nov 21 10:15:42 2009] [error] (24)Too many open files: file permissions deny server access',
  ])('%s', (line) => {
    expect(parseErrorLine(line)).toMatchObject({ message: 'out-of-descriptors', family: 'capacity' });
  });

  test("other modules' trouble with files is theirs", () => {
    expect(parseErrorLine('[Sat Nov 21 10:15:42.104233 2026] [php:error] [pid 7] (24)Too many open files: PHP Warning: x')).toBeNull();
    expect(parseErrorLine('[Sat Nov 21 10:15:42.104233 2026] [core:error] [pid 7] (2)No such file or directory: AH00999: x')).toBeNull();
  });
});

describe('wordings of another release', () => {
  test('a known code with other words keeps its family', () => {
    expect(
      parseErrorLine('[Sat Nov 21 10:15:42 2026] [proxy_http:error] [pid 7] AH01102: could not read any status line from app:80'),
    ).toMatchObject({
      family: 'status-line-failed',
      message: 'status-line-not-read',
      backend: null,
    });
  });

  test('words after those that are known do not hide them', () => {
    expect(
      parseErrorLine(
        '[Sat Nov 21 10:15:42 2026] [proxy:error] [pid 7] AH00957: http: attempt to connect to 192.0.2.1:80 (app) failed (try 2 of 3)',
      ),
    ).toMatchObject({
      backend: '192.0.2.1:80',
      backendName: 'app',
    });
  });

  test('debug and trace lines say where they come from', () => {
    expect(
      parseErrorLine('[Sat Nov 21 10:15:42 2026] [proxy:debug] [pid 7] proxy_util.c(3779): AH00951: http: backend socket is disconnected.'),
    ).toMatchObject({ family: 'stale-keepalive' });
    expect(
      parseErrorLine('[Sat Nov 21 10:15:42 2026] [proxy:trace2] [pid 7] proxy_util.c(99): [client 203.0.113.7:4] anything'),
    ).toMatchObject({ family: 'trace', message: 'trace-line' });
  });
});
