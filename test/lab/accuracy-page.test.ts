import { expect, it } from 'vitest';
import { accuracyPage, gradeHandicapped, type Grade } from './accuracy-page.ts';
import type { Verdict } from './tool.ts';
import { worldNamed } from './worlds/index.ts';

const verdict = (id: string, confidence: Verdict['confidence']): Verdict => ({
  id,
  confidence,
  backend: null,
  ongoing: true,
  summary: '',
  pattern: null,
});
const ran = (id: string, confidence: Verdict['confidence']) => ({
  exitCode: 0,
  seconds: 1.25,
  report: { diagnoses: [verdict(id, confidence)], evidence: [], changes: [] },
});

// Its first run has a vantage and is network-blocked; without one backend-not-running is a fair guess.
const blocked = { ...worldNamed('bound-to-loopback'), runs: worldNamed('bound-to-loopback').runs.toReversed() as never };

it.each<[string, Verdict['confidence'], Grade]>([
  ['network-blocked', 'confirmed', 'right'],
  ['network-blocked', 'possible', 'right'],
  ['undetermined', 'possible', 'unsure'],
  ['backend-tls', 'possible', 'unsure'],
  ['backend-not-running', 'likely', 'right'],
  ['backend-not-running', 'confirmed', 'wrong'],
  ['backend-tls', 'likely', 'wrong'],
])('%s as %s is %s', (id, confidence, grade) => {
  expect(gradeHandicapped(blocked, ran(id, confidence))).toBe(grade);
});

it.each<[Verdict['confidence'], Grade]>([
  ['likely', 'right'],
  ['confirmed', 'wrong'],
])('what a world says it looks like, as %s, is %s', (confidence, grade) => {
  expect(gradeHandicapped(worldNamed('own-filter-refuses'), ran('backend-not-running', confidence))).toBe(grade);
});

it('no report is wrong', () => {
  expect(gradeHandicapped(blocked, { report: null })).toBe('wrong');
});

it('the page says what was wrong, and how often it was right', () => {
  const expected = { first: 'network-blocked' } as const;
  const page = accuracyPage(
    [blocked],
    [
      { world: 'w', run: 'as it is', expected, ran: ran('network-blocked', 'likely'), wrong: [] },
      { world: 'w', run: 'as it is', expected, ran: ran('backend-tls', 'likely'), wrong: ['first diagnosis backend-tls'] },
    ],
    [{ world: 'w', handicap: 'no access log', ran: ran('backend-tls', 'likely'), grade: 'wrong' }],
  );
  expect(page).toContain('1 of 2 runs as expected (50 %)');
  expect(page).toContain('| w | as it is | network-blocked | network-blocked, backend-tls | likely | **1 of 2** | 1.3 s |');
  expect(page).toContain('- w, as it is: first diagnosis backend-tls');
  expect(page).toContain('| no access log | 0 | 0 | 1 |');
  expect(page).toContain('- w, no access log: backend-tls likely');
});
