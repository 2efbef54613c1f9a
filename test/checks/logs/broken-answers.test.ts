import { describe, expect, test } from 'vitest';
import { operationsThatBreak, type Second } from '../../../src/checks/logs/broken-answers.ts';
import { answerCut, logsOf, type Request } from './log-text.ts';
import { configOf, judge } from './run.ts';
import { randomOf } from './series.ts';

const start = Date.UTC(2026, 10, 22, 6);
const app = '192.0.2.2:9000';
const weights: readonly (readonly [path: string, weight: number])[] = [
  ['/index', 6],
  ['/items/{n}', 4],
  ['/report/{n}', 3],
];

/** One client, ten requests a second, none of which the log tells the duration of. */
function story(seed: number, count: number, breaks: (path: string, random: () => number) => boolean, ms = 4): Request[] {
  const random = randomOf(seed);
  let at = start;
  return Array.from({ length: count }, (_, i) => {
    at += 40 + random() * 120;
    let point = random() * 13;
    const [path] = weights.find(([, weight]) => (point -= weight) < 0) ?? ['/index'];
    const cut = breaks(path, random);
    return { at, path: path.replace('{n}', String(i)), client: '192.0.2.1', bytes: 5000, ms: cut ? ms : 3, ...(cut ? { error: answerCut(ms > 900 ? '(70007)The timeout specified has expired' : undefined) } : {}) };
  });
}

async function patternsOf(requests: readonly Request[]): Promise<readonly (readonly [path: string | null, failed: number])[]> {
  const { access } = await judge({ ...logsOf(requests, { format: 'combined' }), config: configOf([{ path: '/', backend: app }]), now: start + 600_000 });
  return (access?.patterns ?? []).map(({ path, failed }) => [path, failed] as const);
}

describe('answers that broke off, in a log without durations', () => {
  test('all answers of one operation, of one busy client', async () => {
    const requests = story(1, 90, (path) => path.startsWith('/report'));
    const broken = requests.filter(({ error }) => error).length;
    expect(await patternsOf(requests)).toEqual([['/report/{id}', broken]]);
  });

  test('after a time limit: the requests of so many seconds before', async () => {
    const requests = story(2, 150, (path) => path.startsWith('/report'), 2003);
    const patterns = await patternsOf(requests);
    expect(patterns[0]?.[0]).toBe('/report/{id}');
    expect(patterns[0]?.[1]).toBeGreaterThan(0.9 * requests.filter(({ error }) => error).length);
  });

  test('half of the answers of one operation, where there are enough of them', async () => {
    const requests = story(3, 900, (path, random) => path.startsWith('/report') && random() < 0.5);
    expect((await patternsOf(requests))[0]?.[0]).toBe('/report/{id}');
  });

  test('answers that break off whatever was asked for: no operation is accused in 60 logs', async () => {
    const accused: unknown[] = [];
    for (let seed = 100; seed < 160; seed++) accused.push(...(await patternsOf(story(seed, 150, (_path, random) => random() < 0.2))));
    expect(accused).toEqual([]);
  });
});

describe('seconds', () => {
  const second = (broken: number, asked: Record<string, number>): Second => ({ broken, asked: new Map(Object.entries(asked)) });
  const repeat = (times: number, ...some: readonly Second[]): Second[] => Array.from({ length: times }, () => some).flat();

  test('two operations together', () => {
    const seconds = repeat(8, second(3, { a: 2, b: 1, c: 7 }), second(1, { a: 0, b: 1, c: 9 }), second(0, { c: 10 }), second(4, { a: 4, c: 6 }));
    expect([...(operationsThatBreak(seconds) ?? [])].sort()).toEqual(['a', 'b']);
  });

  test('one operation only, or nothing but failures: nothing to tell apart', () => {
    expect(operationsThatBreak(repeat(20, second(1, { a: 2 })))).toBeNull();
    expect(operationsThatBreak(repeat(20, second(2, { a: 1, b: 1 })))).toBeNull();
  });

  test('the commonest operation is in every second, and that alone accuses it of nothing', () => {
    expect(operationsThatBreak(repeat(10, second(1, { a: 8, b: 2 }), second(2, { a: 9, b: 1 }), second(0, { a: 10 })))).toBeNull();
  });
});
