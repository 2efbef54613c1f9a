/**
 * Evidence: what one check found, once, about one subject. It is stored whole in the case's journal and stands in the
 * report as it is (`evidence[]` of the JSON report). The engine routes by `status` and `outcome` only and never looks into `data`.
 */

/** Which end a check looked from. */
export type Side = 'proxy' | 'backend';

/** Whether the check could be carried out, never what it found: a refused connect is `ok`. */
export type EvidenceStatus = 'ok' | 'failed' | 'skipped' | 'timed-out';

/** Outcomes that every check can end with besides its own; the two sets never share a word. */
export const couldNotCheck = ['skipped', 'failed', 'timed-out'] as const;
export type CouldNotCheck = (typeof couldNotCheck)[number];

/** One command that a check ran; `exitCode` is null after a signal or when it could not be started. */
export interface CommandRecord {
  readonly argv: readonly string[];
  readonly exitCode: number | null;
  readonly durationMs: number;
  /** The first bytes of what it printed (both streams), control characters as they came. */
  readonly output?: string;
}

export interface Evidence {
  /** `e1`, `e2` … in the order of arrival in the case. */
  readonly id: string;
  readonly check: string;
  readonly side: Side;
  /** The backend (`host:port`) it is about; null: it is about the proxy or about all backends. */
  readonly subject: string | null;
  /** Identity of the measurement: check, parameters set by the flow, subject. Newer evidence with the same key supersedes older. */
  readonly key: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly status: EvidenceStatus;
  /** One word of the check's closed set, or the status where it could not be carried out. */
  readonly outcome: string;
  /** One line for people: words first, numbers second. */
  readonly summary: string;
  /** Where it could not be carried out: what would make it possible (an option, a right, a package). */
  readonly remedy: string | null;
  readonly commands: readonly CommandRecord[];
  /** The facts that were collected (the check's `facts` schema); null where it could not be carried out. */
  readonly data: unknown;
  /** Set by the fold: newer evidence has the same key, or its step was run again. It routes no more and stays to be read. */
  readonly superseded?: boolean;
  /** Set by the fold: it came after the conclusion (a remedy verified). It routes nothing and belongs to no diagnosis. */
  readonly afterConclusion?: boolean;
}
