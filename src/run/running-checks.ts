/**
 * The checks of a session: started when the flow asks for them or ahead of need, watched while they run, left out where an option
 * says so. What they find goes back to the session as an event.
 */
import type { Check, Checks, Known } from '../checks/check.ts';
import type { CaseEvent, Subject } from '../engine/events.ts';
import type { Action, StepId } from '../engine/flow.ts';
import { evidenceKey } from '../engine/keys.ts';
import type { State } from '../engine/state.ts';
import { newestOf } from '../diagnosis/view.ts';
import { type Carrier, type Found, type Order, runCheck } from './run-check.ts';
import type { SessionOptions } from './session-options.ts';
import type { RunningCheck } from './session.ts';

interface Running {
  readonly shown: RunningCheck;
  readonly abort: AbortController;
  readonly skipped: boolean;
}

/** Kept of the whole run's time for the conclusion and the report. */
const reserveMs = 1500;

/** What the session lends to its checks. */
export interface Lent {
  readonly options: SessionOptions;
  readonly checks: () => Checks;
  readonly carrier: Carrier;
  readonly state: () => State;
  /** Hands an event to the engine; resolves when it is on disk and what follows from it has begun. */
  readonly take: (event: CaseEvent) => Promise<void>;
  readonly changed: () => void;
  readonly fail: (error: unknown) => void;
  readonly nextId: () => string;
  /** The session still takes what checks find. */
  readonly open: () => boolean;
}

export interface RunningChecks {
  readonly shown: () => readonly RunningCheck[];
  readonly subjectOf: (key: string | null) => Subject | null;
  readonly keyOf: (id: StepId, subject: string | null) => string;
  /** Whether an action's check could be carried out at all. */
  readonly canBegin: (id: StepId, subject: string | null) => boolean;
  /** What an action would do, in full, before it is done. */
  readonly proposal: (id: StepId, subject: string | null) => readonly string[];
  readonly start: (id: StepId, subject: string | null, key: string, ahead: boolean) => void;
  readonly startAhead: () => void;
  /** Runs a check beside the way: the engine is told of nothing, the evidence is the caller's. `since` narrows the window (ms since the epoch). */
  readonly beside: (check: Check, subject: Subject | null, key: string, since: number | null) => Promise<Found>;
  /** Its evidence has arrived. */
  readonly done: (key: string) => void;
  /** Gives up the check that a person waits for; false: there is none of this name. */
  readonly skip: (check: string) => boolean;
  /** Gives up what runs under a key that begins like this. */
  readonly giveUp: (prefix: string) => void;
  readonly abortAll: () => void;
  /** Gives all of them up: what they find later is not taken any more. */
  readonly forget: () => void;
  /** Resolves when no check works any more; checks that changed something put it back before they end. */
  readonly settled: () => Promise<unknown>;
}

