import { describe, expect, it } from 'vitest';
import { judgeRun, judgeWorld } from './judge.ts';
import { judgeOffline } from './offline.ts';
import type { Verdict } from './tool.ts';
import { compareTraces } from './traces.ts';
import type { Expect } from './world.ts';

const verdict: Verdict = {
  id: 'backend-not-running',
  backend: '192.0.2.2:9000',
  confidence: 'confirmed',
  ongoing: true,
  summary: 'Nothing accepts on 192.0.2.2:9000.',
  pattern: null,
};
const errorLog = {
  check: 'error-log',
  status: 'ok',
  summary: '',
  data: { backends: [{ backend: '192.0.2.2:9000', frequency: 'every' }] },
};
const good: Expect = {
  first: 'backend-not-running',
  atLeast: 'confirmed',
  ongoing: true,
  backend: '{app}',
  frequency: 'every',
  pattern: 'none',
};
const fill = (text: string): string => text.replace('{app}', '192.0.2.2:9000');
const judged = (expectation: Expect, diagnoses: readonly Verdict[], exitCode = 0): string[] =>
  judgeRun(expectation, { exitCode, stderr: '', left: [], quietSeconds: 5, report: { diagnoses, evidence: [errorLog], changes: [] } }, fill);

it('has nothing to say of what is right', () => {
  expect(judged(good, [verdict])).toEqual([]);
  expect(judged({ first: 'undetermined' }, [{ ...verdict, id: 'undetermined', confidence: 'possible' }], 3)).toEqual([]);
});

it.each<[string, Expect, readonly Verdict[], number, RegExp]>([
  ['another diagnosis', { first: 'network-blocked' }, [verdict], 0, /first diagnosis backend-not-running/],
  ['too little confidence', good, [{ ...verdict, confidence: 'likely' }], 0, /not at least confirmed/],
  ['more confidence than anything can show', { ...good, atLeast: 'possible', atMost: 'likely' }, [verdict], 0, /at most likely/],
  ['an outage that is over', good, [{ ...verdict, ongoing: false }], 0, /ongoing false/],
  ['another backend', { ...good, backend: '192.0.2.3:1' }, [verdict], 0, /^backend 192/],
  ['another frequency', { ...good, frequency: 'clusters' }, [verdict], 0, /frequency every/],
  ['a pattern where there is none', good, [{ ...verdict, pattern: { method: 'POST', path: null } }], 0, /where there is none/],
  ['no pattern', { ...good, pattern: { path: '/a' } }, [verdict], 0, /no pattern/],
  ['a second, wrong diagnosis that is confirmed', good, [verdict, { ...verdict, id: 'backend-tls' }], 0, /backend-tls is confirmed/],
  ['a missing second one', { ...good, also: ['backend-tls'] }, [verdict], 0, /backend-tls is missing/],
  ['the wrong exit status', good, [verdict], 3, /exit status 3/],
  ['no diagnosis', good, [], 0, /without a diagnosis/],
])('complains of %s', (_, expectation, diagnoses, exitCode, complaint) => {
  expect(judged(expectation, diagnoses, exitCode).join('\n')).toMatch(complaint);
});

it('complains where there is no report', () => {
  expect(judgeRun(good, { exitCode: 1, stderr: 'it broke', left: ['a process was left behind: x'], quietSeconds: 5, report: null }, fill)).toEqual([
    'a process was left behind: x',
    'no report; exit status 1: it broke',
  ]);
});

it('complains of a world that is not what it claims', () => {
  const logged = { error: [{ has: 'AH00957', atLeast: 2 }], never: ['AH01102'], statuses: { 503: 2, 200: { max: 0 } } };
  expect(judgeWorld(logged, 'AH00957\nAH00957', { 503: 2 })).toEqual([]);
  expect(judgeWorld(logged, 'AH00957\nAH01102', { 503: 1, 200: 1 })).toHaveLength(4);
});

it('complains of what a run left in its world', () => {
  const before = {
    processes: new Map([[1, 'a']]),
    files: new Map([
      ['/x', '1'],
      ['/y', '1'],
    ]),
  };
  expect(compareTraces(before, before)).toEqual([]);
  const after = {
    processes: new Map([
      [1, 'a'],
      [2, 'tcpdump -i eth0'],
    ]),
    files: new Map([
      ['/x', '2'],
      ['/z', '1'],
    ]),
  };
  expect(compareTraces(before, after)).toEqual([
    'a process was left behind: tcpdump -i eth0',
    'a file was changed: /x',
    'a file was left behind: /z',
    'a file is gone: /y',
  ]);
});

describe('the same world from an archive', () => {
  const of = (...diagnoses: Verdict[]): Parameters<typeof judgeOffline>[1] => ({ report: { diagnoses, evidence: [], changes: [] }, stderr: 'it broke' });
  it('may be less sure', () => expect(judgeOffline(verdict, of({ ...verdict, confidence: 'possible', ongoing: null }), undefined)).toEqual([]));
  it('may end otherwise where only a live look tells, but not confidently', () => {
    expect(judgeOffline(verdict, of({ ...verdict, id: 'network-blocked', confidence: 'likely' }), 'who refuses')).toEqual([]);
    expect(judgeOffline(verdict, of({ ...verdict, id: 'network-blocked' }), 'who refuses').join()).toMatch(/confirmed, which nothing in it can show \(who refuses\)/);
  });
  it.each([
    ['another diagnosis', of({ ...verdict, id: 'network-blocked', confidence: 'possible' }), /from the bundle network-blocked/],
    ['another backend', of({ ...verdict, backend: '192.0.2.9:1' }), /192\.0\.2\.9:1/],
    ['none at all', of(), /no diagnosis from the bundle: it broke/],
    ['no report', { report: null, stderr: 'it broke' }, /it broke/],
  ])('complains of %s', (_, offline, complaint) => expect(judgeOffline(verdict, offline, undefined).join()).toMatch(complaint));
});

it('takes “nothing tells” for an outage whose clients went away, and only then', () => {
  const ran = (ongoing: boolean | null, quietSeconds: number): string[] =>
    judgeRun(good, { exitCode: 0, stderr: '', left: [], quietSeconds, report: { diagnoses: [{ ...verdict, ongoing }], evidence: [errorLog], changes: [] } }, fill);
  expect([ran(null, 90), ran(null, 30), ran(false, 90)].map((wrong) => wrong.length)).toEqual([0, 1, 1]);
});
