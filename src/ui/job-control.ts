/** Ctrl-Z and `fg`. In raw mode the terminal makes no signal of Ctrl-Z: the stop is ours to ask for. */

export interface JobControl {
  /** Stops all processes of this job (npm in front of us, commands that checks run), as the terminal's Ctrl-Z would. */
  readonly stopJob: () => Promise<void>;
  readonly close: () => void;
}

export interface JobControlOptions {
  /** Lets go of the terminal while the function runs. */
  readonly suspended: (during: () => Promise<void>) => void;
  /** The terminal is somebody else's now (a pager). */
  readonly away: () => boolean;
}

/** How long to wait for the stop to happen; without a shell that could continue it the kernel drops it, and we go on. */
const settleMs = 150;

export function createJobControl({ suspended, away }: JobControlOptions): JobControl {
  function onStop(): void {
    // Somebody else sent it. The handler has replaced the kernel's own: only SIGSTOP still stops.
    if (away()) process.kill(process.pid, 'SIGSTOP');
    else suspended(() => stopped(() => process.kill(process.pid, 'SIGSTOP')));
  }

  function onContinue(): void {
    // Stopped by SIGSTOP from outside: the shell has had the terminal meanwhile, in a mode of its own.
    if (!away()) suspended(() => Promise.resolve());
  }

  async function stopped(stop: () => void): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, settleMs);
      process.once('SIGCONT', () => {
        clearTimeout(timer);
        resolve();
      });
      stop();
    });
  }

  process.on('SIGTSTP', onStop);
  process.on('SIGCONT', onContinue);
  return {
    stopJob: async () => {
      process.off('SIGTSTP', onStop);
      await stopped(() => process.kill(0, 'SIGTSTP'));
      process.on('SIGTSTP', onStop);
    },
    close: () => {
      process.off('SIGTSTP', onStop);
      process.off('SIGCONT', onContinue);
    },
  };
}
