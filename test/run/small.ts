/** A small flow with checks that do what a test tells them, and a journal in memory. */
import * as z from 'zod';
import { nothing } from '../../src/checks/may.ts';
import { type Check, CouldNot, defineCheck } from '../../src/checks/check.ts';
import type { Inputs } from '../../src/checks/inputs.ts';
import type { Journal } from '../../src/case/journal.ts';
import type { CaseEvent } from '../../src/engine/events.ts';
import type { Flow } from '../../src/engine/flow.ts';
import { readFlow } from '../../src/flow/read-flow.ts';
import type { Hosts } from '../../src/host/host.ts';
import { openSession } from '../../src/run/run-session.ts';
import type { SessionOptions } from '../../src/run/session-options.ts';
import type { Session } from '../../src/run/session.ts';
import { localHost } from '../../src/host/local.ts';
import { noInputs } from '../fakes/inputs.ts';

/** Of one backend. */
export const oneBackend: Inputs = { ...noInputs, backends: ['192.0.2.2:9000'] };

type Work = (signal: AbortSignal) => Promise<string>;

/** A check whose facts are its outcome; `work` says which. */
export function check(name: string, scope: 'case' | 'backend', outcomes: readonly string[], work: Work, more: Partial<Check> = {}): Check {
  return {
    ...defineCheck<unknown, unknown, string>({
      name, title: name, side: 'proxy', scope, load: 'brief', action: null, sendsTraffic: scope === 'backend', needs: { commands: [], files: [], rights: [] }, may: () => nothing,
      parameters: z.unknown(), facts: z.unknown(), outcomes: Object.fromEntries(outcomes.map((one) => [one, `it is ${one}`])), good: [], timeLimitMs: 5000,
      prepare: () => ({ ready: true, parameters: {} }),
      describe: () => [`look ${name}`],
      collect: async (context) => ({ facts: await work(context.signal), commands: [] }),
      classify: (facts) => ({ outcome: String(facts), summary: `${name} is ${String(facts)}` }),
    }),
    ...more,
  };
}

export const hangs: Work = (signal) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new CouldNot('failed', 'aborted'))));

const text = `
id: small
version: 1
title: small
summary: small
triage: log
suspect: connect
steps:
  log: { kind: check, check: error-log, title: log, short: log, why: why, next: { failures: all, no-failures: all, not-covered: how, could-not: how } }
  how:
    kind: question
    title: how
    short: how
    why: why
    next: { bad: { to: all, label: Bad }, unknown: { to: all, label: Unknown } }
  all: { kind: examine }
  connect: { kind: check, check: tcp-connect, title: connect, short: connect, why: why, next: { refused: toggle, connected: fine, could-not: open } }
  toggle: { kind: action, action: keepalive-toggle, title: toggle, short: toggle, why: why, next: { helped: open, no-change: down, could-not: down } }
  down: { kind: diagnosis, diagnosis: backend-not-running }
  fine: { kind: diagnosis, diagnosis: no-proxy-errors }
  open: { kind: diagnosis, diagnosis: undetermined }
`;

export interface World {
  readonly session: Session;
  readonly events: CaseEvent[];
}

export interface Given {
  readonly log?: Work;
  readonly connect?: Work;
  readonly toggle?: Work;
  readonly inputs?: Partial<Inputs>;
  readonly options?: Partial<SessionOptions>;
  readonly journal?: (event: CaseEvent) => Promise<void>;
  /** The checks are there once this has resolved. */
  readonly loading?: Promise<void>;
}

export function world(given: Given = {}): World {
  const checks: Record<string, Check> = {
    'error-log': check('error-log', 'case', ['failures', 'no-failures', 'not-covered'], given.log ?? (() => Promise.resolve('failures')), { load: 'none' }),
    'tcp-connect': check('tcp-connect', 'backend', ['refused', 'connected'], given.connect ?? (() => Promise.resolve('refused')), { good: ['connected'] }),
    'keepalive-toggle': check('keepalive-toggle', 'backend', ['helped', 'no-change'], given.toggle ?? (() => Promise.resolve('no-change')), { action: 'keepalive-toggle' }),
  };
  const declared = Object.fromEntries(
    ['backend-not-running', 'no-proxy-errors', 'undetermined'].map((id) => [id, { id, title: id, summary: id, mechanism: [], rivals: {}, for: [], against: [], decidedBy: [], remedies: [] }]),
  );
  const flow: Flow = readFlow(text, 'small.yaml', { checks, classifiers: {}, diagnoses: Object.keys(declared) });
  const events: CaseEvent[] = [];
  const journal: Journal = {
    id: 'case',
    folder: '/nonexistent',
    append: async (event) => {
      await given.journal?.(event);
      events.push(event);
      return { seq: events.length, at: '', event };
    },
    close: () => Promise.resolve(),
  };
  const hosts: Hosts = { proxy: localHost('proxy'), backend: null };
  const session = openSession({
    flow, flowHash: 'x', declared, loadChecks: () => (given.loading ?? Promise.resolve()).then(() => checks), hosts, inputs: { ...oneBackend, ...given.inputs }, journal, changesFolder: () => Promise.resolve('/nonexistent'), before: [], caseId: 'case',
    hostName: 'px', startedAt: 0, now: Date.now, deadline: null, follow: true, ...given.options,
  });
  return { session, events };
}
