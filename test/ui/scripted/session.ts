/**
 * A session that plays a script: the real engine carries the case, the checks find what the script says, as fast as it says. Nothing
 * is measured. The wizard can't tell the difference.
 */
import type { Diagnosis } from '../../../src/engine/conclusion.ts';
import type { CaseEvent, Subject } from '../../../src/engine/events.ts';
import type { Flow } from '../../../src/engine/flow.ts';
import { isDone } from '../../../src/engine/remedies.ts';
import { advance, begin, Refused, type Folded } from '../../../src/engine/step.ts';
import type { Progress } from '../../../src/checks/check.ts';
import type { Awaiting, Intent, RunningCheck, Session, SessionView } from '../../../src/run/session.ts';
import type { Found } from './found.ts';

export interface Script {
  readonly flow: Flow;
  readonly found: Readonly<Record<string, Found>>;
  /** What a check says while it runs, one after the other; it ends after the last. None: it ends at once. */
  readonly progress?: Readonly<Record<string, readonly Progress[]>>;
  readonly everyMs?: number;
  /** Checks that run until they are skipped. */
  readonly endless?: readonly string[];
  readonly suggestions: Readonly<Record<string, { readonly outcome: string; readonly because: string }>>;
  readonly subjects: readonly Subject[];
  readonly diagnoses: readonly Diagnosis[];
  readonly proposal: readonly string[];
  readonly soFar?: string;
  readonly stale?: readonly string[];
  readonly startedAt?: number;
  /** Fails with this after the first intent. */
  readonly failsWith?: string;
}

export interface ScriptedSession extends Session {
  readonly intents: readonly Intent[];
  readonly stops: readonly (string | null)[];
}

