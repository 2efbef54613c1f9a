/** A small flow with every kind of step, for trying the wizard without a proxy. */
import type { CheckStep, Flow, Route, Step } from '../../../src/engine/flow.ts';

const open = (to: string): Record<string, Route> => ({
  skipped: { to, label: 'It was left out' },
  failed: { to, label: 'The check failed' },
  'timed-out': { to, label: 'The check took too long' },
});

function check(
  id: string,
  part: CheckStep['part'],
  scope: CheckStep['scope'],
  words: Pick<Step, 'short'> & { readonly title: string; readonly why: string },
  routes: Record<string, Route>,
  unchecked: string,
): CheckStep {
  return {
    kind: 'check',
    id,
    part,
    scope,
    check: id,
    with: {},
    covers: [],
    byHand: { commands: [`${id} --by-hand`], reading: 'The first word of its output is the answer.' },
    routes: { ...routes, ...open(unchecked) },
    ...words,
  };
}

const steps: readonly Step[] = [
  check(
    'error-log',
    'triage',
    'case',
    {
      short: 'log',
      title: 'What does the error log say?',
      why: 'The messages of mod_proxy tell whether the proxy fails to connect, or loses connections that it has. Everything else follows from that.',
    },
    {
      failures: { to: 'frequency', label: 'There are failures of this kind' },
      'no-failures': { to: 'nothing', label: 'No failures of this kind' },
      'not-covered': { to: 'unknown', label: 'The log does not cover the time in question' },
    },
    'unknown',
  ),
  {
    kind: 'decide',
    id: 'frequency',
    part: 'triage',
    short: 'how often',
    title: 'How often do requests fail?',
    why: 'If every request fails, nothing accepts on the backend or something blocks the way. Clusters mean more requests than it can accept; single failures without a pattern may be signs of failing hardware.',
    covers: [],
    classifier: 'frequency',
    reads: ['error-log'],
    routes: {
      every: { to: 'examine', label: 'Every connect fails' },
      clusters: { to: 'examine', label: 'Clusters: more requests than it can accept' },
      sporadic: { to: 'examine', label: 'Sporadic, without a pattern' },
      'cannot-tell': { to: 'examine', label: 'I can not tell yet' },
    },
  },
  {
    kind: 'examine',
    id: 'examine',
    part: 'triage',
    short: 'suspects',
    title: 'Which backends are examined?',
    why: 'Worst first.',
    covers: [],
  },
  check(
    'tcp-connect',
    'suspect',
    'backend',
    {
      short: 'connect',
      title: 'Can the proxy connect to the backend right now?',
      why: 'Refused means: the host is there, the port does not accept. That rules out DNS and routing.',
    },
    {
      refused: { to: 'down', label: 'Every connect is refused: nothing accepts on that port' },
      mixed: { to: 'reused', label: 'Some are refused, some accepted: it accepts less than it gets' },
      connected: { to: 'reused', label: 'All are accepted' },
      'no-answer': { to: 'unknown', label: 'No answer at all' },
      unreachable: { to: 'unknown', label: 'The host or the network can not be reached' },
      denied: { to: 'unknown', label: 'The local system forbids the connect' },
      dropped: { to: 'unknown', label: 'Accepted, then dropped at once' },
    },
    'reused',
  ),
  {
    kind: 'question',
    id: 'reused',
    part: 'suspect',
    short: 'idle',
    title: 'Do requests fail mostly after a quiet time?',
    why: 'A connection that lay idle may have been closed by the backend at the very moment in which the proxy used it again.',
    covers: [],
    byHand: {
      commands: ['ss -tno state established dport = :8080', 'grep AH01102 /var/log/apache2/error.log | cut -c1-32'],
      reading: 'Failures a few seconds after the last request to the same backend speak for yes.',
    },
    default: 'unknown',
    routes: {
      yes: { to: 'keepalive-toggle', label: 'Yes, after a quiet time' },
      no: { to: 'overloaded', label: 'No, at any time' },
      unknown: { to: 'overloaded', label: 'I do not know' },
    },
  },
  {
    kind: 'action',
    id: 'keepalive-toggle',
    part: 'suspect',
    scope: 'backend',
    short: 'keepalive',
    title: 'Does it stop when connections are not reused?',
    why: 'If the failures vanish without reuse, the two ends disagree on how long an idle connection may live.',
    covers: [],
    action: 'keepalive-toggle',
    check: 'keepalive-toggle',
    with: {},
    byHand: { commands: ['apachectl configtest'], reading: 'Syntax OK is what it has to say.' },
    routes: {
      helped: { to: 'race', label: 'It helped: the failures vanished' },
      'no-change': { to: 'overloaded', label: 'No change' },
      'too-little-traffic': { to: 'unknown', label: 'Too little traffic to tell' },
      worse: { to: 'overloaded', label: 'It got worse' },
      ...open('overloaded'),
    },
  },
  ...(
    [
      ['down', 'backend-not-running', 'suspect'],
      ['overloaded', 'backend-overloaded', 'suspect'],
      ['race', 'keepalive-race', 'suspect'],
      ['unknown', 'undetermined', 'suspect'],
      ['nothing', 'no-proxy-errors', 'triage'],
    ] as const
  ).map(([id, diagnosis, part]): Step => ({
    kind: 'diagnosis',
    id,
    part,
    short: diagnosis,
    title: diagnosis,
    why: '',
    covers: [],
    diagnosis,
  })),
];

export const smallFlow: Flow = {
  id: 'mod-proxy-http',
  version: 1,
  title: 'Errors of mod_proxy_http',
  summary: 'A small flow for tests.',
  triage: 'error-log',
  suspect: 'tcp-connect',
  steps: new Map(steps.map((step) => [step.id, step])),
};
