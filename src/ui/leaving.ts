/** Ends that come from outside, the same for the screen and for `--plain`: signals, a crash, the loss of the terminal. */
import type { Session } from '../run/session.ts';

export const endingSignals = ['SIGHUP', 'SIGTERM', 'SIGINT'] as const;

/** How to go on, as the last line always says it. */
export function resumeLine(session: Session): string {
  return `The case is saved. Go on with it: proxy-doctor resume ${session.view().caseId}\n`;
}

/** Text that ends with a line break, or is empty. */
export function asLines(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

/** Writes and waits until it is out. A terminal that is gone takes nothing; that is no failure of ours. */
export function say(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || stream.writableEnded) resolve();
    else stream.write(text, () => resolve());
  });
}

export interface EndsHandlers {
  readonly onSignal: (signal: string) => void;
  readonly onCrash: (error: unknown) => void;
}

/** Listens until the returned function is called. */
export function listenForEnds({ onSignal, onCrash }: EndsHandlers): () => void {
  for (const signal of endingSignals) process.on(signal, onSignal);
  process.on('uncaughtException', onCrash);
  process.on('unhandledRejection', onCrash);
  return () => {
    for (const signal of endingSignals) process.off(signal, onSignal);
    process.off('uncaughtException', onCrash);
    process.off('unhandledRejection', onCrash);
  };
}

/**
 * What ends a run: `leave` stops the session once and ends with that signal, `crash` ends with the failure. `ended` settles after the
 * session has saved and put changes back.
 */
export interface Leaving {
  readonly ended: Promise<string | null>;
  readonly leave: (signal: string | null) => void;
  readonly crash: (error: unknown) => void;
}

/** @param before called first, with the session still running: to say on the screen what goes on */
export function createLeaving(session: Session, before: () => void): Leaving {
  let leaving = false;
  let resolve: (signal: string | null) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const ended = new Promise<string | null>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return {
    ended,
    leave: (signal) => {
      if (leaving) return;
      leaving = true;
      before();
      session.stop(signal).then(() => resolve(signal), reject);
    },
    crash: (error) => {
      // While the session stops, its own end decides; a second failure must not cut that short.
      if (!leaving)
        session.stop('crash').then(
          () => reject(error),
          () => reject(error),
        );
      leaving = true;
    },
  };
}
