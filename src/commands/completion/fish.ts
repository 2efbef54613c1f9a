/** The script for fish. */
import { type Place, ways } from './place.ts';

export function fishScript(places: readonly Place[]): string {
  return [
    '# fish completion for proxy-doctor:  proxy-doctor completion fish | source',
    'function __proxy_doctor_at',
    '  set -l words (commandline -opc)',
    '  set -e words[1]',
    '  set -l at ""',
    '  for word in $words',
    `    if contains -- "$at $word" ${ways(places).map(quoted).join(' ')}`,
    '      set at (string trim -- "$at $word")',
    '    end',
    '  end',
    '  test "$at" = "$argv[1]"',
    'end',
    'complete -c proxy-doctor -f',
    ...places.flatMap(linesOf),
    '',
  ].join('\n');
}

function linesOf(place: Place): string[] {
  const here = `complete -c proxy-doctor -n ${quoted(`__proxy_doctor_at ${quoted(place.path)}`)}`;
  return [
    ...place.commands.map((command) => `${here} -a ${quoted(command.name)} -d ${quoted(command.about)}`),
    ...(place.words.words.length > 0 ? [`${here} -a ${quoted(place.words.words.join(' '))}`] : []),
    ...(place.words.files === 'none' ? [] : [`${here} -F`]),
    ...place.options.map(({ name, about, value }) => {
      const takes =
        value === null
          ? ''
          : ` -r${value.files === 'none' ? ' -f' : value.files === 'any' ? ' -F' : ` -f -a '(__fish_complete_directories)'`}`;
      const words = value === null || value.words.length === 0 ? '' : ` -a ${quoted(value.words.join(' '))}`;
      return `${here} -l ${name.slice(2)} -d ${quoted(about)}${takes}${words}`;
    }),
  ];
}

/** Inside single quotes fish knows \\ and \'. */
function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
