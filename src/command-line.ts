/** From the words of the command line to an exit status; every error becomes one message with what to do next. */
import { CommanderError } from 'commander';
import { CaseError } from './case/case-error.ts';
import { commandNames } from './commands/command-names.ts';
import { flushed, output, quietWhenPipeCloses } from './commands/output.ts';
import { makeProgram } from './commands/table.ts';
import { formatUsageError, UsageError } from './errors.ts';
import { visible } from './visible.ts';

export async function main(argv: readonly string[]): Promise<void> {
  quietWhenPipeCloses();
  let status = 0;
  let help = '';
  try {
    const program = makeProgram((code) => {
      status = code;
    });
    for (const command of [program, ...program.commands, ...program.commands.flatMap((one) => one.commands)]) {
      command.exitOverride().configureOutput({ writeErr: (text) => void (help += text) });
    }
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    // Commander’s answer to a group of commands without one: what there is to choose from.
    if (error instanceof CommanderError && error.code === 'commander.help') {
      output.err(help.trimEnd());
      status = 2;
    } else status = explained(error, commandNames.find((name) => name === argv[0]));
  }
  await flushed();
  process.exit(status);
}

/** Says what is wrong in one line. @param command the one that was called, where it was named. @returns the exit status */
export function explained(error: unknown, command?: string): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    const message = error.message.replace(/^error: (?:command-argument value )?/, '').replace(/\.$/, '').replaceAll('\n', ' ');
    output.err(visible(`proxy-doctor: ${message}. See proxy-doctor ${command === undefined ? '' : `${command} `}--help`));
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
