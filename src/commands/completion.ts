/** `completion SHELL`: made from the same table as --help. What can be completed where is worked out here; the shells' scripts are made beside it. */
import type { Argument, Command, Option } from 'commander';
import { checkNames } from '../checks/names.ts';
import { scenarios } from '../demo/scenarios.ts';
import { bashScript } from './completion/bash.ts';
import { fishScript } from './completion/fish.ts';
import type { Place, Value } from './completion/place.ts';
import { zshScript } from './completion/zsh.ts';
import { flowIds } from './find-flow.ts';
import type { Output } from './output.ts';

export function completionCommand(shell: string, program: Command, io: Output): number {
  const places = placesOf(program);
  io.out(shell === 'fish' ? fishScript(places) : shell === 'zsh' ? zshScript(places) : bashScript(places));
  return 0;
}

/** Every place on the command line where a word can stand: at the start, after each command, after each command's command. */
export function placesOf(program: Command): Place[] {
  const run = program.commands.find((command) => command.name() === 'run');
  const start: Place = {
    path: '',
    commands: visibleOf(program),
    options: [
      ...(run === undefined ? [] : optionsOf(run)),
      { name: '--help', about: 'how to use it', value: null },
      { name: '--version', about: 'print the version', value: null },
    ],
    words: { words: flowIds(), files: 'any' },
  };
  const below = (command: Command, path: string): Place[] => [
    {
      path,
      commands: visibleOf(command),
      options: [...optionsOf(command), { name: '--help', about: 'how to use it', value: null }],
      words: wordsOf(command),
    },
    ...command.commands.flatMap((one) => below(one, `${path} ${one.name()}`)),
  ];
  return [start, ...program.commands.filter((command) => command.name() !== 'man').flatMap((command) => below(command, command.name()))];
}

function visibleOf(command: Command): Place['commands'] {
  return command.commands.filter((one) => one.name() !== 'man').map((one) => ({ name: one.name(), about: one.description() }));
}

function optionsOf(command: Command): Place['options'] {
  return command.options
    .filter((option) => !option.hidden && option.long)
    .map((option) => ({ name: option.long ?? '', about: option.description, value: valueOf(option) }));
}

/** What the word in angle brackets stands for; see table.ts. */
function valueOf(option: Option): Value | null {
  if (!option.required && !option.optional) return null;
  if (option.argChoices !== undefined) return { words: option.argChoices, files: 'none' };
  const stands = /<([^>]+)>/.exec(option.flags)?.[1];
  switch (stands) {
    case 'path':
    case 'file':
      return { words: [], files: 'any' };
    case 'dir':
      return { words: [], files: 'folders' };
    case 'check':
      return { words: checkNames, files: 'none' };
    case 'action':
      return { words: ['keepalive-toggle', 'packet-capture'], files: 'none' };
    default:
      return { words: [], files: 'none' };
  }
}

function wordsOf(command: Command): Value {
  const first: Argument | undefined = command.registeredArguments[0];
  if (first?.argChoices !== undefined) return { words: first.argChoices, files: 'none' };
  switch (first?.name()) {
    case 'flow':
      return { words: flowIds(), files: 'any' };
    case 'name':
      return { words: checkNames, files: 'none' };
    case 'scenario':
      return { words: scenarios.map((one) => one.id), files: 'none' };
    case 'report':
      return { words: [], files: 'any' };
    default:
      return { words: [], files: 'none' };
  }
}
