/**
 * The wizard's entry: runs a session on a terminal until it is left, and leaves the terminal as it was. Signals, a crash and the loss
 * of the terminal end like `q`: the session is stopped (it saves, and puts changes back), then the last lines go to the normal screen.
 */
import type { Session } from '../run/session.ts';
import { runPlain } from './plain.ts';
import { runScreen } from './screen-run.tsx';

export interface WizardOptions {
  readonly session: Session;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Linear text instead of a screen. */
  readonly plain: boolean;
  /** Writes the report there; its ending picks the format. Resolves to what was written, for people. @throws {Error} in words for people */
  readonly writeReport: (path: string) => Promise<string>;
  /** What stays on the normal screen afterwards: the verdict in a few lines. May be empty. */
  readonly ending: () => string;
}

/** `signal`: what ended it other than the person (`SIGHUP`, `SIGTERM`, `SIGINT`), for the exit status; null: left by choice. */
export interface WizardEnd {
  readonly signal: string | null;
}

/** Runs the wizard; the session is started here. @throws what the session or the interface failed with, the terminal restored */
export function runWizard(options: WizardOptions): Promise<WizardEnd> {
  return options.plain ? runPlain(options) : runScreen(options);
}
