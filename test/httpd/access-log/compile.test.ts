import { describe, expect, test } from 'vitest';
import { readLine } from './read.ts';

const at = Date.UTC(2026, 10, 22, 6, 34, 39);

describe('a line in a named format gives its fields', () => {
  const table: readonly (readonly [string, string, string, Record<string, unknown>])[] = [
    [
      'common',
      'common',
      '127.0.0.1 - - [22/Nov/2026:06:34:39 +0000] "GET /close_now/b HTTP/1.1" 502 0',
      {
        start: at,
        method: 'GET',
        path: '/close_now/b',
        query: null,
        status: 502,
        bytes: 0,
        client: '127.0.0.1',
        durationMs: null,
        end: null,
      },
    ],
    [
      'a dash for no bytes',
      'common',
      '::1 - - [22/Nov/2026:06:34:39 +0000] "HEAD / HTTP/1.0" 200 -',
      { bytes: 0, client: '::1', method: 'HEAD' },
    ],
    ['the zone is taken off', 'common', '10.0.0.1 - - [22/Nov/2026:08:04:39 +0130] "GET / HTTP/1.1" 200 5', { start: at }],
    [
      'combined with %D',
      '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %D',
      '10.0.0.1 - - [22/Nov/2026:06:34:39 +0000] "GET /a?b=1 HTTP/1.1" 502 559 "-" "curl/8" 2002954',
      { path: '/a', query: '?b=1', durationMs: 2002.954, end: at + 2002.954 },
    ],
    [
      'quotes in the user agent are escaped by httpd',
      '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %D',
      String.raw`10.0.0.1 - - [22/Nov/2026:06:34:39 +0000] "GET / HTTP/1.1" 200 5 "-" "a \"b\" 7 \\" 1000`,
      { durationMs: 1, bytes: 5 },
    ],
    [
      'vhost_combined',
      'vhost_combined',
      'www.example.org:443 10.0.0.1 - - [22/Nov/2026:06:34:39 +0000] "GET / HTTP/1.1" 502 559 "-" "curl/8"',
      { vhost: 'www.example.org', port: 443, client: '10.0.0.1', bytes: 559 },
    ],
    [
      'combinedio',
      'combinedio',
      '10.0.0.1 - joe [22/Nov/2026:06:34:39 +0000] "POST /u HTTP/1.1" 200 12 "-" "x" 4711 345',
      { received: 4711, bytes: 12, method: 'POST' },
    ],
    [
      'a user name with blanks',
      'combined',
      '10.0.0.1 - john q public [22/Nov/2026:06:34:39 +0000] "GET / HTTP/1.1" 401 12 "-" "x"',
      { status: 401, client: '10.0.0.1' },
    ],
    [
      'a list of proxies in front, with blanks',
      '%{X-Forwarded-For}i %h %l %u %t "%r" %>s %b',
      '203.0.113.9, 10.1.1.1, 10.1.1.2 10.0.0.1 - - [22/Nov/2026:06:34:39 +0000] "GET / HTTP/1.1" 200 1',
      { forwardedFor: '203.0.113.9', client: '10.0.0.1' },
    ],
    [
      'keepalive, connection and note of the proxy',
      '%h %l %u %t "%r" %>s %b "%{Referer}i" %D k=%k X=%X n=%{proxy-status}n',
      '127.0.0.1 - - [22/Nov/2026:06:34:39 +0000] "GET /race/d HTTP/1.1" 502 0 "-" 353 k=3 X=- n=-',
      { keepalives: 3, connection: '-', proxyStatus: 'none', durationMs: 0.353 },
    ],
    [
      'the application sent the status itself',
      '%h %t "%r" %>s X=%X n=%{proxy-status}n',
      '127.0.0.1 [22/Nov/2026:06:34:39 +0000] "GET /app502/a HTTP/1.1" 502 X=+ n=502',
      { proxyStatus: 502, connection: '+' },
    ],
    ['%T is seconds', '%h %t "%r" %>s %T', '1.2.3.4 [22/Nov/2026:06:34:39 +0000] "GET / HTTP/1.1" 200 7', { durationMs: 7000 }],
    ['%{ms}T', '%h %t "%r" %>s %{ms}T', '1.2.3.4 [22/Nov/2026:06:34:39 +0000] "GET / HTTP/1.1" 200 7', { durationMs: 7 }],
    ['%{us}T', '%h %t "%r" %>s %{us}T', '1.2.3.4 [22/Nov/2026:06:34:39 +0000] "GET / HTTP/1.1" 200 7000', { durationMs: 7 }],
    [
      'of two durations the finer one counts',
      '%t "%r" %>s %T/%D',
      '[22/Nov/2026:06:34:39 +0000] "GET / HTTP/1.1" 200 2/2002954',
      { durationMs: 2002.954 },
    ],
    ['%{sec}t', '%{sec}t %s', `${at / 1000} 200`, { start: at, status: 200 }],
    ['%{msec}t', '%{msec}t %s', `${at + 17} 200`, { start: at + 17 }],
    ['%{usec}t', '%{usec}t %s', `${at + 17}250 200`, { start: at + 17.25 }],
    ['strftime with a zone', '%{%Y-%m-%dT%H:%M:%S%z}t %>s', '2026-11-22T07:34:39+0100 502', { start: at }],
    ['strftime without a zone has the zone of the machine', '%{%F %T}t %>s', '2026-11-22 08:34:39 502', { start: at }],
    [
      'a moment over several directives',
      '%{%d/%b/%Y:%T}t.%{usec_frac}t %{%z}t %>s',
      '22/Nov/2026:06:34:39.250000 +0000 502',
      { start: at + 250 },
    ],
    ['%{end:msec}t with %D: the start follows', '%{end:msec}t %D %>s', `${at + 2000} 2000000 502`, { start: at, durationMs: 2000 }],
    ['begin and end: the duration follows', '%{begin:msec}t %{end:msec}t %>s', `${at} ${at + 1500} 502`, { start: at, durationMs: 1500 }],
    ['%{end}t', '%{end}t %>s', '[22/Nov/2026:06:34:39 +0000] 502', { start: at }],
    [
      '%U%q',
      '%m "%U%q" %H %>s %t',
      'GET "/a b/c?x=1" HTTP/1.1 200 [22/Nov/2026:06:34:39 +0000]',
      { path: '/a b/c', query: '?x=1', method: 'GET' },
    ],
    ['%U without a query', '%m %U%q %H %>s', 'GET /a HTTP/1.1 200', { path: '/a', query: null }],
    [
      'fields for some statuses only',
      '%h %t "%r" %>s %!200,304{Referer}i %400,501{User-Agent}i %b',
      '1.2.3.4 [22/Nov/2026:06:34:39 +0000] "GET / HTTP/1.1" 502 http://a.example/x - 5',
      { bytes: 5 },
    ],
    ['first and last status', '%<s %>s %s', '302 502 302', { status: 502 }],
    ['only the first status is there', '%h %s', '1.2.3.4 408', { status: 408 }],
    ['%a with the peer beside it', '%a %{c}a %>s', '203.0.113.9 10.0.0.9 502', { client: '203.0.113.9' }],
    ['IPv6 with its port', '%h:%{remote}p %>s', '2001:db8::1:40000 502', { client: '2001:db8::1' }],
    [
      'error id and member',
      '%L %{BALANCER_WORKER_NAME}e %>s',
      'Y9D7wne0KDk http://10.0.0.5:8080 502',
      { errorId: 'Y9D7wne0KDk', worker: 'http://10.0.0.5:8080' },
    ],
    ['a per cent sign', '%h %% %>s', '1.2.3.4 % 502', { status: 502 }],
    ['escapes copied from the configuration file', String.raw`%h \"%r\" %>s`, '1.2.3.4 "GET /x HTTP/1.1" 502', { path: '/x' }],
    ['tabs', String.raw`%h\t%>s\t%b`, '1.2.3.4\t502\t7', { status: 502, bytes: 7 }],
    [
      'ssl variables and headers that are not kept',
      '%h %{SSL_PROTOCOL}x %{Host}i %{Foo}o %{Bar}C %>s',
      '1.2.3.4 TLSv1.3 a.example - baz 502',
      { status: 502 },
    ],
    ['time to first byte, size with headers', '%h %^FB %S %>s', '1.2.3.4 1234 999 502', { status: 502 }],
    [
      'JSON-like',
      '{ "time":"%t", "remoteIP":"%a", "host":"%V", "request":"%U", "query":"%q", "method":"%m", "status":"%>s", "userAgent":"%{User-agent}i" }',
      String.raw`{ "time":"[22/Nov/2026:06:34:39 +0000]", "remoteIP":"10.0.0.1", "host":"a.example", "request":"/x", "query":"?a=1", "method":"GET", "status":"502", "userAgent":"q\"q" }`,
      { start: at, client: '10.0.0.1', vhost: 'a.example', path: '/x', method: 'GET', status: 502 },
    ],
    ['CRLF', 'common', '1.2.3.4 - - [22/Nov/2026:06:34:39 +0000] "GET / HTTP/1.1" 200 5\r', { bytes: 5 }],
    ['no request line arrived', 'common', '1.2.3.4 - - [22/Nov/2026:06:34:39 +0000] "-" 408 -', { status: 408, method: null, path: null }],
    [
      'the bytes of a TLS hello',
      'common',
      String.raw`1.2.3.4 - - [22/Nov/2026:06:34:39 +0000] "\x16\x03\x01" 400 226`,
      { status: 400, method: null, path: null },
    ],
    [
      'escaped bytes are read as UTF-8',
      'common',
      String.raw`1.2.3.4 - - [22/Nov/2026:06:34:39 +0000] "GET /caf\xc3\xa9 HTTP/1.1" 200 1`,
      { path: '/café' },
    ],
    ['HTTP/2', 'common', '1.2.3.4 - - [22/Nov/2026:06:34:39 +0000] "GET /a HTTP/2.0" 200 1', { path: '/a' }],
    ['a blank in the target', 'common', '1.2.3.4 - - [22/Nov/2026:06:34:39 +0000] "GET /a b HTTP/1.1" 400 1', { path: '/a b' }],
  ];
  test.each(table)('%s', (_, format, line, expected) => {
    expect(readLine(format, line, 120)).toMatchObject(expected);
  });
});

describe('a line of another format is not read', () => {
  test.each([
    ['too few fields', 'combined', '1.2.3.4 - - [22/Nov/2026:06:34:39 +0000] "GET / HTTP/1.1" 200 5'],
    ['too many fields', 'common', '1.2.3.4 - - [22/Nov/2026:06:34:39 +0000] "GET / HTTP/1.1" 200 5 "-"'],
    [
      'no number where one stands',
      '%h %t "%r" %>s %b "%{Referer}i" %D',
      '1.2.3.4 [22/Nov/2026:06:34:39 +0000] "GET / HTTP/1.1" 200 5 "-" x',
    ],
    ['no month', 'common', '1.2.3.4 - - [22/Foo/2026:06:34:39 +0000] "GET / HTTP/1.1" 200 5'],
    ['an error log', 'common', '[Sun Nov 22 06:41:05.776055 2026] [proxy:error] [pid 16947] AH01114: x'],
    ['an empty line', 'common', ''],
    ['cut in the middle', 'common', '1.2.3.4 - - [22/Nov/2026:06:34:3'],
  ])('%s', (_, format, line) => {
    expect(readLine(format, line)).toBeNull();
  });
});
