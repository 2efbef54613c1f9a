/** The data that declares each diagnosis: read from a flow's diagnoses.yaml by src/flow, judged by confidence.ts. */
import type { SignName } from './signs/all.ts';

export interface DeclaredRemedy {
  readonly title: string;
  readonly firstAid: boolean;
  readonly undo: string | null;
  readonly steps: readonly string[];
  readonly commands: readonly string[];
  readonly verify: string;
}

export interface Declared {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  /** The mechanism is seen when every sign of one group holds. */
  readonly mechanism: readonly (readonly SignName[])[];
  /** For each rival, signs that refute it: any one of them. */
  readonly rivals: Readonly<Record<string, readonly SignName[]>>;
  readonly for: readonly SignName[];
  readonly against: readonly SignName[];
  readonly decidedBy: readonly string[];
  readonly remedies: readonly DeclaredRemedy[];
}
