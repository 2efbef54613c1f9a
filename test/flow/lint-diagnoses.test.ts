import { describe, expect, test } from 'vitest';
import { readDocument } from '../../src/flow/document.ts';
import { lintDiagnoses, type DiagnosisRules, type SignKnowledge } from '../../src/flow/lint-diagnoses.ts';
import { smallFlow } from './small-flow.ts';

const signs: SignKnowledge = {
  names: ['refused', 'log-every', 'toggled', 'captured', 'rash', 'denying'],
  checksOf: (sign) =>
    ({ refused: ['tcp-connect'], 'log-every': ['error-log'], toggled: ['keepalive-toggle'], captured: ['packet-capture'] })[sign] ?? [],
  fromNothing: (sign) => (sign === 'rash' ? 'yes' : sign === 'denying' ? 'no' : 'unknown'),
};

const none: DiagnosisRules = { mechanism: [], rivals: {}, for: [], against: [], decidedBy: [] };
const sound: Readonly<Record<string, DiagnosisRules>> = {
  'backend-not-running': {
    ...none,
    mechanism: [['refused'], ['log-every', 'refused']],
    rivals: { 'backend-overloaded': ['log-every'] },
    decidedBy: ['tcp-connect'],
  },
  'backend-overloaded': none,
  'keepalive-race': { ...none, mechanism: [['toggled']] },
  undetermined: none,
  'no-proxy-errors': none,
};

function found(change: Readonly<Record<string, DiagnosisRules>>): string[] {
  const source = readDocument('backend-not-running:\n  mechanism:\n    - [refused]\n', 'd.yaml', { bytes: 1000 });
  const checks = ['error-log', 'tcp-connect', 'keepalive-toggle', 'packet-capture'];
  return lintDiagnoses({ flow: smallFlow(), rules: { ...sound, ...change }, signs, checks, source }).map(
    (problem) => `${problem.severity} ${problem.kind}: ${problem.message}`,
  );
}

const changed = (more: Partial<DiagnosisRules>): string[] => found({ 'backend-not-running': { ...none, ...more } });

test('sound diagnoses are clean', () => expect(found({})).toEqual([]));

describe('what would make a diagnosis surer than its evidence', () => {
  test.each<[string, Partial<DiagnosisRules>, string]>([
    [
      'a mechanism that holds when nothing could be checked',
      { mechanism: [['refused'], ['rash']] },
      'error from-nothing: rash is decided although no check could be carried out, so backend-not-running could be confirmed on a skipped check',
    ],
    [
      'a rival refuted by what could not be checked',
      { rivals: { 'backend-overloaded': ['rash'] } },
      'error from-nothing: rash is decided although',
    ],
    ['a sign that denies what could not be checked', { against: ['denying'] }, 'error from-nothing: denying is decided although'],
    [
      'a mechanism that no way can show',
      { mechanism: [['captured']] },
      'warning unseen-mechanism: this way to see the mechanism of backend-not-running needs the check packet-capture',
    ],
    [
      'a mechanism that only another way can show',
      { mechanism: [['refused', 'toggled']] },
      'warning unseen-mechanism: this way to see the mechanism of backend-not-running needs the check keepalive-toggle',
    ],
    ['a sign that is not there', { mechanism: [['refusd']] }, 'error unknown-sign: there is no sign refusd'],
    [
      'a rival that is not there',
      { rivals: { 'backend-overload': ['refused'] } },
      'error unknown-diagnosis: there is no diagnosis backend-overload',
    ],
    [
      'a diagnosis that is its own rival',
      { rivals: { 'backend-not-running': ['refused'] } },
      'error own-rival: backend-not-running is its own rival',
    ],
    ['a check that is not there', { decidedBy: ['tcp-conect'] }, 'error unknown-check: there is no check tcp-conect'],
  ])('%s', (_name, more, wanted) => expect(changed(more).map((one) => one.slice(0, wanted.length))).toEqual([wanted]));
});

test('a diagnosis that the flow never comes to', () =>
  expect(found({ 'backend-tls': none })).toEqual(['warning unused-diagnosis: the flow never comes to backend-tls']));
