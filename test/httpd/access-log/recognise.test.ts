import { describe, expect, test } from 'vitest';
import { recogniseFormat } from '../../../src/httpd/access-log/recognise.ts';
import { readLine } from './read.ts';

const t = (second: number): string => `[22/Nov/2026:06:34:${String(second).padStart(2, '0')} +0000]`;
const many = (line: (i: number) => string, count = 30): string[] => Array.from({ length: count }, (_, i) => line(i));

describe('the format is recognised from lines alone', () => {
  const table: readonly (readonly [string, string[], string])[] = [
    ['common', many((i) => `127.0.0.1 - - ${t(i)} "GET /a/${i} HTTP/1.1" 200 ${i * 10}`), '%h %l %u %t "%r" %>s %b'],
    [
      'combined',
      many((i) => `10.0.0.${i} - - ${t(i)} "GET / HTTP/1.1" 200 ${i} "https://a.example/" "curl/8.5 (x; y)"`),
      '%h %l %u %t "%r" %>s %b "%{-}n" "%{-}n"',
    ],
    [
      'vhost_combined',
      many((i) => `www.example.org:443 10.0.0.${i} - - ${t(i)} "GET / HTTP/1.1" 200 ${i} "-" "curl/8"`),
      '%v:%p %h %l %u %t "%r" %>s %b "%{-}n" "%{-}n"',
    ],
    [
      'combinedio',
      many((i) => `10.0.0.1 - - ${t(i)} "GET / HTTP/1.1" 200 ${i * 100} "-" "x" ${300 + i} ${i * 100 + 250}`),
      '%h %l %u %t "%r" %>s %b "%{-}n" "%{-}n" %I %O',
    ],
    [
      'combinedio and %D',
      many((i) => `10.0.0.1 - - ${t(i)} "GET / HTTP/1.1" 200 ${i * 100} "-" "x" ${300 + i} ${i * 100 + 250} ${1500 + i * 777}`),
      '%h %l %u %t "%r" %>s %b "%{-}n" "%{-}n" %I %O %D',
    ],
    [
      'combined and %D',
      many((i) => `10.0.0.1 - - ${t(i)} "GET / HTTP/1.1" 200 ${i} "-" "x" ${400 + i * 5000}`),
      '%h %l %u %t "%r" %>s %b "%{-}n" "%{-}n" %D',
    ],
    [
      'combined and %T',
      many((i) => `10.0.0.1 - - ${t(i)} "GET / HTTP/1.1" 200 ${i} "-" "x" ${i % 9 === 0 ? 60 : 0}`),
      '%h %l %u %t "%r" %>s %b "%{-}n" "%{-}n" %T',
    ],
    [
      'combined and %{ms}T',
      many((i) => `10.0.0.1 - - ${t(i)} "GET / HTTP/1.1" 200 ${i} "-" "x" ${(i * 37) % 211}`),
      '%h %l %u %t "%r" %>s %b "%{-}n" "%{-}n" %{ms}T',
    ],
    [
      'notes by name',
      many(
        (i) =>
          `127.0.0.1 - - ${t(i)} "GET / HTTP/1.1" 502 559 "-" ${2000 + i * 1000} k=${i % 3} X=${i % 2 ? '+' : '-'} n=${i % 2 ? '-' : '502'}`,
      ),
      '%h %l %u %t "%r" %>s %b "%{-}n" %D k=%k X=%X n=%{proxy-status}n',
    ],
    [
      'proxies in front',
      many((i) => `${i % 2 ? '-' : '203.0.113.9, 10.1.1.1'} 10.0.0.1 - - ${t(i)} "GET / HTTP/1.1" 200 ${i}`),
      '%{X-Forwarded-For}i %h %l %u %t "%r" %>s %b',
    ],
    [
      'a time of its own',
      many((i) => `2026-11-22T06:34:${10 + i}.123+00:00 10.0.0.1 "GET /x HTTP/1.1" 503 ${i} ${900 + i * 4000}`),
      '%{%Y-%m-%dT%H:%M:%S}t.%{msec_frac}t%{%z}t %h "%r" %>s %b %D',
    ],
    [
      'JSON-like',
      many(
        (i) =>
          `{ "time":"${t(i)}", "remoteIP":"10.0.0.${i}", "host":"a.example", "request":"/index", "query":"", "method":"GET", "status":"502", "userAgent":"x", "usec":${i * 1000 + 500} }`,
      ),
      '{ "time":"%t", "remoteIP":"%h", "host":"%v", "request":"%U", "query":"%q", "method":"%m", "status":"%>s", "userAgent":"%{-}n", "usec":%D }',
    ],
    [
      'JSON-like, nested, ISO time, duration in seconds',
      many(
        (i) =>
          `{"@timestamp":"2026-11-22T06:34:${10 + i}+0000","http":{"request":{"method":"GET"},"response":{"status_code":502,"bytes":${i}}},"url":{"path":"/x"},"client":{"ip":"10.0.0.1"},"duration":0.0${i + 10}}`,
      ),
      '{"@timestamp":"%{%Y-%m-%dT%H:%M:%S}t%{%z}t","http":{"request":{"method":"%m"},"response":{"status_code":%>s,"bytes":%B}},"url":{"path":"%U"},"client":{"ip":"%h"},"duration":%T}',
    ],
  ];
  test.each(table)('%s', (_, lines, expected) => {
    expect(recogniseFormat(lines)?.source).toBe(expected);
  });

  test('a few odd lines do not mislead', () => {
    const lines = many((i) => `10.0.0.1 - - ${t(i)} "GET / HTTP/1.1" 200 ${i}`);
    const odd = [
      String.raw`10.0.0.9 - - [22/Nov/2026:06:34:40 +0000] "\x16\x03\x01" 400 226`,
      'rubbish',
      '10.0.0.9 - a b [22/Nov/2026:06:34:40 +0000] "-" 408 -',
    ];
    expect(recogniseFormat([...odd, ...lines])?.source).toBe('%h %l %u %t "%r" %>s %b');
  });

  test('a single line is enough for a plain format', () => {
    expect(recogniseFormat([`10.0.0.1 - - ${t(1)} "GET / HTTP/1.1" 200 5 "-" "curl/8"`])?.source).toBe(
      '%h %l %u %t "%r" %>s %b "%{-}n" "%{-}n"',
    );
  });

  test.each([
    [
      'an error log',
      many(
        (i) =>
          `[Sun Nov 22 06:41:05.77605${i % 10} 2026] [proxy:error] [pid 1] (111)Connection refused: AH00957: http: attempt to connect to 1.2.3.4:80 (x) failed`,
      ),
    ],
    ['prose', ['to be or not to be', 'that is the question']],
    ['nothing', []],
    ['a log without a status', many((i) => `10.0.0.1 ${t(i)} hello`)],
  ])('%s is no access log', (_, lines) => {
    expect(recogniseFormat(lines as string[])).toBeNull();
  });
});

test('what was recognised reads the lines it was recognised from', () => {
  const line = `10.0.0.1 - - ${t(9)} "POST /upload/17 HTTP/1.1" 504 469 "-" "x y" 2020235`;
  const format = recogniseFormat([line]);
  expect(readLine(format?.source ?? '', line)).toMatchObject({
    method: 'POST',
    path: '/upload/17',
    status: 504,
    bytes: 469,
    durationMs: 2020.235,
  });
});
