/** What a command prints: results to standard output, complaints to standard error. A closed pipe ends the program quietly. */
export interface Output {
  readonly out: (text: string) => void;
  readonly err: (line: string) => void;
}

export const output: Output = {
  out: (text) => void process.stdout.write(text),
  err: (line) => void process.stderr.write(`${line}\n`),
};

/** A reader that went away (`| head`) is no error of ours. */
export function quietWhenPipeCloses(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(0);
      throw error;
    });
  }
}

/** Resolves when everything written so far has left the process. */
export function flushed(): Promise<void> {
  const one = (stream: NodeJS.WriteStream): Promise<void> => new Promise((resolve) => (stream.writableLength === 0 ? resolve() : stream.write('', () => resolve())));
  return Promise.all([one(process.stdout), one(process.stderr)]).then(() => undefined);
}
