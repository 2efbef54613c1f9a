/**
 * A flow: the decision tree as data. It only routes. What a check does, what a classifier concludes and what a diagnosis
 * means stand elsewhere; a step names them. See docs/decisions and `flows/`.
 */

export type StepId = string;
export type Outcome = string;

/** A flow has two parts: `triage` is walked once, `suspect` once for each backend under suspicion. */
export type Part = 'triage' | 'suspect';

/** Whether a check is about the whole case (run once) or about one backend (run once for each subject); copied from the check. */
export type Scope = 'case' | 'backend';

/** Actions that change or capture something, and so need consent. */
export type Action = 'keepalive-toggle' | 'packet-capture';

interface StepBase {
  readonly id: StepId;
  readonly part: Part;
  /** The question that this step answers, in one line: `Can the proxy connect to the backend right now?` */
  readonly title: string;
  /** The reason for the step, in a sentence or two. */
  readonly why: string;
  /** Points of the article that the step carries out: `A14`. */
  readonly covers: readonly string[];
  /** One or two words for the map and the way: `connect`. */
  readonly short: string;
}

/** How a person does by hand what the step does: commands, and how to read what they print. */
export interface ByHand {
  readonly commands: readonly string[];
  readonly reading: string;
}

export interface Route {
  readonly to: StepId;
  /** What this outcome means, as a choice on the screen: `Every connect fails`. */
  readonly label: string;
}

/** Runs a check; the outcomes of the check (and skipped, failed, timed-out) are the routes. */
export interface CheckStep extends StepBase {
  readonly kind: 'check';
  readonly check: string;
  readonly scope: Scope;
  /** Parameters that the flow sets (thresholds, counts); the run adds the rest. */
  readonly with: Readonly<Record<string, unknown>>;
  readonly byHand: ByHand | null;
  readonly routes: Readonly<Record<Outcome, Route>>;
}

/** Like a check, but it changes or captures something: consent is asked first. Without consent its evidence is `skipped`. */
export interface ActionStep extends StepBase {
  readonly kind: 'action';
  readonly action: Action;
  readonly check: string;
  readonly scope: Scope;
  readonly with: Readonly<Record<string, unknown>>;
  readonly byHand: ByHand | null;
  readonly routes: Readonly<Record<Outcome, Route>>;
}

/** A named pure classifier over evidence that is already there. */
export interface DecideStep extends StepBase {
  readonly kind: 'decide';
  readonly classifier: string;
  /** Checks whose latest evidence (for the current subject, else the proxy's) the classifier is given. Nothing else reaches it. */
  readonly reads: readonly string[];
  readonly routes: Readonly<Record<Outcome, Route>>;
}

/** Asked only where no check can answer. Every question has an option `unknown`. Answers are keyed by `id`, or `id@backend`. */
export interface QuestionStep extends StepBase {
  readonly kind: 'question';
  readonly byHand: ByHand | null;
  /**
   * The option an unattended run takes when nothing settles the question; null: such a run stops and says which answer is missing
   * (with `--no-input` it takes `unknown`).
   */
  readonly default: Outcome | null;
  readonly routes: Readonly<Record<Outcome, Route>>;
}

/** The end of triage: from here the suspects are examined one after the other, starting at the flow's `suspect` step. */
export interface ExamineStep extends StepBase {
  readonly kind: 'examine';
}

/** An end: this diagnosis, for the current subject (or for the whole case when reached in triage). */
export interface DiagnosisStep extends StepBase {
  readonly kind: 'diagnosis';
  readonly diagnosis: string;
}

export type Step = CheckStep | ActionStep | DecideStep | QuestionStep | ExamineStep | DiagnosisStep;
export type RoutedStep = CheckStep | ActionStep | DecideStep | QuestionStep;

export interface Flow {
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly summary: string;
  /** First step of each part. */
  readonly triage: StepId;
  readonly suspect: StepId;
  readonly steps: ReadonlyMap<StepId, Step>;
}
