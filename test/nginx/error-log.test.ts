/** Every message of flows/nginx-upstream/messages.yaml by its own samples, and what stands around a message. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nginxLog } from '../../src/nginx/error-log/dialect.ts';
import { parseNginxLine } from '../../src/nginx/error-log/parse.ts';
import { messages } from '../../src/nginx/error-log/messages.generated.ts';
import { messageWords } from '../../src/nginx/error-log/words.generated.ts';
import { readMessages, tables } from '../../src/nginx/generate.ts';
import { knownFaults } from '../../src/nginx/versions/faults.generated.ts';
import { parseErrorLine } from '../../src/httpd/error-log/parse.ts';

const samples = Object.entries(readMessages()).flatMap(([key, message]) =>
  message.samples.map((sample) => ({ key, family: message.family, ...sample })),
);

test('the generated modules hold what the YAML says', () => {
  // If not: node src/nginx/generate.ts
  expect({ messages, words: messageWords, faults: knownFaults }).toEqual(tables());
});

test('every message has a sample, and none is there twice', () => {
  expect(Object.entries(readMessages()).filter(([, message]) => message.samples.length === 0)).toEqual([]);
  expect(new Set(samples.map((sample) => sample.line)).size).toBe(samples.length);
});

describe.each(samples)('$line', ({ key, family, line, errno, backend }) => {
  test('is read', () => {
    const entry = parseNginxLine(line);
    expect({
      key: entry?.message,
      family: entry?.family,
      errno: entry?.errno?.symbol ?? undefined,
      backend: entry?.backend ?? undefined,
    }).toEqual({
      key,
      family,
      errno,
      backend,
    });
  });

  test('is found by the search of bytes', () => expect(nginxLog.needles.words.some((word) => line.includes(word))).toBe(true));

  test('is none of httpd’s', () => expect(parseErrorLine(line)?.message ?? null).toBe(null));
});

const connect = samples.find((sample) => sample.key === 'connect-attempt-failed')?.line ?? '';

test('time, process, connection, client and path', () => {
  expect(parseNginxLine(connect)).toMatchObject({
    wallClock: Date.UTC(2026, 10, 22, 7, 44, 41),
    instant: null,
    level: 'error',
    pid: '123',
    tid: '45',
    client: { address: '198.51.100.7', port: null },
    path: '/items/1',
    text: 'connect() failed (111: Connection refused) while connecting to upstream',
  });
});

test.each([
  ['syslog', `<187>Nov 22 07:44:41 web1 nginx: ${connect}`],
  ['docker with a time', `2026-11-22T07:44:41.123456789Z ${connect}`],
  ['kubectl with a pod', `[pod/web-0/nginx] ${connect}`],
  ['a carriage return', `${connect}\r\n`],
])('behind %s', (_name, line) =>
  expect(parseNginxLine(line)).toMatchObject({ message: 'connect-attempt-failed', backend: '10.0.0.5:8080' }),
);

test.each([
  [
    'a file that is not there',
    '2026/11/22 07:44:41 [error] 7#7: *1 open() "/var/www/x" failed (2: No such file or directory), client: 198.51.100.7, server: _, request: "GET /x HTTP/1.1", host: "x"',
  ],
  [
    'an upstream’s line at a low level',
    '2026/11/22 07:44:41 [info] 7#7: *1 something about an upstream, client: 198.51.100.7, server: _, request: "GET / HTTP/1.1", upstream: "http://10.0.0.5:80/"',
  ],
  ['access log', '198.51.100.7 - - [22/Nov/2026:07:44:41 +0000] "GET / HTTP/1.1" 502 157 "-" "while connecting to upstream"'],
  ['nothing', ''],
])('none of ours: %s', (_name, line) => expect(parseNginxLine(line)).toBe(null));

test('a line about an upstream that is not known is one, without a message', () => {
  const line = connect.replace('connect() failed (111: Connection refused) while connecting to upstream', 'upstream did something new');
  expect(parseNginxLine(line)).toMatchObject({ message: null, family: null, path: '/items/1' });
});

describe('a client can not put words into nginx’s mouth', () => {
  const line = (request: string, host: string, referrer: string): string =>
    `2026/11/22 07:44:41 [error] 7#7: *1 connect() failed (111: Connection refused) while connecting to upstream, client: 198.51.100.7, server: _, request: "${request}", upstream: "http://10.0.0.5:8080/", host: "${host}", referrer: "${referrer}"`;

  test.each([
    ['request', line('GET /", upstream: "http://203.0.113.9:1/ HTTP/1.1', 'x', '')],
    ['referrer', line('GET / HTTP/1.1', 'x', '", upstream: "http://203.0.113.9:1/')],
    ['host', line('GET / HTTP/1.1', '", upstream: "http://203.0.113.9:1/', '')],
  ])('%s', (_name, text) => expect(parseNginxLine(text)?.backend).toBe('10.0.0.5:8080'));

  test('whatever path is asked for', () =>
    fc.assert(
      fc.property(fc.webPath(), (path) => {
        expect(parseNginxLine(line(`GET ${path === '' ? '/' : path} HTTP/1.1`, 'x', path))?.backend).toBe('10.0.0.5:8080');
      }),
    ));
});

test('never throws, and takes no long time over long lines', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseNginxLine(text)));
  fc.assert(
    fc.property(
      fc.string(),
      fc.integer({ min: 0, max: connect.length }),
      (text, at) => void parseNginxLine(connect.slice(0, at) + text + connect.slice(at)),
    ),
  );
  expect(parseNginxLine(`${connect.slice(0, 40)}upstream sent invalid header ${'x while '.repeat(8000)}`)?.message ?? null).toBe(null);
});
