/**
 * After the diagnosis: the deciding check again, round after round, until it is good or the engineer has seen enough. It is recorded
 * beside the case and changes nothing of its way.
 */
import type { Check } from '../checks/check.ts';
import type { Diagnosis } from '../engine/conclusion.ts';
import type { CaseEvent, Subject } from '../engine/events.ts';
import { evidenceKey } from '../engine/keys.ts';
import type { State } from '../engine/state.ts';
import type { Found } from './run-check.ts';

/** What a verification runs: the check that the first remedy with one names, and how far it looks back in logs. */
export interface Deciding {
  readonly check: Check;
  readonly subject: Subject | null;
  /** Milliseconds; null: as far as the case does. */
  readonly lookBackMs: number | null;
}

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The remedies say how they are verified, as a command for people; the same check runs here. Null: no check can tell. */
export function decidingCheck(diagnosis: Diagnosis, state: Pick<State, 'subjects'>, checks: Readonly<Record<string, Check>>): Deciding | null {
  const subject = state.subjects?.find((one) => one.backend === diagnosis.backend) ?? null;
  const named = diagnosis.remedies.flatMap(({ verify }) => {
    const check = checks[/\bproxy-doctor check ([\w-]+)/.exec(verify)?.[1] ?? ''];
    return check === undefined || check.action !== null || (check.scope === 'backend' && subject === null) ? [] : [{ check, command: verify }];
  })[0];
  const check = named?.check ?? checks[subject === null ? 'error-log' : 'tcp-connect'];
  if (check === undefined) return null;
  const since = /--since (\d+)([smhd])\b/.exec(named?.command ?? '');
  const lookBackMs = since === null ? null : Number(since[1]) * (unitMs[since[2] ?? ''] ?? 0);
  return { check, subject: check.scope === 'case' ? null : subject, lookBackMs };
}

/** Between two rounds: the backend is in trouble already, and logs grow slowly. */
const pauseMs: Readonly<Record<Check['load'], number>> = { none: 5000, brief: 5000, holds: 30_000 };

export interface Verifying {
  /** Index of the diagnosis. */
  readonly diagnosis: number;
  /** Rounds that ended. */
  readonly rounds: number;
  /** When the next round begins (ms since the epoch); null: one is running. */
  readonly nextAt: number | null;
}

/** What the session lends to a verification. */
export interface VerifyRoom {
  readonly now: () => number;
  readonly run: (deciding: Deciding, key: string) => Promise<Found>;
  readonly nextId: () => string;
  readonly take: (event: CaseEvent) => Promise<void>;
  readonly done: (key: string) => void;
  /** What is shown of it; null: it has ended. */
  readonly show: (verifying: Verifying | null) => void;
}

/** Ends when it is good, or when the signal says so. What changed nothing since the last round is not recorded again. */
export async function verifyUntilGood(diagnosis: Diagnosis, index: number, deciding: Deciding, signal: AbortSignal, room: VerifyRoom): Promise<void> {
  const { check, subject } = deciding;
  let last: string | null = null;
  for (let rounds = 0; !signal.aborted; rounds += 1) {
    room.show({ diagnosis: index, rounds, nextAt: null });
    const key = `verify ${evidenceKey(check.name, {}, subject?.key ?? null)} ${room.now()}`;
    const found = await room.run(deciding, key);
    const good = found.status === 'ok' && check.good.includes(found.outcome);
    if (signal.aborted && last !== null) {
      room.done(key);
      break;
    }
    if (found.outcome !== last) {
      const id = room.nextId();
      await room.take({ type: 'evidence', evidence: { ...found, id } });
      await room.take({ type: 'verified', diagnosis: diagnosis.id, subject: subject?.key ?? diagnosis.backend, good, evidence: id });
    } else room.done(key);
    last = found.outcome;
    // What can't be checked now can't be checked in five seconds either.
    if (good || found.status !== 'ok') break;
    const pause = pauseMs[check.load];
    room.show({ diagnosis: index, rounds: rounds + 1, nextAt: room.now() + pause });
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pause);
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      }, { once: true });
    });
  }
  room.show(null);
}
