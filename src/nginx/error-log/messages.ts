/** Recognises the words of an nginx message: templates with placeholders, as in flows/nginx-upstream/messages.yaml. */
import type { Family } from '../../checks/error-log/facts.ts';
import { messages } from './messages.generated.ts';

export interface NginxMessage {
  /** Key in messages.yaml. */
  readonly key: string;
  readonly family: Family;
  /** Templates with `{errno}`, `{name}`, `{number}`, `{text}`; anything may follow after a blank or a comma where one ends with ` …`. */
  readonly templates: readonly string[];
}

export interface Matched {
  readonly message: NginxMessage;
  /** `111: Connection refused` */
  readonly errno: { readonly number: string; readonly text: string } | null;
  readonly name: string | null;
}

interface Compiled {
  readonly message: NginxMessage;
  readonly pattern: RegExp;
}

const placeholders: Readonly<Record<string, string>> = {
  errno: String.raw`(?<errno>-?\d{1,7}: [^()]{1,120}|SSL: [^)]*(?:\([^)]*\)[^)]*){0,20})`,
  name: String.raw`(?<name>[\w.:\[\]/-]{1,260})`,
  number: String.raw`\d{1,20}`,
  text: '.{0,4000}?',
};

/** By the message's first word: most lines meet one or two patterns. Those that begin with a placeholder are under `''`. */
let compiled: ReadonlyMap<string, readonly Compiled[]> | null = null;

function compile(): ReadonlyMap<string, readonly Compiled[]> {
  const byFirst = new Map<string, Compiled[]>();
  for (const message of messages) {
    for (const template of message.templates) {
      const first = template.startsWith('{') ? '' : firstWord(template);
      byFirst.set(first, [...(byFirst.get(first) ?? []), { message, pattern: patternOf(template) }]);
    }
  }
  return byFirst;
}

function firstWord(text: string): string {
  const end = text.search(/[ (:]/);
  return end < 0 ? text : text.slice(0, end);
}

function patternOf(template: string): RegExp {
  const open = template.endsWith(' …');
  const source = (open ? template.slice(0, -2) : template)
    .split(/(\{\w+\})/)
    .map((part) => placeholders[part.slice(1, -1)] ?? part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('');
  return new RegExp(`^${source}${open ? '(?:[ ,;:].*)?' : ''}$`, 's');
}

/** Null: no message of ours. @param text without head and tail */
export function matchMessage(text: string): Matched | null {
  compiled ??= compile();
  for (const first of [firstWord(text), '']) {
    for (const { message, pattern } of compiled.get(first) ?? []) {
      const groups = pattern.exec(text)?.groups ?? (pattern.test(text) ? {} : null);
      if (groups === null) continue;
      const errno = /^(-?\d+): (.*)$/s.exec(groups['errno'] ?? '');
      return {
        message,
        errno: errno === null ? null : { number: errno[1] ?? '', text: errno[2] ?? '' },
        name: groups['name'] ?? null,
      };
    }
  }
  return null;
}
