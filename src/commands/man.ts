/** `man`: the manual page in man(7), made from the same table as --help. */
import type { Argument, Command, Option } from 'commander';
import { version } from '../version.ts';
import type { Output } from './output.ts';

export function manCommand(program: Command, io: Output): number {
  io.out(manPage(program));
  return 0;
}

/** Pure. */
export function manPage(program: Command): string {
  const commands = shown(program);
  const run = commands.find((command) => command.name() === 'run');
  return [
    `.TH PROXY\\-DOCTOR 1 "" ${argument(`proxy-doctor ${version}`)} "User Commands"`,
    '.SH NAME',
    'proxy\\-doctor \\- why does an Apache reverse proxy answer 502 or 503',
    '.SH SYNOPSIS',
    ...commands.flatMap((command) => ['.br', `${synopsis(command)}`]).slice(1),
    '.SH DESCRIPTION',
    text(program.description()),
    '.PP',
    text(
      'It reads the proxy’s logs and configuration, tests the way to each backend, lets the evidence choose each branch of a decision tree, and ends with a diagnosis, the evidence for it and the remedy. On a terminal it is a wizard; with --no-input, --answers or without a terminal it runs unattended. It changes nothing without consent (--allow).',
    ),
    ...(run === undefined ? [] : ['.SH OPTIONS', text('Of run, which is the command where none is named:'), ...options(run)]),
    '.SH COMMANDS',
    ...commands.filter((command) => command !== run).flatMap((command) => described(command, '')),
    '.SH EXIT STATUS',
    ...exits.flatMap(([code, meaning]) => ['.TP', text(code), text(meaning)]),
    '.SH ENVIRONMENT',
    '.TP',
    '.B XDG_STATE_HOME',
    text('case files live in proxy-doctor below it (default: ~/.local/state)'),
    '.TP',
    '.B NO_COLOR\\fR, \\fBFORCE_COLOR\\fR, \\fBTERM',
    text('as usual; TERM=dumb gives linear text'),
    '.SH EXAMPLES',
    ...examples.flatMap(([command, meaning]) => ['.TP', `.B ${text(command)}`, text(meaning)]),
    '',
  ].join('\n');
}

const exits: readonly (readonly [string, string])[] = [
  ['0', 'the run ended with a diagnosis'],
  ['1', 'the program failed; the case file says how far it came'],
  ['2', 'usage: the message names the file, the line and the remedy'],
  [
    '3',
    'the run ended without a diagnosis; check: bad, or not carried out; flow lint, flow test, report --verify: findings; compare: not decided',
  ],
  ['4', 'an answer is missing: the message names the question, its options and the key to add'],
  ['5', 'a change could not be put back: the message says what, where, and the command to do it by hand'],
  ['129, 130, 143', 'hang-up, interrupt, termination: the case is saved, changes are put back'],
];

const examples: readonly (readonly [string, string])[] = [
  ['sudo proxy-doctor --via backend="ssh web1"', 'the wizard on the proxy, with the backend’s own side'],
  ['proxy-doctor --no-input --json > report.json', 'unattended, from evidence alone'],
  ['tail -f error.log | proxy-doctor explain', 'what each line means'],
  ['proxy-doctor compare px1.json px2.json', 'one backend, one proxy, or the path between'],
];

function shown(command: Command): Command[] {
  return command.commands.filter((one) => one.name() !== 'man');
}

function described(command: Command, above: string): string[] {
  const name = `${above}${command.name()}`;
  const subs = shown(command);
  const same = command.options.filter((option) => option.long === '--error-log').length > 0;
  const own = same ? command.options.filter((option) => onlyHere.has(option.long ?? '')) : command.options;
  return [
    `.SS ${argument([name, ...command.registeredArguments.map(word)].join(' '))}`,
    text(sentence(command.description())),
    ...(same ? ['.PP', text('It takes the options of run that say where things are, and:')] : []),
    ...list(own),
    ...subs.flatMap((sub) => described(sub, `${name} `)),
  ];
}

/** What check and plan have beside the options that they share with run. */
const onlyHere = new Set(['--list', '--watch', '--count', '--interval', '--plain', '--output', '--script']);

function options(command: Command): string[] {
  return list(command.options);
}

function list(all: readonly Option[]): string[] {
  return all
    .filter((option) => !option.hidden)
    .flatMap((option) => ['.TP', flags(option), text(`${option.description}${choices(option.argChoices)}`)]);
}

function flags(option: Option): string {
  const [name = '', ...value] = option.flags.split(' ');
  return value.length === 0
    ? `.B ${text(name)}`
    : `.BI ${argument(`${name} `)} ${argument(value.join(' ').replace(/[<>]/g, '').toUpperCase())}`;
}

function choices(words: readonly string[] | undefined): string {
  return words === undefined ? '' : `: ${words.join(', ')}`;
}

function synopsis(command: Command): string {
  const name = command.name() === 'run' ? '[run]' : command.name();
  const subs = shown(command).map((sub) => sub.name());
  const rest = subs.length > 0 ? [subs.join('|')] : command.registeredArguments.map(word);
  return `.B proxy\\-doctor\n${text([name, command.options.length > 0 ? '[options]' : '', ...rest].filter((one) => one !== '').join(' '))}`;
}

function word(one: Argument): string {
  const name = `${one.argChoices?.join('|') ?? one.name().toUpperCase()}${one.variadic ? '…' : ''}`;
  return one.required ? name : `[${name}]`;
}

function sentence(words: string): string {
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}${words.endsWith('.') ? '' : '.'}`;
}

/** One line of text: nothing in it is taken for a request or an escape of roff. */
function text(words: string): string {
  const escaped = words
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('’', '\\(cq')
    .replaceAll('…', '...')
    .replaceAll('→', '\\(->');
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped;
}

/** An argument of a macro. */
function argument(words: string): string {
  return `"${text(words).replaceAll('"', '\\(dq')}"`;
}
