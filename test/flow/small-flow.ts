/** A small flow file and its catalogue: what the tests of reading, drawing and answering begin with. */
import * as z from 'zod';
import type { Catalogue } from '../../src/flow/catalogue.ts';
import { readFlow } from '../../src/flow/read-flow.ts';
import type { Flow } from '../../src/engine/flow.ts';

export const catalogue: Catalogue = {
  checks: {
    'error-log': {
      outcomes: { failures: 'The log has failures', 'no-failures': 'The log has none', 'not-covered': 'The log does not reach back' },
      scope: 'case',
    },
    'tcp-connect': {
      outcomes: ['connected', 'refused', 'no-answer'],
      scope: 'backend',
      parameters: z.object({ count: z.number(), host: z.string() }),
    },
    'keepalive-toggle': { outcomes: ['helped', 'no-change'], scope: 'backend', action: 'keepalive-toggle' },
  },
  classifiers: {
    shape: { outcomes: { every: 'All fail', clusters: 'Bursts', 'cannot-tell': 'Nobody knows' }, reads: ['error-log', 'tcp-connect'] },
  },
  diagnoses: ['backend-not-running', 'backend-overloaded', 'keepalive-race', 'undetermined', 'no-proxy-errors'],
};

export const source = `id: small
version: 3
title: A small proxy | with a pipe
summary: Looks at the log, then at each backend.
triage: log
suspect: connect
steps:
  log:
    kind: check
    check: error-log
    title: Which failures are in the log?
    short: log
    why: It decides what comes next.
    covers: [A01, A13]
    by-hand:
      commands: ["grep AH00957 error.log | awk '{print $1}'"]
      reading: Each line is a failure.
    next:
      failures: backends
      no-failures: all-well
      not-covered: { to: when, label: Too old }
      could-not: when
  when:
    kind: question
    title: When did it fail?
    short: when
    why: The log does not tell.
    next:
      recently: { to: backends, label: "Within the hour" }
      before: { to: undecided, label: Before that }
      unknown: { to: backends, label: I don't know }
  backends:
    kind: examine
  connect:
    kind: check
    check: tcp-connect
    with: { count: 20 }
    title: Does it accept?
    short: connect
    why: Refused means that the host is there.
    next:
      connected: toggle
      refused: shape
      no-answer: undecided
      skipped: undecided
      could-not: { to: shape, label: It broke off }
  shape:
    kind: decide
    classifier: shape
    title: All or some?
    short: how often
    why: They have different causes.
    next:
      every: backend-not-running
      clusters: backend-overloaded
      cannot-tell: which
  which:
    kind: question
    default: unknown
    title: Which is it?
    short: which
    why: Only you know.
    next:
      every: { to: backend-not-running, label: All }
      unknown: { to: undecided, label: Don't know }
  toggle:
    kind: action
    action: keepalive-toggle
    title: Does it help to reuse nothing?
    short: toggle
    why: The article's experiment.
    next:
      helped: race
      no-change: undecided
      could-not: undecided
  backend-not-running: { kind: diagnosis }
  backend-overloaded: { kind: diagnosis }
  race: { kind: diagnosis, diagnosis: keepalive-race }
  undecided: { kind: diagnosis, diagnosis: undetermined }
  all-well: { kind: diagnosis, diagnosis: no-proxy-errors }
`;

export const smallFlow = (): Flow => readFlow(source, 'small.yaml', catalogue);
