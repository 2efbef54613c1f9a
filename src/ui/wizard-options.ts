/** What whoever starts the wizard hands to it, on a screen or as plain text, and how it ends. */
import type { Session } from '../run/session.ts';
import type { Opening } from './opening.ts';

export interface WizardOptions {
  readonly session: Session;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The screen is there already, and keys were taken; left out: it is not. */
  readonly opening?: Opening | undefined;
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
