/**
 * The session: carries a case through. It hands events to the engine, writes each to the journal before it acts on what follows,
 * runs the checks that the engine asks for, and waits for its driver where a person (or an answers file) has to speak.
 */
import type { Check, Known } from '../checks/check.ts';
import type { Inputs } from '../checks/inputs.ts';
import type { Journal } from '../case/journal.ts';
import { classifiers } from '../diagnosis/classifiers/all.ts';
import { answersOf, conclude } from '../diagnosis/conclude.ts';
import type { Declared } from '../diagnosis/declared.ts';
import { read } from '../diagnosis/signs/all.ts';
import { listSuspects } from '../diagnosis/suspects.ts';
import { newestOf, viewOf } from '../diagnosis/view.ts';
import type { Diagnosis } from '../engine/conclusion.ts';
import type { CaseEvent, DecidedBy, Subject } from '../engine/events.ts';
import type { Action, Flow, RoutedStep, StepId } from '../engine/flow.ts';
import { evidenceKey } from '../engine/keys.ts';
import type { State } from '../engine/state.ts';
import { advance, begin, type Effect, effectsOf, type Folded, Refused } from '../engine/step.ts';
import type { Hosts } from '../host/host.ts';
import { type Carrier, runCheck } from './run-check.ts';
import type { Awaiting, Intent, RunningCheck, Session, SessionView } from './session.ts';
import { soFar } from './so-far.ts';

export interface SessionOptions {
  readonly flow: Flow;
  readonly flowHash: string;
  readonly declared: Readonly<Record<string, Declared>>;
  readonly checks: Readonly<Record<string, Check>>;
  readonly hosts: Hosts;
  readonly inputs: Inputs;
  readonly journal: Journal;
  readonly changesFolder: () => Promise<string>;
  /** Events of an interrupted case, to go on with. */
  readonly before: readonly CaseEvent[];
  readonly caseId: string;
  readonly hostName: string;
  readonly startedAt: number;
  readonly now: () => number;
  /** When the whole run has to be over (ms since the epoch), or null: no limit. */
  readonly deadline: number | null;
  /** Take the way the evidence favours without asking. */
  readonly follow: boolean;
}

interface Running {
  readonly shown: RunningCheck;
  readonly abort: AbortController;
  skipped: boolean;
}

/** Evidence older than this is marked: the world may have changed since. */
const staleAfterMs = 10 * 60 * 1000;
/** How long a stop waits for running checks: long enough for a reload and its verification. */
const putBackMs = 20_000;
/** Kept of the whole run's time for the conclusion and the report. */
const reserveMs = 1500;

