/** `explain` over lines of nginx, alone and among those of httpd. */
import { describe, expect, test } from 'vitest';
import { explainLines } from '../../src/commands/explain.ts';
import type { Explanation } from '../../src/httpd/error-log/explain.ts';
import { readMessages } from '../../src/nginx/generate.ts';

async function explained(lines: readonly string[]): Promise<readonly Explanation[]> {
  let text = '';
  await explainLines(lines, { json: true, columns: 80, color: false, sayOthers: true, out: (part) => void (text += part) });
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Explanation);
}

const messages = Object.entries(readMessages()).flatMap(([key, { meaning, samples }]) =>
  samples.map(({ line }) => ({ key, meaning, line })),
);

describe.each(messages)('$line', ({ key, meaning, line }) => {
  test('is explained', async () => {
    const [found] = await explained([line]);
    expect(found).toMatchObject({ recognised: true, message: key });
    expect(found?.meaning.startsWith(meaning)).toBe(true);
  });
});

test('what the number says comes with it, and the causes for it first', async () => {
  const [found] = await explained([
    '2026/11/22 07:44:41 [error] 1#1: *5 connect() failed (111: Connection refused) while connecting to upstream, client: 198.51.100.7, server: _, request: "GET /a HTTP/1.1", upstream: "http://10.0.0.5:8080/a", host: "x"',
  ]);
  expect(found).toMatchObject({
    family: 'connect-failed',
    errno: 'ECONNREFUSED',
    backend: '10.0.0.5:8080',
    client: '198.51.100.7',
    path: '/a',
    time: '2026-11-22T07:44:41',
    causes: ['backend-not-running', 'network-blocked', 'backend-overloaded'],
    meaning: expect.stringMatching(/nothing accepts on that port/) as string,
  });
});

test('lines of both servers in one stream', async () => {
  const found = await explained([
    '[Sat Nov 21 10:15:42.104233 2026] [proxy:error] [pid 40:tid 41] (111)Connection refused: AH00957: http: attempt to connect to 192.0.2.11:8080 (app.example:8080) failed',
    '2026/11/22 07:44:41 [error] 1#1: *5 no live upstreams while connecting to upstream, client: 198.51.100.7, server: _, request: "GET / HTTP/1.1", upstream: "http://app/", host: "x"',
    '2026/11/22 07:44:41 [error] 1#1: *6 open() "/srv/x" failed (2: No such file or directory), client: 198.51.100.7, server: _, request: "GET /x HTTP/1.1", host: "x"',
  ]);
  expect(found.map(({ recognised, family }) => [recognised, family])).toEqual([
    [true, 'connect-failed'],
    [true, 'worker-disabled'],
    [false, null],
  ]);
});
