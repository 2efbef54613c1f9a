/** What a case ends with: diagnoses with their evidence. The words come from the flow's `diagnoses.yaml`, the judgement from src/diagnosis. */

export type Confidence = 'confirmed' | 'likely' | 'possible';

export interface Claim {
  readonly text: string;
  readonly evidence: readonly string[];
}

export interface Rival {
  readonly id: string;
  readonly state: 'refuted' | 'not-tested';
  readonly because: string;
}

export interface Remedy {
  readonly title: string;
  readonly steps: readonly string[];
  /** Exact commands or configuration lines for this proxy. */
  readonly commands: readonly string[];
  /** The command that shows whether it worked. */
  readonly verify: string;
  /** It stops the bleeding only; `undo` says how to take it back. */
  readonly firstAid: boolean;
  readonly undo: string | null;
}

export interface Pattern {
  readonly method: string | null;
  /** Path that the client asked for, variable parts as `{id}`; null: the pattern is the method alone. */
  readonly path: string | null;
  /** Share of all failures, 0 to 1. */
  readonly share: number;
}

export interface Diagnosis {
  readonly id: string;
  readonly backend: string | null;
  readonly confidence: Confidence;
  readonly ongoing: boolean | null;
  readonly summary: string;
  readonly evidence: readonly string[];
  readonly for: readonly Claim[];
  readonly against: readonly Claim[];
  readonly open: readonly Claim[];
  readonly rivals: readonly Rival[];
  readonly pattern: Pattern | null;
  readonly remedies: readonly Remedy[];
}
