/**
 * The session: carries a case through. It hands events to the engine, writes each to the journal before it acts on what follows,
 * runs the checks that the engine asks for, and waits for its driver where a person (or an answers file) has to speak.
 */
import type { Checks } from '../checks/check.ts';
import { classifiers } from '../diagnosis/classifiers/all.ts';
import { answersOf, conclude } from '../diagnosis/conclude.ts';
import { read } from '../diagnosis/signs/all.ts';
import { listSuspects } from '../diagnosis/suspects.ts';
import { newestOf, viewOf } from '../diagnosis/view.ts';
import type { Diagnosis } from '../engine/conclusion.ts';
import type { CaseEvent, DecidedBy } from '../engine/events.ts';
import type { RoutedStep, StepId } from '../engine/flow.ts';
import { isDone } from '../engine/remedies.ts';
import type { State } from '../engine/state.ts';
import { advance, begin, type Effect, effectsOf, type Folded, Refused } from '../engine/step.ts';
import type { Carrier } from './run-check.ts';
import { runningChecks } from './running-checks.ts';
import type { Awaiting, Intent, Session, SessionView } from './session.ts';
import type { SessionOptions } from './session-options.ts';
import { soFar } from './so-far.ts';
import { decidingCheck, verifyUntilGood, type Verifying } from './verify.ts';