export function runningChecks({ options, checks, carrier, state, take, changed, fail, nextId, open }: Lent): RunningChecks {
  const { flow, inputs, now } = options;
  const running = new Map<string, Running>();
  const underWay = new Set<Promise<unknown>>();

  function subjectOf(key: string | null): Subject | null {
    return key === null ? null : (state().subjects?.find((subject) => subject.key === key) ?? null);
  }

  function known(subject: Subject | null): Known {
    return {
      inputs,
      subject,
      evidence: (check, about) => newestOf(state().evidence, check, about === undefined ? (subject?.key ?? null) : about),
    };
  }

  function keyOf(id: StepId, subject: string | null): string {
    const step = flow.steps.get(id);
    return step?.kind === 'action' || step?.kind === 'check' ? evidenceKey(step.check, step.with, step.scope === 'case' ? null : subject) : id;
  }

  function canBegin(id: StepId, subject: string | null): boolean {
    const step = flow.steps.get(id);
    const check = step?.kind === 'action' ? checks()[step.check] : undefined;
    return check === undefined || step?.kind !== 'action' || inputs.skip.includes(check.name) || check.prepare(known(subjectOf(subject)), step.with).ready;
  }

  function proposal(id: StepId, subject: string | null): readonly string[] {
    const step = flow.steps.get(id);
    if (step?.kind !== 'action') return [];
    const check = checks()[step.check];
    const prepared = check?.prepare(known(subjectOf(subject)), step.with);
    if (check === undefined || prepared === undefined) return [];
    return prepared.ready ? check.describe(prepared.parameters) : [`It can not be carried out: ${prepared.reason}`, prepared.remedy];
  }

  /** Runs a check and shows it as running, until its evidence has been taken (`done`). */
  function run(order: Pick<Order, 'check' | 'key' | 'subject' | 'set' | 'known' | 'leaveOut'> & { readonly ahead: boolean }): Promise<Found> {
    const { check, key, subject, set } = order;
    const left = options.deadline === null ? Number.POSITIVE_INFINITY : options.deadline - reserveMs - now();
    const abort = new AbortController();
    const shown = { key, check: check.name, subject: subject?.key ?? null, startedAt: now(), progress: null, commands: commandsOf(check, subject, set), ahead: order.ahead };
    running.set(key, { shown, abort, skipped: false });
    const found = runCheck(
      {
        ...order,
        signal: abort.signal,
        skipped: () => running.get(key)?.skipped === true,
        timeLimitMs: left,
        progress: (progress) => {
          const one = running.get(key);
          if (one === undefined) return;
          running.set(key, { ...one, shown: { ...one.shown, progress } });
          changed();
        },
      },
      carrier,
    ).finally(() => underWay.delete(found));
    underWay.add(found);
    return found;
  }

  function start(id: StepId, subjectKey: string | null, key: string, ahead: boolean): void {
    const already = running.get(key);
    if (already !== undefined) {
      if (!ahead && already.shown.ahead) running.set(key, { ...already, shown: { ...already.shown, ahead: false } });
      return;
    }
    const step = flow.steps.get(id);
    if (step?.kind !== 'check' && step?.kind !== 'action') return;
    const check = checks()[step.check];
    if (check === undefined) throw new Error(`flow ${flow.id}, step ${id}: there is no check ${step.check}`);
    const subject = subjectOf(subjectKey);
    const measured = sameBackend(key, check, step.with, subject);
    if (measured !== null) {
      void take({ type: 'evidence', evidence: { ...measured, id: nextId(), key, subject: subjectKey } });
      return;
    }
    const found = run({ check, key, subject, set: step.with, known: known(subject), leaveOut: leaveOut(check, step.kind === 'action' && canBegin(id, subjectKey) ? step.action : null), ahead });
    void take({ type: 'started', key, check: check.name, subject: subjectKey });
    void found
      .then(async (evidence) => {
        if (!open() || !running.has(key)) return;
        await take({ type: 'evidence', evidence: { ...evidence, id: nextId() } });
        startAhead();
      })
      .catch(fail);
  }

  /** A second suspect on the same backend needs no second measurement of the backend itself. */
  function sameBackend(key: string, check: Check, set: Readonly<Record<string, unknown>>, subject: Subject | null): State['evidence'][number] | null {
    if (subject === null || check.scope !== 'backend' || subject.key === subject.backend) return null;
    const others = (state().subjects ?? []).filter((one) => one.backend === subject.backend && (one.key === subject.backend || one.mode === subject.mode));
    const keys = others.map((one) => evidenceKey(check.name, set, one.key)).filter((one) => one !== key);
    return state().evidence.find((one) => keys.includes(one.key) && one.superseded !== true) ?? null;
  }

  function commandsOf(check: Check, subject: Subject | null, set: Readonly<Record<string, unknown>>): readonly string[] {
    const prepared = check.prepare(known(subject), set);
    return prepared.ready ? check.describe(prepared.parameters) : [];
  }

  function leaveOut(check: Check, action: Action | null): { reason: string; remedy: string } | null {
    if (inputs.skip.includes(check.name)) return { reason: 'left out by --skip', remedy: `run again without --skip ${check.name}` };
    if (action !== null && state().consent[action] !== true) return { reason: 'no consent was given', remedy: `allow it with --allow ${action}` };
    if (inputs.passive && check.sendsTraffic && check.readsWhenPassive !== true) return { reason: 'nothing is sent to a backend (--passive)', remedy: 'run again without --passive' };
    return null;
  }

  /** Checks that cost the patient nothing start ahead of need, side by side; the configuration first, since it names the logs. */
  function startAhead(): void {
    if (!open()) return;
    const configured = newestOf(state().evidence, 'proxy-config', null) !== null;
    for (const step of flow.steps.values()) {
      if (step.kind !== 'check') continue;
      const check = checks()[step.check];
      if (check === undefined || check.load !== 'none' || check.scope !== 'case' || (check.name !== 'proxy-config' && !configured)) continue;
      const key = evidenceKey(step.check, step.with, null);
      if (running.has(key) || state().evidence.some((one) => one.key === key && one.superseded !== true)) continue;
      start(step.id, null, key, true);
    }
  }

  return {
    shown: () => [...running.values()].map((one) => one.shown),
    subjectOf,
    keyOf,
    canBegin,
    proposal,
    start,
    startAhead,
    beside: (check, subject, key, since) => {
      const about = known(subject);
      const window = since === null ? about : { ...about, inputs: { ...inputs, since } };
      // As the flow sets it: whose log it is, for one.
      const set = [...flow.steps.values()].flatMap((step) => (step.kind === 'check' && step.check === check.name ? [step.with] : []))[0] ?? {};
      const found = run({ check, key, subject, set, known: window, leaveOut: leaveOut(check, check.action), ahead: false });
      changed();
      return found;
    },
    done: (key) => {
      running.delete(key);
    },
    skip: (check) => {
      const found = [...running.values()].find((one) => !one.shown.ahead && one.shown.check === check);
      if (found === undefined) return false;
      running.set(found.shown.key, { ...found, skipped: true });
      found.abort.abort();
      return true;
    },
    giveUp: (prefix) => {
      for (const [key, one] of running) {
        if (!key.startsWith(prefix)) continue;
        running.set(key, { ...one, skipped: true });
        one.abort.abort();
      }
    },
    abortAll: () => {
      for (const one of running.values()) one.abort.abort();
    },
    forget: () => {
      for (const one of running.values()) one.abort.abort();
      running.clear();
    },
    settled: () => Promise.allSettled(underWay),
  };
}
