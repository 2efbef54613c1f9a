import { expect, it } from 'vitest';
import { accessTimes, ago, move, stretchAccessLog, stretchErrorLog } from './stretch.ts';

const start = new Date(2026, 10, 22, 12, 0, 0).getTime();
const hour = 3_600_000;
// Ten seconds become ten hours.
const segments = [{ begin: start, end: start + 10_000, from: start - 10 * hour, to: start }];
const clf = accessTimes[0] ?? String;
const two = (n: number): string => String(n).padStart(2, '0');

function marked(second: number, ms: number, durationUs: number, port: number): string {
  return `${start / 1000 + second}.${String(ms * 1000).padStart(6, '0')} ${durationUs} 77 127.0.1.1 ${port}|127.0.1.1 - - [${clf(new Date(start + second * 1000))}] "GET /a HTTP/1.1" 503 9`;
}
const error = (second: number, micros: string, tid: number, rest: string): string =>
  `[Sun Nov 22 12:00:${two(second)}.${micros} 2026] [proxy:error] [pid 77:tid ${tid}] ${rest}`;

it.each([
  ['30s', 30_000],
  ['90m', 5_400_000],
  ['26h', 26 * hour],
  ['2d', 48 * hour],
])('%s before now is %i ms', (text, ms) => {
  expect(ago(text)).toBe(ms);
});

it('what lies outside of every span keeps its distance to the nearest', () => {
  expect(move(start - 500, segments)).toBe(start - 10 * hour - 500);
  expect(move(start + 10_700, segments)).toBe(start + 700);
  expect(move(start + 5000, segments)).toBe(start - 5 * hour);
});

it('takes the mark out, moves the time and writes the lines in the order in which the requests ended', () => {
  // The first began first and lasted 1.5 s: stretched, the second begins long after it has ended.
  const { text } = stretchAccessLog(`${marked(1, 0, 40_000, 2)}\n${marked(0, 0, 1_500_000, 1)}\n`, segments);
  expect(text.split('\n').map((line) => /\[([^\]]+)\]/.exec(line)?.[1])).toEqual([
    clf(new Date(start - 10 * hour)),
    clf(new Date(start - 9 * hour)),
    undefined,
  ]);
  expect(text).not.toContain('|');
});

it('an error line stays as far from the start of its request as it was, also the one that names no client', () => {
  const { requests } = stretchAccessLog(`${marked(1, 0, 1_002_000, 40_001)}\n${marked(1, 500, 700_000, 40_002)}\n`, segments);
  const log = [
    error(
      2,
      '001000',
      5,
      '(70007)The timeout specified has expired: AH00957: http: attempt to connect to 192.0.2.2:9 (192.0.2.2:9) failed',
    ),
    error(2, '001050', 5, '[client 127.0.1.1:40001] AH01114: HTTP: failed to make connection to backend: 192.0.2.2'),
    error(2, '200000', 6, '[client 127.0.1.1:40002] AH00898: Error reading from remote server returned by /a'),
  ].join('\n');
  expect(
    stretchErrorLog(log, requests, segments, () => false)
      .trim()
      .split('\n')
      .map((line) => /^\[\w+ \w+ \d+ ([\d:.]+)/.exec(line)?.[1]),
    // 12:00:01 becomes 03:00:00, and the failures came 1.001 s and 0.7 s after their requests' starts (12:00:01.5 becomes 03:30).
  ).toEqual(['03:00:01.001000', '03:00:01.001050', '03:30:00.700000']);
});

it('leaves out what is dropped and refuses a time it does not know', () => {
  expect(stretchErrorLog(error(1, '000000', 5, 'AH00493: SIGUSR1'), [], segments, (line) => line.includes('AH00493'))).toBe('');
  expect(() => stretchAccessLog(`${start / 1000}.000000 10 77 127.0.1.1 1|GET without a time\n`, segments)).toThrow('no time');
});
