/** Which lines belong to one failure. */
import { describe, expect, test } from 'vitest';
import type { ErrorEntry } from '../../../src/httpd/error-log/entry.ts';
import { parseErrorLine } from '../../../src/httpd/error-log/parse.ts';
import { Failures, isSameFailure } from '../../../src/httpd/error-log/same-failure.ts';

function read(line: string): ErrorEntry {
  const entry = parseErrorLine(line);
  if (entry === null) throw new Error(`not ours: ${line}`);
  return entry;
}

const modern = (second: string, thread: string, text: string): ErrorEntry =>
  read(`[Sat Nov 21 10:15:${second} 2026] [proxy:error] [pid ${thread}] ${text}`);
const old = (second: string, text: string): ErrorEntry => read(`[Sat Nov 21 10:15:${second} 2009] [error] ${text}`);

const refused = '(111)Connection refused: AH00957: http: attempt to connect to 192.0.2.1:80 (app) failed';
const noConnection = '[client 203.0.113.7:4] AH01114: HTTP: failed to make connection to backend: app';
const noStatus =
  '(70007)The timeout specified has expired: [client 203.0.113.7:4] AH01102: error reading status line from remote server app:80';
const page = '[client 203.0.113.7:4] AH00898: Error reading from remote server returned by /a';

describe('isSameFailure', () => {
  test.each([
    ['a refused connect and its request', modern('01.1', '7:tid 8', refused), modern('01.2', '7:tid 8', noConnection), true],
    ['under prefork, without threads', modern('01.1', '7', refused), modern('01.2', '7', noConnection), true],
    ['another thread', modern('01.1', '7:tid 8', refused), modern('01.2', '7:tid 9', noConnection), false],
    ['another process', modern('01.1', '6:tid 8', refused), modern('01.2', '7:tid 8', noConnection), false],
    ['long after', modern('01.1', '7:tid 8', refused), modern('09.2', '7:tid 8', noConnection), false],
    ['the wrong way round', modern('01.1', '7:tid 8', noConnection), modern('01.2', '7:tid 8', refused), false],
    ['two of a kind', modern('01.1', '7:tid 8', refused), modern('01.2', '7:tid 8', refused), false],
    ['a missing answer and its page', modern('01.1', '7:tid 8', noStatus), modern('01.2', '7:tid 8', page), true],
    ['the page of another client', modern('01.1', '7:tid 8', noStatus), modern('01.2', '7:tid 8', page.replace('113.7', '113.9')), false],
    ['a connect and a page', modern('01.1', '7:tid 8', refused), modern('01.2', '7:tid 8', page), false],
    [
      '2.2, which names no process: the same second',
      old('42', '[client 203.0.113.7] proxy: error reading status line from remote server app'),
      old('42', '[client 203.0.113.7] proxy: Error reading from remote server returned by /a'),
      true,
    ],
    ['without any time', read(refused), read(noConnection.replace('[client 203.0.113.7:4] ', '')), true],
  ])('%s: %#', (_name, first, second, same) => {
    expect(isSameFailure(first, second)).toBe(same);
  });
});

describe('Failures', () => {
  test('threads are told apart, also when their lines are mixed', () => {
    const failures = new Failures<string>();
    expect(failures.add(modern('01.1', '7:tid 8', refused), 'a')).toBeNull();
    expect(failures.add(modern('01.1', '7:tid 9', refused), 'b')).toBeNull();
    expect(failures.add(modern('01.2', '7:tid 8', noConnection), 'c')?.first).toBe('a');
    expect(failures.add(modern('01.2', '7:tid 9', noConnection), 'd')?.first).toBe('b');
  });

  test('a third line joins through the first', () => {
    const failures = new Failures<number>();
    failures.add(modern('01.1', '7:tid 8', refused), 1);
    failures.add(modern('01.2', '7:tid 8', 'AH00959: ap_proxy_connect_backend disabling worker for (app) for 60s'), 2);
    expect(failures.add(modern('01.3', '7:tid 8', noConnection), 3)?.first).toBe(1);
  });

  test("a thread's next failure begins anew", () => {
    const failures = new Failures<number>();
    failures.add(modern('01.1', '7:tid 8', refused), 1);
    expect(failures.add(modern('01.2', '7:tid 8', refused), 2)).toBeNull();
    expect(failures.add(modern('01.3', '7:tid 8', noConnection), 3)?.first).toBe(2);
  });

  test('only the last thousand threads are remembered', () => {
    const failures = new Failures<number>();
    failures.add(modern('01.1', '1', refused), 1);
    for (let pid = 2; pid <= 1100; pid += 1) failures.add(modern('01.1', String(pid), refused), pid);
    expect(failures.add(modern('01.2', '1', noConnection), 0)).toBeNull();
    expect(failures.add(modern('01.2', '1100', noConnection), 0)?.first).toBe(1100);
  });
});
