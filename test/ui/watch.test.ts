import { expect, test } from 'vitest';
import { createWatch } from '../../src/ui/watch.ts';
import { tcpConnect } from './scripted/found.ts';

function watched(isTTY: boolean): { readonly written: string[]; readonly watch: ReturnType<typeof createWatch> } {
  const written: string[] = [];
  const stdout = { write: (text: string) => written.push(text) > 0, isTTY, columns: 60 } as unknown as NodeJS.WriteStream;
  return { written, watch: createWatch({ stdout, env: { LANG: 'C.UTF-8', NO_COLOR: '1' }, now: () => 0, needed: 3 }) };
}
const round = (outcome: string, summary: string) => ({
  id: 'e1',
  check: 'tcp-connect',
  side: 'proxy' as const,
  subject: '10.0.0.5:8080',
  key: 'k',
  startedAt: '2026-11-20T03:12:04',
  durationMs: 1,
  ...tcpConnect,
  outcome,
  summary,
});

test('on a terminal: what changes stays as a line, the strip lives below it', () => {
  const { written, watch } = watched(true);
  watch.working(null);
  watch.round(round('refused', '3 of 3 refused'), false);
  watch.round(round('refused', '3 of 3 refused'), false);
  watch.round(round('connected', 'all accepted'), true);
  watch.end('Good now.');
  const text = written.join('');
  const kept = text.split('\n').map((line) => line.split('\r\u001b[K').at(-1));
  expect(kept).toEqual([
    '[03:12:04] tcp-connect 10.0.0.5:8080 refused: 3 of 3 refused',
    '[03:12:04] tcp-connect 10.0.0.5:8080 connected: all accepted',
    '✗✗✓  round 3, good 1 of 3  all accepted',
    'Good now.',
    '',
  ]);
});

test('the strip holds the last results and never runs over the line', () => {
  const { written, watch } = watched(true);
  for (let index = 0; index < 200; index += 1)
    watch.round(round('refused', 'refused, and a summary that is much too long for this'), index % 7 === 0);
  expect(written.at(-1)?.replace('\r\u001b[K', '').length).toBe(59);
  expect(written.at(-1)).toMatch(/^\r\u001b\[K…[✗✓]{40} {2}round 200/);
});

test('without a terminal each round is a line, and nothing else is written', () => {
  const { written, watch } = watched(false);
  watch.working({ done: 1, total: 3, unit: 'attempts', text: '1 refused' });
  watch.round(round('refused', '3 of 3 \u001b[31mrefused'), false);
  watch.end(null);
  expect(written).toEqual(['[03:12:04] tcp-connect 10.0.0.5:8080 refused: 3 of 3 \\e[31mrefused\n']);
});