export function openSession(options: SessionOptions): Session {
  const { flow, inputs, journal, now } = options;
  let folded: Folded = begin(flow);
  const running = new Map<string, Running>();
  const listeners = new Set<() => void>();
  const shared = new Map<string, Promise<unknown>>();
  const underWay = new Set<Promise<unknown>>();
  let awaiting: Awaiting = { kind: 'none' };
  let follow = options.follow;
  let status: SessionView['status'] = 'running';
  let diagnoses: readonly Diagnosis[] | null = null;
  let complaint: string | null = null;
  let liveChange: SessionView['liveChange'] = null;
  let stopping = false;
  let failure: unknown = null;
  let work: Promise<void> = Promise.resolve();
  let waiting = 0;
  let ended: () => void = () => undefined;
  const end = new Promise<void>((resolve) => {
    ended = resolve;
  });

  const state = (): State => folded.state;
  const changed = (): void => {
    for (const listener of listeners) listener();
  };

  const carrier: Carrier = {
    hosts: options.hosts,
    now,
    once: <T>(key: string, first: () => Promise<T>): Promise<T> => {
      const before = shared.get(key);
      if (before !== undefined) return before as Promise<T>;
      const result = first();
      shared.set(key, result);
      return result;
    },
    caseFolder: () => Promise.resolve(journal.folder),
    changesFolder: options.changesFolder,
    changed: async (change) => {
      liveChange = change.state === 'applied' ? { what: change.what, file: change.file, until: options.deadline ?? now() + 180_000 } : null;
      await take({ type: 'change', ...change });
    },
  };

  /**
   * Everything that touches the fold goes through here, one after the other. What follows is carried out when no event waits any
   * more: an effect stands for the state as it is, and comes again with every event that did not change what is waited for.
   */
  function take(event: CaseEvent): Promise<void> {
    waiting += 1;
    awaiting = { kind: 'none' };
    work = work
      .then(async () => {
        if (failure !== null) return;
        try {
          const next = advance(flow, folded, event);
          // On disk first: what a screen shows has to be there after a kill.
          await journal.append(event);
          folded = next;
        } catch (error) {
          if (!(error instanceof Refused)) throw error;
          complaint = error.message;
        }
        if (event.type === 'evidence') running.delete(event.evidence.key);
      })
      .catch(fail)
      .then(() => {
        waiting -= 1;
        if (waiting === 0 && !stopping && failure === null) carryOut(effectsOf(flow, state().position));
        else changed();
      });
    return work;
  }

  function fail(error: unknown): void {
    failure ??= error;
    status = 'failed';
    for (const one of running.values()) one.abort.abort();
    changed();
    ended();
  }

  function carryOut(effects: readonly Effect[]): void {
    awaiting = { kind: 'none' };
    for (const effect of effects) carry(effect);
    changed();
  }

  function carry(effect: Effect): void {
    switch (effect.type) {
      case 'run-check':
        startCheck(effect.step, effect.subject, effect.key, false);
        return;
      case 'ask-consent':
        if (inputs.allow.includes(effect.action)) void take({ type: 'consent', action: effect.action, granted: true, by: 'operator' });
        // What can't be carried out anyway is skipped with its reason; nobody is asked for it.
        else if (!canBegin(effect.step, effect.subject)) startCheck(effect.step, effect.subject, keyOf(effect.step, effect.subject), false);
        else awaiting = { kind: 'consent', step: effect.step, subject: effect.subject, action: effect.action, proposal: proposal(effect.step, effect.subject) };
        return;
      case 'classify':
        void take(classified(effect.step, effect.subject, effect.basis));
        return;
      case 'choose': {
        const position = state().position;
        if (position.kind !== 'choose') return;
        if (follow && position.chosen === null) void choose(position.suggestion.outcome, null, 'evidence');
        else awaiting = { kind: 'choice', step: effect.step, subject: effect.subject };
        return;
      }
      case 'ask':
        awaiting = { kind: 'answer', step: effect.step, subject: effect.subject };
        return;
      case 'list-suspects': {
        const listed = listSuspects(viewOf(state().evidence, null, null, answersOf(state().path, null)), inputs.backends);
        void take({ type: 'suspects', ...listed });
        return;
      }
      case 'conclude':
        void take({ type: 'concluded' }).then(() => {
          showConclusion();
          // What was started ahead and never needed is given up: a late result would open the case again.
          for (const [key, one] of running) {
            one.abort.abort();
            running.delete(key);
          }
          changed();
          ended();
        });
        return;
    }
  }

  function showConclusion(): void {
    diagnoses = conclude(state(), options.declared);
    status = diagnoses.every((diagnosis) => diagnosis.id === 'undetermined') ? 'undetermined' : 'diagnosed';
  }

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
    const check = step?.kind === 'action' ? options.checks[step.check] : undefined;
    return check === undefined || step?.kind !== 'action' || inputs.skip.includes(check.name) || check.prepare(known(subjectOf(subject)), step.with).ready;
  }

  function proposal(id: StepId, subject: string | null): readonly string[] {
    const step = flow.steps.get(id);
    if (step?.kind !== 'action') return [];
    const check = options.checks[step.check];
    const prepared = check?.prepare(known(subjectOf(subject)), step.with);
    if (check === undefined || prepared === undefined) return [];
    return prepared.ready ? check.describe(prepared.parameters) : [`It can not be carried out: ${prepared.reason}`, prepared.remedy];
  }

  function classified(id: StepId, subjectKey: string | null, basis: readonly string[]): CaseEvent {
    const step = flow.steps.get(id);
    if (step?.kind !== 'decide') throw new Error(`step ${id} is no decide step`);
    const classifier = classifiers[step.classifier];
    if (classifier === undefined) throw new Error(`flow ${flow.id}, step ${id}: there is no classifier ${step.classifier}`);
    const view = viewOf(state().evidence, subjectOf(subjectKey), step.reads, answersOf(state().path, subjectKey));
    const verdict = classifier.classify(view, read(view));
    return { type: 'suggested', step: id, subject: subjectKey, outcome: verdict.outcome, because: verdict.because, evidence: verdict.evidence.filter((one) => basis.includes(one)), basis };
  }

  function startCheck(id: StepId, subjectKey: string | null, key: string, ahead: boolean): void {
    const already = running.get(key);
    if (already !== undefined) {
      if (!ahead && already.shown.ahead) running.set(key, { ...already, shown: { ...already.shown, ahead: false } });
      return;
    }
    const step = flow.steps.get(id);
    if (step?.kind !== 'check' && step?.kind !== 'action') return;
    const check = options.checks[step.check];
    if (check === undefined) throw new Error(`flow ${flow.id}, step ${id}: there is no check ${step.check}`);
    const subject = subjectOf(subjectKey);
    const measured = sameBackend(key, check, step.with, subject);
    if (measured !== null) {
      void take({ type: 'evidence', evidence: { ...measured, id: nextId(), key, subject: subjectKey } });
      return;
    }
    const one: Running = {
      shown: { key, check: check.name, subject: subjectKey, startedAt: now(), progress: null, commands: commandsOf(check, subject, step.with), ahead },
      abort: new AbortController(),
      skipped: false,
    };
    running.set(key, one);
    void take({ type: 'started', key, check: check.name, subject: subjectKey });
    const left = options.deadline === null ? Number.POSITIVE_INFINITY : options.deadline - reserveMs - now();
    const found = runCheck(
      {
        check,
        key,
        subject,
        set: step.with,
        known: known(subject),
        leaveOut: leaveOut(check, step.kind === 'action' && canBegin(id, subjectKey) ? step.action : null),
        signal: one.abort.signal,
        skipped: () => running.get(key)?.skipped === true,
        timeLimitMs: left,
        progress: (progress) => {
          const now = running.get(key);
          if (now === undefined) return;
          running.set(key, { ...now, shown: { ...now.shown, progress } });
          changed();
        },
      },
      carrier,
    );
    underWay.add(found);
    void found
      .finally(() => underWay.delete(found))
      .then(async (evidence) => {
        if (stopping || !running.has(key)) return;
        await take({ type: 'evidence', evidence: { ...evidence, id: nextId() } });
        startAhead();
      })
      .catch(fail);
  }

  let ids = 0;
  function nextId(): string {
    ids += 1;
    return `e${ids}`;
  }

  /** A second suspect on the same backend needs no second measurement of the backend itself. */
  function sameBackend(key: string, check: Check, set: Readonly<Record<string, unknown>>, subject: Subject | null): State['evidence'][number] | null {
    if (subject === null || check.scope !== 'backend' || subject.key === subject.backend) return null;
    const other = evidenceKey(check.name, set, subject.backend);
    return other === key ? null : (state().evidence.find((one) => one.key === other && one.superseded !== true) ?? null);
  }

  function commandsOf(check: Check, subject: Subject | null, set: Readonly<Record<string, unknown>>): readonly string[] {
    const prepared = check.prepare(known(subject), set);
    return prepared.ready ? check.describe(prepared.parameters) : [];
  }

  function leaveOut(check: Check, action: Action | null): { reason: string; remedy: string } | null {
    if (inputs.skip.includes(check.name)) return { reason: 'left out by --skip', remedy: `run again without --skip ${check.name}` };
    if (action !== null && state().consent[action] !== true) return { reason: 'no consent was given', remedy: `allow it with --allow ${action}` };
    if (inputs.passive && check.sendsTraffic) return { reason: 'nothing is sent to a backend (--passive)', remedy: 'run again without --passive' };
    return null;
  }

  /** Checks that cost the patient nothing start ahead of need, side by side; the configuration first, since it names the logs. */
  function startAhead(): void {
    if (stopping || status !== 'running') return;
    const configured = newestOf(state().evidence, 'proxy-config', null) !== null;
    for (const step of flow.steps.values()) {
      if (step.kind !== 'check') continue;
      const check = options.checks[step.check];
      if (check === undefined || check.load !== 'none' || check.scope !== 'case' || (check.name !== 'proxy-config' && !configured)) continue;
      const key = evidenceKey(step.check, step.with, null);
      if (running.has(key) || state().evidence.some((one) => one.key === key && one.superseded !== true)) continue;
      startCheck(step.id, null, key, true);
    }
  }

  function choose(outcome: string, because: string | null, by: DecidedBy): Promise<void> {
    const position = state().position;
    if (position.kind !== 'choose' && position.kind !== 'ask') return complain('there is nothing to choose at this moment');
    const suggested = position.kind === 'choose' ? position.suggestion.outcome : null;
    return take({ type: 'chosen', step: position.step, subject: position.subject, outcome, suggested, by, because });
  }

  function complain(text: string): Promise<void> {
    complaint = text;
    changed();
    return Promise.resolve();
  }

  function current(): { step: RoutedStep; subject: string | null } | null {
    const position = state().position;
    if (!('step' in position)) return null;
    const step = flow.steps.get(position.step);
    if (step === undefined || step.kind === 'examine' || step.kind === 'diagnosis') return null;
    return { step, subject: 'subject' in position ? position.subject : null };
  }

  function send(intent: Intent): void {
    complaint = null;
    switch (intent.type) {
      case 'choose': {
        const position = state().position;
        if (position.kind === 'ask') void choose(intent.outcome, intent.because, intent.outcome === 'unknown' ? 'default' : 'answer');
        else if (position.kind === 'choose' && position.suggestion.outcome !== intent.outcome) {
          if (intent.because === null || intent.because.trim() === '') void complain('say in a word why you go against the evidence');
          else void choose(intent.outcome, intent.because, 'operator');
        } else void choose(intent.outcome, null, 'evidence');
        return;
      }
      case 'consent': {
        const position = state().position;
        if (position.kind === 'ask-consent') void take({ type: 'consent', action: position.action, granted: intent.granted, by: 'operator' });
        return;
      }
      case 'back':
      case 'forward':
        follow = false;
        void take({ type: intent.type });
        return;
      case 'rerun': {
        const here = current();
        if (here === null) void complain('there is no step to run again here');
        else {
          shared.clear();
          void take({ type: 'rerun', step: here.step.id, subject: here.subject });
        }
        return;
      }
      case 'skip': {
        const here = current();
        const one = here === null ? undefined : [...running.values()].find((entry) => !entry.shown.ahead && 'check' in here.step && entry.shown.check === here.step.check);
        if (one === undefined) void complain('no check is running that could be skipped');
        else {
          one.skipped = true;
          one.abort.abort();
        }
        return;
      }
      case 'note':
        void take({ type: 'note', text: intent.text, step: current()?.step.id ?? null });
        return;
      case 'follow':
        follow = intent.on;
        if (intent.on && awaiting.kind === 'choice') carryOut(effectsOf(flow, state().position));
        else changed();
        return;
      case 'put-back':
        // Giving the check up puts its change back: it does so whatever ends it.
        if (liveChange === null) void complain('no change is in force');
        else send({ type: 'skip' });
        return;
      case 'keep':
        void complain('the test is always put back; keep its effect with the remedy’s setting (disablereuse=on), which says what it is');
        return;
      case 'verify':
        void verify(intent.diagnosis);
        return;
    }
  }

  /** The deciding check again, after the diagnosis. It is recorded beside the case and changes nothing of its way. */
  async function verify(index: number): Promise<void> {
    const diagnosis = diagnoses?.[index];
    if (diagnosis === undefined) return complain('there is no such diagnosis');
    const subject = state().subjects?.find((one) => one.backend === diagnosis.backend) ?? null;
    const name = subject === null ? 'error-log' : 'tcp-connect';
    const check = options.checks[name];
    if (check === undefined) return complain(`the check ${name} is not there`);
    const key = `verify ${evidenceKey(name, {}, subject?.key ?? null)} ${now()}`;
    const one: Running = {
      shown: { key, check: name, subject: subject?.key ?? null, startedAt: now(), progress: null, commands: commandsOf(check, subject, {}), ahead: false },
      abort: new AbortController(),
      skipped: false,
    };
    running.set(key, one);
    changed();
    const evidence = await runCheck(
      {
        check, key, subject, set: {}, known: known(subject), leaveOut: null, signal: one.abort.signal, skipped: () => one.skipped, timeLimitMs: check.timeLimitMs,
        progress: (progress) => {
          running.set(key, { ...one, shown: { ...one.shown, progress } });
          changed();
        },
      },
      carrier,
    );
    const id = nextId();
    await take({ type: 'evidence', evidence: { ...evidence, id, subject: `verification of ${subject?.key ?? 'the log'}` } });
    await take({ type: 'verified', diagnosis: diagnosis.id, subject: subject?.key ?? null, good: evidence.status === 'ok' && check.good.includes(evidence.outcome), evidence: id });
  }

  function view(): SessionView {
    const shownRunning = [...running.values()].map((one) => one.shown);
    return {
      caseId: options.caseId,
      host: options.hostName,
      startedAt: options.startedAt,
      flow,
      state: state(),
      running: shownRunning,
      awaiting,
      soFar: soFar(state().evidence, shownRunning),
      diagnoses,
      liveChange,
      status,
      complaint,
      stale: state().evidence.filter((one) => now() - Date.parse(one.startedAt) > staleAfterMs).map((one) => one.id),
      evidenceOf: (id, subject) => {
        const step = flow.steps.get(id);
        return step?.kind === 'check' || step?.kind === 'action' ? newestOf(state().evidence, step.check, subject) : null;
      },
    };
  }

  return {
    view,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    send,
    start: async () => {
      for (const event of options.before) folded = advance(flow, folded, event);
      ids = state().evidence.length;
      if (!state().opened) await take({ type: 'opened', flow: { id: flow.id, version: flow.version, hash: options.flowHash } });
      const { position } = state();
      if (position.kind === 'end' && position.concluded) {
        // A case that had its diagnosis before: it is shown again, and can be verified.
        showConclusion();
        changed();
        ended();
      } else {
        startAhead();
        carryOut(effectsOf(flow, position));
      }
      await end;
      await work;
      if (failure !== null) throw failure;
    },
    stop: async (signal) => {
      if (stopping) return;
      stopping = true;
      for (const one of running.values()) one.abort.abort();
      // A check that changed something puts it back before it ends: it is waited for, within bounds.
      await Promise.race([Promise.allSettled(underWay), new Promise((resolve) => setTimeout(resolve, putBackMs).unref())]);
      if (status === 'running') {
        status = 'interrupted';
        await take({ type: 'interrupted', signal });
      }
      await work;
      changed();
      ended();
    },
  };
}
