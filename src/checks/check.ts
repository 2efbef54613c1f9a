/**
 * The contract of a live check: what it is, what it needs, how it collects facts (I/O) and how it judges them (pure).
 * One folder a check: `collect.ts` touches the machine through `Hosts`; `classify.ts` and `facts.ts` are pure.
 */
import type * as z from 'zod';
import type { CommandRecord, Evidence, Side } from '../engine/evidence.ts';
import type { Action } from '../engine/flow.ts';
import type { Subject } from '../engine/events.ts';
import type { Hosts } from '../host/host.ts';
import type { Inputs } from './inputs.ts';
import type { May } from './may.ts';

/**
 * How much a check costs the patient. `none`: reads what is there; `brief`: a few short connections; `holds`: keeps connections
 * or time. Checks of load `none` start ahead of need, side by side.
 */
export type Load = 'none' | 'brief' | 'holds';

/** What a check says while it works; shown on the screen, never stored. */
export interface Progress {
  readonly done: number;
  /** Null where the total is not known. */
  readonly total: number | null;
  readonly unit: 'bytes' | 'attempts' | 'seconds' | 'packets' | 'requests';
  /** A line in words: `12 refused, 8 accepted`. */
  readonly text: string;
  /** Something a screen can draw: results so far. */
  readonly live?: unknown;
}

/** The latest evidence of a check, typed by that check's facts; null where there is none or it could not be carried out. */
export type EvidenceOf = (check: string, subject?: string | null) => Evidence | null;

/** What a check may know before it starts, to work out its parameters: options, and facts that other checks found. Pure. */
export interface Known {
  readonly inputs: Inputs;
  readonly evidence: EvidenceOf;
  readonly subject: Subject | null;
}

/** Parameters worked out, or the reason why the check can't be carried out and what would make it possible. */
export type Prepared<P> =
  | { readonly ready: true; readonly parameters: P }
  | { readonly ready: false; readonly reason: string; readonly remedy: string };

export interface CheckContext {
  readonly hosts: Hosts;
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
  /** Milliseconds left for this check: its own limit, or what is left of the run. */
  readonly timeLimitMs: number;
  /** Work shared by several checks of one run (reading the access log once): the first caller does it, the others get its result. */
  readonly once: <T>(key: string, work: () => Promise<T>) => Promise<T>;
  /** A folder of the case for files that belong to it (captures), made on first use with mode 0700. */
  readonly caseFolder: () => Promise<string>;
  /** Left out where a check runs without a case. */
  readonly caseId?: string;
  /** The state directory's folder for records of changes that may have to be undone, mode 0700. */
  readonly changesFolder: () => Promise<string>;
  /** The engineer wants the change to stay when its test has ended well; absent: nobody can ask for that here. */
  readonly keepAsked?: () => boolean;
  /** Told of changes to the machine, at once, so that they are in the journal before anything else happens. */
  readonly changed: (change: {
    id: string;
    what: string;
    file: string;
    state: 'applied' | 'reverted' | 'kept' | 'failed';
  }) => Promise<void>;
}

/** What `collect` returns. `commands` is empty where sockets and files were used. */
export interface Collected<F> {
  readonly facts: F;
  readonly commands: readonly CommandRecord[];
}

/** Thrown by `collect` where the check could not be carried out. `status` becomes the evidence's status and outcome. */
export class CouldNot extends Error {
  override readonly name = 'CouldNot';
  readonly status: 'skipped' | 'failed' | 'timed-out';
  readonly remedy: string | null;
  readonly commands: readonly CommandRecord[];
  constructor(
    status: 'skipped' | 'failed' | 'timed-out',
    reason: string,
    remedy: string | null = null,
    commands: readonly CommandRecord[] = [],
  ) {
    super(reason);
    this.status = status;
    this.remedy = remedy;
    this.commands = commands;
  }
}

/** What `classify` concludes from facts: one outcome of the closed set, and a line for people. */
export interface Classified<O extends string = string> {
  readonly outcome: O;
  readonly summary: string;
}

export interface Needs {
  /** Each entry is a choice of commands, one of which must be there: `[['ss', 'netstat']]`. */
  readonly commands: readonly (readonly string[])[];
  /** Files or kinds of files read: `the error log`. */
  readonly files: readonly string[];
  /** Rights beyond those of an ordinary user: `read the error log (root or group adm)`. */
  readonly rights: readonly string[];
}

export interface Check<P = unknown, F = unknown, O extends string = string> {
  readonly name: string;
  /** What it does, in one line. */
  readonly title: string;
  readonly side: Side;
  /** `backend`: run once for each subject; `case`: once. */
  readonly scope: 'case' | 'backend';
  readonly load: Load;
  /** Set where the check changes or captures something. */
  readonly action: Action | null;
  readonly sendsTraffic: boolean;
  /** With --passive it goes on without sending: tables and counters are there to be read. Left out: it is skipped then, if it sends. */
  readonly readsWhenPassive?: boolean;
  readonly needs: Needs;
  /** What it may do at most with these options and what the flow sets. Pure. */
  readonly may: (inputs: Inputs, set: Readonly<Record<string, unknown>>) => May;
  readonly parameters: z.ZodType<P>;
  readonly facts: z.ZodType<F>;
  /** The closed set: each outcome with what it means. Never `skipped`, `failed` or `timed-out`. */
  readonly outcomes: Readonly<Record<O, string>>;
  /** Outcomes that `proxy-doctor check NAME` calls good (exit 0). */
  readonly good: readonly O[];
  readonly timeLimitMs: number;
  /** Works out the parameters from what is known. `set` is what the flow (or the command line of `check`) sets. Pure. */
  readonly prepare: (known: Known, set: Readonly<Record<string, unknown>>) => Prepared<P>;
  /** The commands this would run by hand, for `plan`, the screen's `c` and the report. Pure. */
  readonly describe: (parameters: P) => readonly string[];
  readonly collect: (context: CheckContext, parameters: P) => Promise<Collected<F>>;
  /** Pure: facts → one outcome. `subject` for checks that cover several backends at once. */
  readonly classify: (facts: F, subject: Subject | null) => Classified<O>;
}

/** Checks by name. */
export type Checks = Readonly<Record<string, Check>>;

/** Keeps a check's types together. */
export function defineCheck<P, F, O extends string>(check: Check<P, F, O>): Check<P, F, O> {
  return check;
}
