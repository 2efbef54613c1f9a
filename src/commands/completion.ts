/** `completion SHELL`: made from the same table as --help. */
import type { Command } from 'commander';
import { checkNames } from '../checks/names.ts';
import type { Output } from './output.ts';

interface Known {
  readonly commands: readonly string[];
  /** For each command its options and words. */
  readonly words: Readonly<Record<string, readonly string[]>>;
}

export function completionCommand(shell: string, program: Command, io: Output): number {
  const known = words(program);
  io.out(shell === 'fish' ? fish(known) : shell === 'zsh' ? zsh(known) : bash(known));
  return 0;
}

function words(program: Command): Known {
  const commands = program.commands.map((command) => command.name());
  const own = (command: Command): string[] => [
    ...command.options.filter((option) => !option.hidden).map((option) => option.long ?? ''),
    '--help',
    ...command.commands.map((sub) => sub.name()),
    ...command.registeredArguments.flatMap((argument) => argument.argChoices ?? []),
    ...(command.name() === 'check' ? checkNames : []),
  ];
  return { commands, words: Object.fromEntries(program.commands.map((command) => [command.name(), own(command)])) };
}

function bash({ commands, words }: Known): string {
  const cases = Object.entries(words).map(([command, list]) => `    ${command}) words="${list.join(' ')}" ;;`);
  return [
    '# bash completion for proxy-doctor:  source <(proxy-doctor completion bash)',
    '_proxy_doctor() {',
    '  local current="${COMP_WORDS[COMP_CWORD]}" command="${COMP_WORDS[1]}" words',
    '  COMPREPLY=()',
    '  case "${COMP_WORDS[COMP_CWORD-1]}" in',
    '    --error-log|--access-log|--proxy-config|--answers|--record|--report|--output|--state-dir) COMPREPLY=($(compgen -f -- "$current")); return ;;',
    '  esac',
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    COMPREPLY=($(compgen -W "${commands.join(' ')} --help --version" -- "$current")); return`,
    '  fi',
    '  case "$command" in',
    ...cases,
    `    *) words="${words['run']?.join(' ') ?? ''}" ;;`,
    '  esac',
    '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
    '}',
    'complete -F _proxy_doctor proxy-doctor',
    '',
  ].join('\n');
}

function zsh({ commands, words }: Known): string {
  const cases = Object.entries(words).map(([command, list]) => `    ${command}) compadd -- ${list.join(' ')} ;;`);
  return [
    '#compdef proxy-doctor',
    '# zsh completion for proxy-doctor:  source <(proxy-doctor completion zsh)',
    '_proxy_doctor() {',
    '  if (( CURRENT == 2 )); then',
    `    compadd -- ${commands.join(' ')} --help --version; return`,
    '  fi',
    '  case "${words[CURRENT-1]}" in',
    '    --error-log|--access-log|--proxy-config|--answers|--record|--report|--output|--state-dir) _files; return ;;',
    '  esac',
    '  case "${words[2]}" in',
    ...cases,
    '  esac',
    '}',
    'compdef _proxy_doctor proxy-doctor',
    '',
  ].join('\n');
}

function fish({ commands, words }: Known): string {
  const lines = Object.entries(words).flatMap(([command, list]) => [
    `complete -c proxy-doctor -n '__fish_seen_subcommand_from ${command}' -a '${list.filter((word) => !word.startsWith('--')).join(' ')}'`,
    ...list.filter((word) => word.startsWith('--')).map((word) => `complete -c proxy-doctor -n '__fish_seen_subcommand_from ${command}' -l ${word.slice(2)}`),
  ]);
  return [
    '# fish completion for proxy-doctor:  proxy-doctor completion fish | source',
    `complete -c proxy-doctor -n 'not __fish_seen_subcommand_from ${commands.join(' ')}' -a '${commands.join(' ')}'`,
    ...lines,
    '',
  ].join('\n');
}