/** Evidence older than this is marked: the world may have changed since. */
const staleAfterMs = 10 * 60 * 1000;
/** How long a stop waits for running checks: long enough for a reload and its verification. */
const putBackMs = 20_000;
export function openSession(options: SessionOptions): Session {
  const { flow, inputs, journal, now } = options;
  let folded: Folded = begin(flow);
  const listeners = new Set<() => void>();
  const shared = new Map<string, Promise<unknown>>();
  let awaiting: Awaiting = { kind: 'none' };
  let follow = options.follow;
  let status: SessionView['status'] = 'running';
  let diagnoses: readonly Diagnosis[] | null = null;
  let complaint: string | null = null;
  let liveChange: SessionView['liveChange'] = null;
  let verifying: Verifying | null = null;
  let verification: AbortController | null = null;
  let keepAsked = false;
  let stopping = false;
  let failure: unknown = null;
  let work: Promise<void> = Promise.resolve();
  let waiting = 0;
  let ended: () => void = () => undefined;
  let loaded: Checks | null = null;
  const end = new Promise<void>((resolve) => {
    ended = resolve;
  });

  let ids = 0;
  const nextId = (): string => {
    ids += 1;
    return `e${ids}`;
  };

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
    caseId: options.caseId,
    changesFolder: options.changesFolder,
    keepAsked: () => keepAsked && !stopping,
    changed: async (change) => {
      liveChange =
        change.state === 'applied' ? { what: change.what, file: change.file, until: options.deadline ?? now() + 180_000, keep: keepAsked } : null;
      if (change.state === 'kept' || change.state === 'failed') keepAsked = false;
      await take({ type: 'change', ...change });
    },
  };

  const checks = runningChecks({ options, checks: () => loaded ?? {}, carrier, state, take, changed, fail, nextId, open: () => !stopping && status === 'running' });

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
        if (event.type === 'evidence') checks.done(event.evidence.key);
      })
      .catch(fail)
      .then(() => {
        waiting -= 1;
        if (waiting === 0) carryOn();
        else changed();
      });
    return work;
  }

  function fail(error: unknown): void {
    failure ??= error;
    status = 'failed';
    checks.abortAll();
    changed();
    ended();
  }

  /** What the engine asks for is begun once the checks are there; until then events are only taken. */
  function carryOn(): void {
    if (loaded !== null && !stopping && failure === null) carryOut(effectsOf(flow, state().position));
    else changed();
  }

  function carryOut(effects: readonly Effect[]): void {
    awaiting = { kind: 'none' };
    for (const effect of effects) carry(effect);
    changed();
  }

  function carry(effect: Effect): void {
    switch (effect.type) {
      case 'run-check':
        checks.start(effect.step, effect.subject, effect.key, false);
        return;
      case 'ask-consent':
        if (inputs.allow.includes(effect.action)) void take({ type: 'consent', action: effect.action, granted: true, by: 'operator' });
        // What can't be carried out anyway is skipped with its reason; nobody is asked for it.
        else if (!checks.canBegin(effect.step, effect.subject)) checks.start(effect.step, effect.subject, checks.keyOf(effect.step, effect.subject), false);
        else awaiting = { kind: 'consent', step: effect.step, subject: effect.subject, action: effect.action, proposal: checks.proposal(effect.step, effect.subject) };
        return;
      case 'classify':
        void take(classified(effect.step, effect.subject, effect.basis));
        return;
      case 'choose': {
        const position = state().position;
        if (position.kind !== 'choose') return;
        const step = flow.steps.get(effect.step);
        // Who has just refused an action is not asked what that means.
        const refused = step?.kind === 'action' && state().consent[step.action] === false && position.suggestion.outcome === 'skipped';
        if ((follow || refused) && position.chosen === null) void choose(position.suggestion.outcome, null, 'evidence');
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
          checks.forget();
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

  function classified(id: StepId, subjectKey: string | null, basis: readonly string[]): CaseEvent {
    const step = flow.steps.get(id);
    if (step?.kind !== 'decide') throw new Error(`step ${id} is no decide step`);
    const classifier = classifiers[step.classifier];
    if (classifier === undefined) throw new Error(`flow ${flow.id}, step ${id}: there is no classifier ${step.classifier}`);
    const view = viewOf(state().evidence, checks.subjectOf(subjectKey), step.reads, answersOf(state().path, subjectKey));
    const verdict = classifier.classify(view, read(view));
    return { type: 'suggested', step: id, subject: subjectKey, outcome: verdict.outcome, because: verdict.because, evidence: verdict.evidence.filter((one) => basis.includes(one)), basis };
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
    // What is decided or measured anew takes the diagnosis away that was being verified.
    if (intent.type === 'rerun' || intent.type === 'choose' || intent.type === 'back') stopVerifying();
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
        if (here === null || !('check' in here.step) || !checks.skip(here.step.check)) void complain('no check is running that could be skipped');
        return;
      }
      case 'note':
        void take({ type: 'note', text: intent.text, step: current()?.step.id ?? null });
        return;
      case 'tick':
        tick(intent.diagnosis, intent.remedy);
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
        if (liveChange === null) void complain('no change is in force');
        else {
          keepAsked = true;
          liveChange = { ...liveChange, keep: true };
          changed();
        }
        return;
      case 'verify':
        void verify(intent.diagnosis).catch(fail);
        return;
    }
  }

  function tick(index: number, place: number): void {
    const diagnosis = diagnoses?.[index];
    const title = diagnosis?.remedies[place]?.title;
    if (diagnosis === undefined || title === undefined) return void complain('there is no such remedy');
    const about = { diagnosis: diagnosis.id, subject: diagnosis.backend, title };
    void take({ type: 'remedy', ...about, done: !isDone(state(), about) });
  }

  /** Begins to verify, or ends it where it is under way. */
  async function verify(index: number): Promise<void> {
    const diagnosis = diagnoses?.[index];
    if (diagnosis === undefined) return complain('there is no such diagnosis');
    if (verification !== null) {
      stopVerifying();
      return;
    }
    const deciding = decidingCheck(diagnosis, state(), loaded ?? {});
    if (deciding === null) return complain(`no check can verify ${diagnosis.id}`);
    verification = new AbortController();
    await verifyUntilGood(diagnosis, index, deciding, verification.signal, {
      now,
      nextId,
      take,
      done: checks.done,
      run: (one, key) => checks.beside(one.check, one.subject, key, one.lookBackMs === null ? null : now() - one.lookBackMs),
      show: (next) => {
        verifying = next;
        changed();
      },
    }).finally(() => {
      verification = null;
      verifying = null;
    });
  }

  function stopVerifying(): void {
    verification?.abort();
    checks.giveUp('verify ');
  }

  function view(): SessionView {
    const running = checks.shown();
    return {
      caseId: options.caseId,
      host: options.hostName,
      startedAt: options.startedAt,
      flow,
      state: state(),
      running,
      awaiting,
      soFar: soFar(state().evidence, running),
      diagnoses,
      liveChange,
      verifying,
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
      const concluded = (): boolean => {
        const { position } = state();
        return position.kind === 'end' && position.concluded;
      };
      if (concluded()) {
        // A case that had its diagnosis before: it is shown again, and can be verified.
        showConclusion();
        changed();
        ended();
      }
      loaded = await options.loadChecks();
      if (!concluded()) {
        checks.startAhead();
        carryOn();
      }
      await end;
      await work;
      if (failure !== null) throw failure;
    },
    stop: async (signal) => {
      if (stopping) return;
      stopping = true;
      verification?.abort();
      checks.abortAll();
      // A check that changed something puts it back before it ends: it is waited for, within bounds.
      await Promise.race([checks.settled(), new Promise((resolve) => setTimeout(resolve, putBackMs).unref())]);
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
