/** From the words of the command line to an exit status; every error becomes one message with what to do next. */
import { CommanderError } from 'commander';
import { CaseError } from './case/case-error.ts';
import { flushed, output, quietWhenPipeCloses } from './commands/output.ts';
import { makeProgram } from './commands/table.ts';
import { formatUsageError, UsageError } from './errors.ts';
import { visible } from './visible.ts';

export async function main(argv: readonly string[]): Promise<void> {
  quietWhenPipeCloses();
  let status = 0;
  try {
    const program = makeProgram((code) => {
      status = code;
    });
    for (const command of [program, ...program.commands, ...program.commands.flatMap((one) => one.commands)]) {
      command.exitOverride().configureOutput({ writeErr: () => undefined });
    }
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    status = explained(error);
  }
  await flushed();
  process.exit(status);
}

/** Says what is wrong in one line. @returns the exit status */
export function explained(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    output.err(visible(`proxy-doctor: ${error.message.replace(/^error: /, '').replaceAll('\n', ' ')}. See proxy-doctor --help`));
    return 2;
  }
  if (error instanceof UsageError) {
    output.err(visible(`proxy-doctor: ${formatUsageError(error)}`));
    return 2;
  }
  if (error instanceof CaseError) {
    output.err(visible(`proxy-doctor: ${error.message}. ${error.remedy}`));
    return 1;
  }
  output.err(`proxy-doctor: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return 1;
}
