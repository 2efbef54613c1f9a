import { expect, it } from 'vitest';
import { longestChain, type Timed } from './longest-chain.ts';

const span = (subject: string | null, from: number, to: number): Timed => ({
  subject,
  startedAt: new Date(from).toISOString(),
  durationMs: to - from,
});

it.each<[string, readonly Timed[], number]>([
  ['nothing', [], 0],
  ['one after the other', [span(null, 0, 100), span('a', 100, 400)], 400],
  ['side by side: the longer one', [span(null, 0, 100), span(null, 0, 300), span('a', 300, 400)], 400],
  ['what ran beside the chain is no part of it', [span(null, 0, 100), span(null, 50, 150), span('a', 100, 400)], 400],
  ['waiting in between is not counted', [span(null, 0, 100), span('a', 500, 600)], 200],
  ['of two suspects the longer one', [span(null, 0, 100), span('a', 100, 400), span('b', 400, 900)], 600],
])('%s', (_, evidence, ms) => expect(longestChain(evidence)).toBe(ms));
