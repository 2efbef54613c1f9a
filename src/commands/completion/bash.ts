/** The script for bash (3.2 and later). */
import { type Place, quoted, type Value, valued, ways } from './place.ts';

export function bashScript(places: readonly Place[]): string {
  return [
    '# bash completion for proxy-doctor:  source <(proxy-doctor completion bash)',
    '_proxy_doctor_files() {',
    '  local found',
    '  compopt -o filenames 2>/dev/null',
    '  while IFS= read -r found; do COMPREPLY+=("$found"); done < <(compgen "$1" -- "$current")',
    '}',
    '_proxy_doctor() {',
    '  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} at= index',
    '  COMPREPLY=()',
    '  for ((index = 1; index < COMP_CWORD; index++)); do',
    '    case "$at ${COMP_WORDS[index]}" in',
    `      ${ways(places).map(quoted).join('|')}) at="\${at:+$at }\${COMP_WORDS[index]}" ;;`,
    '    esac',
    '  done',
    '  case "$at $previous" in',
    ...valued(places).map(({ value, at }) => `    ${at.map(quoted).join('|')}) ${offer(value)}; return ;;`),
    '  esac',
    '  case "$at" in',
    ...places.map((place) => `    ${quoted(place.path)}) ${atPlace(place)} ;;`),
    '  esac',
    '}',
    'complete -F _proxy_doctor proxy-doctor',
    '',
  ].join('\n');
}

function atPlace(place: Place): string {
  const words = [...place.commands.map((one) => one.name), ...place.words.words];
  return `if [[ $current == -* ]]; then ${offer({ words: place.options.map((one) => one.name), files: 'none' })}; else ${offer({ ...place.words, words })}; fi`;
}

function offer({ words, files }: Value): string {
  const fromList = words.length === 0 ? [] : [`COMPREPLY=($(compgen -W ${quoted(words.join(' '))} -- "$current"))`];
  const fromFolder = files === 'none' ? [] : [`_proxy_doctor_files ${files === 'any' ? '-f' : '-d'}`];
  // With a list beside them, files come only once something is typed that is in none of its words.
  if (fromList.length > 0 && fromFolder.length > 0)
    return `${fromList.join('')}; if [[ \${#COMPREPLY[@]} -eq 0 ]]; then ${fromFolder.join('')}; fi`;
  return [...fromList, ...fromFolder].join('; ') || ':';
}
