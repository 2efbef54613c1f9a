/**
 * Environment that a distribution's start script gives httpd, where the running process can't be asked: Debian's `envvars`. The
 * file is a shell script; it is read, never run: assignments in order, with the variables set so far.
 */

/** @param folder the configuration's folder: `/etc/apache2-NAME` is Debian's way to run several, with `-NAME` in the paths. */
export function parseEnvvars(text: string, folder: string): Map<string, string> {
  const values = new Map<string, string>([['APACHE_CONFDIR', folder]]);
  for (const raw of text.split('\n').slice(0, 5000)) {
    const line = raw.trim();
    const match = /^(?:export\s+)?([A-Za-z_]\w*)=(.*)$/.exec(line);
    if (match) {
      values.set(match[1] ?? '', shellValue(match[2] ?? '', values));
      continue;
    }
    // `: ${NAME:=value}` sets a default.
    for (const fallback of line.matchAll(/\$\{([A-Za-z_]\w*):?=((?:[^{}]|\{[^{}]*\})*)\}/g)) {
      const name = fallback[1] ?? '';
      if (!values.has(name)) values.set(name, shellValue(fallback[2] ?? '', values));
    }
  }
  values.delete('APACHE_CONFDIR');
  const instance = /^\/etc\/apache2(-[^/]+)$/.exec(folder)?.[1];
  if (instance === undefined || values.get('SUFFIX') === instance) return values;
  // The script's own `if` on the folder's name decides SUFFIX: read again with what it would be there.
  const again = text.replace(/^(\s*)SUFFIX=.*$/gm, `$1SUFFIX=${instance}`);
  return again === text ? values : parseEnvvars(again, folder);
}

/** One word of shell: quotes, `$NAME`, `${NAME}`, `${NAME:-default}`; anything after white space outside quotes is another word. */
function shellValue(text: string, values: ReadonlyMap<string, string>): string {
  let result = '';
  let quote: string | null = null;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (quote === "'") {
      if (character === "'") quote = null;
      else result += character;
    } else if (character === '"') quote = quote === null ? '"' : null;
    else if (character === "'" && quote === null) quote = "'";
    else if (character === '\\' && at + 1 < text.length) {
      at += 1;
      result += text[at] ?? '';
    } else if (character === '$') {
      const expansion = /^\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?::?([-=])([^}]*))?\})/.exec(text.slice(at, at + 500));
      if (expansion === null) result += character;
      else {
        const value = values.get(expansion[1] ?? expansion[2] ?? '');
        result += value !== undefined && value !== '' ? value : (expansion[4] ?? '');
        at += expansion[0].length - 1;
      }
    } else if (quote === null && /[\s;#&|]/.test(character)) break;
    else result += character;
  }
  return result;
}
