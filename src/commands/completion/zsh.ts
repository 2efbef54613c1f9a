/** The script for zsh. */
import { type Place, quoted, type Value, valued, ways } from './place.ts';

export function zshScript(places: readonly Place[]): string {
  return [
    '#compdef proxy-doctor',
    '# zsh completion for proxy-doctor:  source <(proxy-doctor completion zsh), after compinit; or as _proxy-doctor in a folder of $fpath',
    '_proxy_doctor() {',
    '  local at= word previous=${words[CURRENT-1]}',
    '  local -a list',
    '  for word in ${words[2,CURRENT-1]}; do',
    '    case "$at $word" in',
    `      ${ways(places).map(quoted).join('|')}) at="\${at:+$at }$word" ;;`,
    '    esac',
    '  done',
    '  case "$at $previous" in',
    ...valued(places).map(({ value, at }) => `    ${at.map(quoted).join('|')}) ${offer(value)}; return ;;`),
    '  esac',
    '  case "$at" in',
    ...places.map((place) => `    ${quoted(place.path)}) ${atPlace(place)} ;;`),
    '  esac',
    '}',
    // Sourced, or autoloaded from a folder of $fpath.
    'if [[ $funcstack[1] == _proxy-doctor ]]; then _proxy_doctor; else compdef _proxy_doctor proxy-doctor; fi',
    '',
  ].join('\n');
}

function atPlace(place: Place): string {
  const commands = place.commands.length === 0 ? [] : [described('command', '', place.commands)];
  const words = offer(place.words);
  return `if [[ $PREFIX == -* ]]; then ${described('option', '-o ', place.options)}; else ${[...commands, ...(words === ':' ? [] : [words])].join('; ') || ':'}; fi`;
}

function described(tag: string, flags: string, entries: readonly { readonly name: string; readonly about: string }[]): string {
  const list = entries.map((entry) => quoted(`${entry.name.replaceAll(':', '\\:')}:${entry.about}`)).join(' ');
  return `list=(${list}); _describe ${flags}${tag} list`;
}

function offer({ words, files }: Value): string {
  const fromList = words.length === 0 ? [] : [`compadd -- ${words.join(' ')}`];
  const fromFolder = files === 'none' ? [] : [files === 'any' ? '_files' : '_files -/'];
  return [...fromList, ...fromFolder].join('; ') || ':';
}
