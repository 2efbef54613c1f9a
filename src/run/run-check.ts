/** Carries one check out and makes evidence of whatever happens: facts and their outcome, or why it could not be carried out. */
import { type Check, type CheckContext, CouldNot, type Known, type Progress } from '../checks/check.ts';
import type { CommandRecord, Evidence, EvidenceStatus } from '../engine/evidence.ts';
import type { Subject } from '../engine/events.ts';
import { UsageError } from '../errors.ts';
import type { Hosts } from '../host/host.ts';

export interface Carrier {
  readonly hosts: Hosts;
  readonly now: () => number;
  readonly once: CheckContext['once'];
  readonly caseFolder: CheckContext['caseFolder'];
  readonly caseId?: string;
  readonly changesFolder: CheckContext['changesFolder'];
  readonly changed: CheckContext['changed'];
  readonly keepAsked?: () => boolean;
}

export interface Order {
  readonly check: Check;
  readonly key: string;
  /** Null: case-wide. */
  readonly subject: Subject | null;
  readonly set: Readonly<Record<string, unknown>>;
  readonly known: Known;
  /** A reason not to try at all: left out by an option, no consent, no time left. */
  readonly leaveOut: { readonly reason: string; readonly remedy: string } | null;
  readonly signal: AbortSignal;
  /** The person gave up waiting (`skipped`), as against a limit (`timed-out`). */
  readonly skipped: () => boolean;
  readonly timeLimitMs: number;
  readonly progress: (progress: Progress) => void;
}

/** Evidence without its id, which it gets in the order of arrival. */
export type Found = Omit<Evidence, 'id'>;

/** Output of commands that is kept with the evidence: enough to see what it said, bounded. */
const keptOutput = 16 * 1024;

/** Never rejects, except for a mistake of the user's that a check found in its options (UsageError). */
export async function runCheck(order: Order, carrier: Carrier): Promise<Found> {
  const { check, subject } = order;
  const startedAt = carrier.now();
  const found = (status: EvidenceStatus, outcome: string, summary: string, remedy: string | null, commands: readonly CommandRecord[], data: unknown): Found => ({
    check: check.name,
    side: check.side,
    subject: check.scope === 'case' ? null : (subject?.key ?? null),
    key: order.key,
    startedAt: new Date(startedAt).toISOString(),
    durationMs: Math.max(0, carrier.now() - startedAt),
    status,
    outcome,
    summary,
    remedy,
    commands: commands.map(kept),
    data,
  });
  const couldNot = (status: 'skipped' | 'failed' | 'timed-out', reason: string, remedy: string | null, commands: readonly CommandRecord[] = []): Found =>
    found(status, status, reason, remedy, commands, null);

  if (order.leaveOut !== null) return couldNot('skipped', order.leaveOut.reason, order.leaveOut.remedy);
  const limit = Math.min(check.timeLimitMs, order.timeLimitMs);
  if (limit <= 0) return couldNot('skipped', 'no time left for it', 'allow more with --time-limit');
  const timer = new AbortController();
  const signal = AbortSignal.any([order.signal, timer.signal]);
  let timeout: NodeJS.Timeout | undefined;
  try {
    const prepared = check.prepare(order.known, order.set);
    if (!prepared.ready) return couldNot('skipped', prepared.reason, prepared.remedy);
    // A check that does not listen to its signal is left behind a little after its limit: its result would come too late to use.
    const late = new Promise<never>((_resolve, reject) => {
      timeout = setTimeout(() => {
        timer.abort();
        setTimeout(() => reject(new CouldNot('timed-out', `not done within ${Math.round(limit / 1000)} s`)), check.action === null ? 1000 : 15_000).unref();
      }, limit);
    });
    const work = check.collect(
      { hosts: carrier.hosts, signal, progress: order.progress, timeLimitMs: limit, once: carrier.once, caseFolder: carrier.caseFolder, ...(carrier.caseId === undefined ? {} : { caseId: carrier.caseId }), changesFolder: carrier.changesFolder, changed: carrier.changed, ...(carrier.keepAsked === undefined ? {} : { keepAsked: carrier.keepAsked }) },
      prepared.parameters,
    );
    work.catch(() => undefined);
    const collected = await Promise.race([work, late]);
    const { outcome, summary } = check.classify(collected.facts, subject);
    return found('ok', outcome, summary, null, collected.commands, collected.facts);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    if (order.skipped()) return couldNot('skipped', 'given up by the engineer', 'run it again with r');
    if (timer.signal.aborted) return couldNot('timed-out', `not done within ${Math.round(limit / 1000)} s`, 'allow more with --time-limit');
    if (error instanceof CouldNot) return couldNot(error.status, error.message, error.remedy, error.commands);
    return couldNot('failed', error instanceof Error ? error.message : String(error), null);
  } finally {
    clearTimeout(timeout);
  }
}

function kept(command: CommandRecord): CommandRecord {
  const { argv, exitCode, durationMs } = command;
  const output = command.output ?? outputOf(command);
  return output === undefined ? { argv, exitCode, durationMs } : { argv, exitCode, durationMs, output: output.slice(0, keptOutput) };
}

/** A host's CommandResult carries its streams; only the start of them is kept. */
function outputOf(command: CommandRecord): string | undefined {
  const streams = command as Partial<{ stdout: string; stderr: string }>;
  const text = `${streams.stdout ?? ''}${streams.stderr ?? ''}`;
  return text === '' ? undefined : text;
}
