import { expect, test } from 'vitest';
import { parseErrorLine } from '../../../src/httpd/error-log/parse.ts';

test('2.4 prints the errno before the client, 2.2 after it', () => {
  const new24 = parseErrorLine(
    '[Sat Nov 21 10:00:00.000001 2026] [proxy_http:error] [pid 7:tid 8] (70007)The timeout specified has expired: [client 192.0.2.9:4001] AH01102: error reading status line from remote server app:8080, referer: http://site.example/',
  );
  const old22 = parseErrorLine(
    '[Sat Nov 21 10:00:00 2026] [error] [client 192.0.2.9] (70007)The timeout specified has expired: proxy: error reading status line from remote server app, referer: http://site.example/',
  );
  expect(new24).toMatchObject({
    family: 'status-line-failed',
    code: 'AH01102',
    errno: { number: 70007, symbol: 'APR_TIMEUP' },
    backend: 'app:8080',
    client: { address: '192.0.2.9', port: 4001 },
    pid: '7',
    tid: '8',
    referer: 'http://site.example/',
    wallClock: Date.UTC(2026, 10, 21, 10) + 0.001,
  });
  expect(old22).toMatchObject({
    family: 'status-line-failed',
    code: null,
    errno: { symbol: 'APR_TIMEUP' },
    backend: 'app',
    client: { address: '192.0.2.9', port: null },
    referer: 'http://site.example/',
  });
});