export function scriptedSession(script: Script): ScriptedSession {
  const { flow } = script;
  let folded: Folded = begin(flow);
  let running: readonly RunningCheck[] = [];
  let awaiting: Awaiting = { kind: 'none' };
  let diagnoses: readonly Diagnosis[] | null = null;
  let complaint: string | null = null;
  let liveChange: SessionView['liveChange'] = null;
  let follow = false;
  let stopped = false;
  let count = 0;
  const listeners = new Set<() => void>();
  const timers = new Map<string, NodeJS.Timeout>();
  const intents: Intent[] = [];
  const stops: (string | null)[] = [];
  const startedAt = script.startedAt ?? Date.now();

  const changed = (): void => {
    for (const listener of listeners) listener();
  };

  function take(event: CaseEvent): void {
    if (stopped) return;
    try {
      folded = advance(flow, folded, event);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      complaint = error.message;
      changed();
      return;
    }
    changed();
    // As after a write to disk: what follows comes a moment later, and the screen sees the moment between.
    setImmediate(carryOn);
  }

  function carryOn(): void {
    const { position } = folded.state;
    if (stopped) return;
    awaiting = { kind: 'none' };
    switch (position.kind) {
      case 'run-check':
        run(position.step, position.subject, position.key);
        break;
      case 'ask-consent':
        awaiting = { kind: 'consent', step: position.step, subject: position.subject, action: position.action, proposal: script.proposal };
        break;
      case 'classify': {
        const said = script.suggestions[position.step] ?? { outcome: 'cannot-tell', because: 'the script says nothing' };
        take({
          type: 'suggested',
          step: position.step,
          subject: position.subject,
          ...said,
          evidence: position.basis,
          basis: position.basis,
        });
        return;
      }
      case 'choose':
        if (follow && position.chosen === null) send({ type: 'choose', outcome: position.suggestion.outcome, because: null });
        else awaiting = { kind: 'choice', step: position.step, subject: position.subject };
        break;
      case 'ask':
        awaiting = { kind: 'answer', step: position.step, subject: position.subject };
        break;
      case 'list-suspects':
        take({ type: 'suspects', subjects: script.subjects, leftOut: [], because: 'the script' });
        return;
      case 'end':
        if (!position.concluded) {
          take({ type: 'concluded' });
          return;
        }
        diagnoses = script.diagnoses;
    }
    changed();
  }

  function run(stepId: string, subject: string | null, key: string): void {
    const step = flow.steps.get(stepId);
    if (running.some((one) => one.key === key) || (step?.kind !== 'check' && step?.kind !== 'action')) return;
    const { check, scope } = step;
    const about = scope === 'case' ? null : subject;
    running = [
      ...running,
      { key, check, subject: about, startedAt: Date.now(), progress: null, commands: [`${check} --attempts 20`], ahead: false },
    ];
    if (step.kind === 'action')
      liveChange = { what: 'SetEnv proxy-nokeepalive 1', file: '/etc/apache2/conf-enabled/proxy-doctor.conf', until: Date.now() + 180_000 };
    take({ type: 'started', key, check, subject: about });
    const frames = [...(script.progress?.[check] ?? [])];
    const next = (): void => {
      const frame = frames.shift();
      if (!frame && script.endless?.includes(check)) return;
      if (!frame) {
        found(check, key, about, script.found[check]);
        return;
      }
      running = running.map((one) => (one.key === key ? { ...one, progress: frame } : one));
      changed();
      timers.set(key, setTimeout(next, script.everyMs ?? 5));
    };
    timers.set(key, setTimeout(next, script.everyMs ?? 5));
  }

  function found(check: string, key: string, subject: string | null, result: Found | undefined): void {
    const one = running.find((entry) => entry.key === key);
    running = running.filter((entry) => entry.key !== key);
    liveChange = null;
    count += 1;
    const said: Found = result ?? {
      status: 'skipped',
      outcome: 'skipped',
      summary: 'given up',
      remedy: 'measure again with r',
      commands: [],
      data: null,
    };
    take({
      type: 'evidence',
      evidence: {
        ...said,
        id: `e${count}`,
        check,
        side: 'proxy',
        subject,
        key,
        startedAt: new Date(one?.startedAt ?? Date.now()).toISOString(),
        durationMs: Date.now() - (one?.startedAt ?? 0),
      },
    });
  }

  function here(): { readonly step: string; readonly subject: string | null } | null {
    const { position } = folded.state;
    return 'subject' in position ? { step: position.step, subject: position.subject } : null;
  }

  function send(intent: Intent): void {
    intents.push(intent);
    complaint = null;
    if (script.failsWith !== undefined) throw new Error(script.failsWith);
    const { position } = folded.state;
    switch (intent.type) {
      case 'choose': {
        if (position.kind !== 'choose' && position.kind !== 'ask') return;
        const suggested = position.kind === 'choose' ? position.suggestion.outcome : null;
        const by = suggested === null ? 'answer' : suggested === intent.outcome ? 'evidence' : 'operator';
        take({
          type: 'chosen',
          step: position.step,
          subject: position.subject,
          outcome: intent.outcome,
          suggested,
          by,
          because: intent.because,
        });
        return;
      }
      case 'consent':
        if (position.kind === 'ask-consent') take({ type: 'consent', action: position.action, granted: intent.granted, by: 'operator' });
        return;
      case 'back':
      case 'forward':
        take({ type: intent.type });
        return;
      case 'rerun': {
        const at = here();
        if (at) take({ type: 'rerun', ...at });
        return;
      }
      case 'skip': {
        const one = position.kind === 'run-check' ? running.find(({ key }) => key === position.key) : undefined;
        if (!one) return;
        clearTimeout(timers.get(one.key));
        found(one.check, one.key, one.subject, undefined);
        return;
      }
      case 'note':
        take({ type: 'note', text: intent.text, step: here()?.step ?? null });
        return;
      case 'follow':
        follow = intent.on;
        if (follow) carryOn();
        return;
      case 'put-back':
      case 'keep':
        complaint = 'no change is in force';
        changed();
        return;
      case 'tick': {
        const diagnosis = script.diagnoses[intent.diagnosis];
        const title = diagnosis?.remedies[intent.remedy]?.title;
        if (!diagnosis || title === undefined) return;
        const about = { diagnosis: diagnosis.id, subject: diagnosis.backend, title };
        take({ type: 'remedy', ...about, done: !isDone(folded.state, about) });
        return;
      }
      case 'verify':
        take({ type: 'verified', diagnosis: script.diagnoses[intent.diagnosis]?.id ?? '', subject: null, good: true, evidence: 'e2' });
    }
  }

  return {
    intents,
    stops,
    view: () => ({
      caseId: '7f3a',
      host: 'web-px-2',
      startedAt,
      flow,
      state: folded.state,
      running,
      awaiting,
      soFar: script.soFar ?? null,
      diagnoses,
      liveChange,
      verifying: null,
      status: diagnoses ? 'diagnosed' : 'running',
      complaint,
      stale: script.stale ?? [],
      evidenceOf: (step, subject) => {
        const at = flow.steps.get(step);
        if (at?.kind !== 'check' && at?.kind !== 'action') return null;
        return folded.state.evidence.findLast((one) => one.check === at.check && (one.subject === subject || one.subject === null)) ?? null;
      },
    }),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    send,
    start: () => {
      take({ type: 'opened', flow: { id: flow.id, version: flow.version, hash: 'test' } });
      return Promise.resolve();
    },
    stop: (signal) => {
      stops.push(signal);
      stopped = true;
      for (const timer of timers.values()) clearTimeout(timer);
      return Promise.resolve();
    },
  };
}
