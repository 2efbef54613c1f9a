/** Confidence is computed: mechanism seen or not, rivals refuted or standing, and what people put in the place of measurements. */
import { describe, expect, test } from 'vitest';
import { loadFlow } from '../../src/commands/load-flow.ts';
import { judge } from '../../src/diagnosis/confidence.ts';
import type { Declared } from '../../src/diagnosis/declared.ts';
import type { SignName } from '../../src/diagnosis/signs/all.ts';
import type { Sign } from '../../src/diagnosis/signs/sign.ts';
import { mechanisms, refutations } from './what-decides.ts';

const seen: Sign = { state: 'yes', text: 'it was seen', evidence: ['e1'] };
const given =
  (yes: readonly SignName[], unknown: readonly SignName[] = []) =>
  (name: SignName): Sign =>
    yes.includes(name) ? { ...seen, text: `${name} holds` } : { state: unknown.includes(name) ? 'unknown' : 'no', text: '', evidence: [] };
const unhindered = { overruled: false, answered: false };

const declared: Declared = {
  id: 'backend-not-running',
  title: '',
  summary: '',
  mechanism: [['refused-now', 'none-accepted-now'], ['not-listening']],
  rivals: { 'network-blocked': ['not-listening', 'rst-refuses'], 'backend-overloaded': ['log-every'] },
  for: ['refused-now', 'log-every'],
  against: ['connects-now'],
  decidedBy: [],
  remedies: [],
};

describe('confidence', () => {
  test.each<[string, readonly SignName[], string]>([
    ['nothing seen', [], 'possible'],
    ['half of a mechanism is none', ['refused-now'], 'possible'],
    ['half of a mechanism is none, however many rivals fall', ['refused-now', 'rst-refuses', 'log-every'], 'possible'],
    ['seen, and no rival refuted', ['refused-now', 'none-accepted-now'], 'likely'],
    ['seen, and one rival stands', ['refused-now', 'none-accepted-now', 'log-every'], 'likely'],
    ['seen, and each rival refuted by one of its signs', ['refused-now', 'none-accepted-now', 'log-every', 'rst-refuses'], 'confirmed'],
    ['another group shows it as well', ['not-listening', 'log-every'], 'confirmed'],
  ])('%s', (_name, yes, wanted) => expect(judge(declared, given(yes), unhindered).confidence).toBe(wanted));

  const all: readonly SignName[] = ['not-listening', 'log-every'];
  test.each([
    ['an answer in the place of a measurement', { overruled: false, answered: true }, all, 'likely'],
    ['an answer lifts nothing', { overruled: false, answered: true }, [], 'possible'],
    ['evidence overruled', { overruled: true, answered: false }, all, 'possible'],
    ['both', { overruled: true, answered: true }, all, 'possible'],
  ] as const)('%s', (_name, way, yes, wanted) => expect(judge(declared, given(yes), way).confidence).toBe(wanted));

  test('without a mechanism there is none to see', () =>
    expect(judge({ ...declared, mechanism: [] }, given(all), unhindered).confidence).toBe('possible'));
  test('an empty group shows nothing', () =>
    expect(judge({ ...declared, mechanism: [[]] }, given(all), unhindered).confidence).toBe('possible'));
});

describe('rivals', () => {
  const rivals = (yes: readonly SignName[], unknown: readonly SignName[] = []) => judge(declared, given(yes, unknown), unhindered).rivals;

  test('refuted, with what refutes it', () =>
    expect(rivals(['rst-refuses'])).toContainEqual({ id: 'network-blocked', state: 'refuted', because: 'rst-refuses holds' }));
  test('not tested, because what would refute it could not be checked', () =>
    expect(rivals([], ['not-listening'])).toContainEqual({
      id: 'network-blocked',
      state: 'not-tested',
      because: 'what would refute it could not be checked (not-listening)',
    }));
  test('not refuted by anything that was seen', () =>
    expect(rivals([])).toContainEqual({ id: 'backend-overloaded', state: 'not-tested', because: 'nothing that was seen refutes it' }));
});

test('for and against list what holds, with its evidence', () => {
  const judgement = judge(declared, given(['refused-now', 'connects-now'], ['log-every']), unhindered);
  expect(judgement.for).toEqual([{ text: 'refused-now holds', evidence: ['e1'] }]);
  expect(judgement.against).toEqual([{ text: 'connects-now holds', evidence: ['e1'] }]);
});

describe('the shipped diagnoses', () => {
  const shipped = loadFlow('mod-proxy-http').declared;
  const of = (id: string): Declared => {
    const entry = shipped[id];
    if (entry === undefined) throw new Error(`there is no diagnosis ${id}`);
    return entry;
  };
  const rows = (word: 'seen' | 'unseen') =>
    Object.entries(mechanisms).flatMap(([id, one]) => one[word].map((signs) => [id, signs.join(' and '), signs] as const));

  test('are all spoken of', () => expect(Object.keys(mechanisms).sort()).toEqual(Object.keys(shipped).sort()));
  test.each(rows('seen'))('%s is seen in: %s', (id, _words, signs) =>
    expect(judge(of(id), given(signs), unhindered).confidence).not.toBe('possible'),
  );
  test.each(rows('unseen'))('%s is not seen in: %s', (id, _words, signs) =>
    expect(judge(of(id), given(signs), unhindered).confidence).toBe('possible'),
  );
  test.each(refutations)('%s: %s is ruled out by %s: %s', (id, rival, sign) =>
    expect(judge(of(id), given([sign]), unhindered).rivals.find((one) => one.id === rival)?.state).toBe('refuted'),
  );

  test('no rival is ruled out by anything else', () => {
    const known = new Set(refutations.map(([id, rival, sign]) => `${id} ${rival} ${sign}`));
    const strange = Object.values(shipped)
      .flatMap(({ id, rivals }) => Object.entries(rivals).flatMap(([rival, signs]) => signs.map((sign) => `${id} ${rival} ${sign}`)))
      .filter((one) => !known.has(one));
    expect(strange).toEqual([]);
  });
});
