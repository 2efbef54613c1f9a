/** mod_macro: `<Macro name $a $b>` keeps lines as text, `Use name x y` puts them in with the arguments in place. */
import type { At } from './tree.ts';
import { replaceBounded } from './variables.ts';

export interface SourceLine {
  readonly text: string;
  readonly at: At;
}

interface Macro {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly lines: readonly SourceLine[];
}

const deepestUse = 30;
const mostExpanded = 100_000;

export class Macros {
  private readonly macros = new Map<string, Macro>();
  private readonly using: string[] = [];
  private expandedLines = 0;

  /** Takes the lines up to the matching </Macro>, as they are. Names are compared without case; a later definition replaces the earlier. */
  define(
    args: readonly string[],
    lines: readonly SourceLine[],
    index: number,
  ): { readonly lastIndex: number; readonly problem: string | null } {
    const [name, ...parameters] = args;
    let nested = 1;
    let end = index + 1;
    for (; end < lines.length; end += 1) {
      const text = lines[end]?.text ?? '';
      if (/^<macro[\s>]/i.test(text)) nested += 1;
      else if (/^<\/macro\s*>?/i.test(text)) nested -= 1;
      if (nested === 0) break;
    }
    if (name === undefined) return { lastIndex: end, problem: '<Macro> without a name' };
    this.macros.set(name.toLowerCase(), { name, parameters, lines: lines.slice(index + 1, end) });
    return { lastIndex: end, problem: nested === 0 ? null : `<Macro ${name}> is not closed in its file` };
  }

  /** The lines of a use, each with the place where the macro has it. Call `used` once they are read. */
  use(args: readonly string[]): { readonly lines: readonly SourceLine[]; readonly problem: string | null } {
    const [name = '', ...values] = args;
    const macro = this.macros.get(name.toLowerCase());
    const refuse = (problem: string): { lines: readonly SourceLine[]; problem: string } => ({ lines: [], problem });
    if (macro === undefined) return refuse(`Use of macro "${name}", which is not defined above`);
    if (this.using.includes(macro.name.toLowerCase())) return refuse(`macro "${name}" uses itself`);
    if (this.using.length >= deepestUse) return refuse(`macros use each other more than ${deepestUse} deep`);
    if (macro.parameters.length !== values.length) {
      return refuse(`macro "${name}" wants ${macro.parameters.length} arguments and is used with ${values.length}`);
    }
    this.expandedLines += macro.lines.length;
    if (this.expandedLines > mostExpanded) return refuse(`macros make more than ${mostExpanded} lines; not expanded further`);
    this.using.push(macro.name.toLowerCase());
    const replace = substitution(macro.parameters, values);
    return { lines: macro.lines.map(({ text, at }) => ({ text: replace(text), at })), problem: null };
  }

  used(): void {
    this.using.pop();
  }
}

/** All parameters at once, the longer name first where one begins with another, as mod_macro does. */
function substitution(parameters: readonly string[], values: readonly string[]): (text: string) => string {
  const named = parameters.map((name, index) => ({ name, value: values[index] ?? '' })).filter(({ name }) => name !== '');
  if (named.length === 0) return (text) => text;
  named.sort((a, b) => b.name.length - a.name.length);
  const pattern = new RegExp(named.map(({ name }) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'), 'g');
  const byName = new Map(named.map(({ name, value }) => [name, value]));
  return (text) => replaceBounded(text, pattern, (name) => byName.get(name) ?? name) ?? text;
}
