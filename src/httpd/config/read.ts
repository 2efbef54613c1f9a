/**
 * Reads a configuration as httpd does: line by line, following Include, settling Define, variables, the conditional sections and
 * macros on the way (they are carried out while reading: EXEC_ON_READ in server/core.c). Never throws for what the text says:
 * whatever could not be read or understood becomes a `problem`, and reading goes on where httpd would have refused to start.
 */
import { FileError } from '../../host/host.ts';
import type { ConfigFiles } from './files.ts';
import { largestFile } from './files.ts';
import { conditionHolds } from './conditions.ts';
import { expandInclude } from './includes.ts';
import type { LogicalLine } from './lines.ts';
import { logicalLines } from './lines.ts';
import { Macros } from './macros.ts';
import type { SourceLine } from './macros.ts';
import { LoadedModules } from './modules.ts';
import { absolutePath } from './paths.ts';
import type { At, ConfigTree, IncludeSeen, Node, Problem, Section } from './tree.ts';
import { resolveVariables } from './variables.ts';
import type { Version } from '../versions/version.ts';
import { firstWord, words } from './words.ts';

export interface ReadOptions {
  /** Main configuration file, absolute. */
  readonly configFile: string;
  /** Before any ServerRoot directive: `-d`, else what was compiled in. */
  readonly serverRoot: string;
  /** `-D` of the command line. */
  readonly defines: readonly string[];
  /** `-C` and `-c` of the command line: directives read before and after the file. */
  readonly before?: readonly string[];
  readonly after?: readonly string[];
  readonly environment: (name: string) => string | undefined;
  /** Source names as `httpd -l` prints them. */
  readonly staticModules: readonly string[];
  /** Null: not known; the newest 2.4 is then assumed by <IfVersion>, and said. */
  readonly version: Version | null;
  readonly files: ConfigFiles;
  readonly signal?: AbortSignal;
}

/** httpd's own limit (AP_MAX_INCLUDE_DEPTH). */
const deepestInclude = 128;
const deepestNesting = 200;
const mostFiles = 20_000;
/** Bounds that no hand-written configuration meets; beyond them text that multiplies itself (macros, includes) is given up. */
const mostDirectives = 500_000;
const mostProblems = 200;
/** Characters that variables may make in all. */
const mostResolved = 50_000_000;

/** A section that is being read. `condition` sections leave no node: their content goes to `children` of the one around. */
interface Open {
  readonly key: string;
  readonly at: At;
  readonly section: Section | null;
  readonly children: Node[];
}

export async function readConfig(options: ReadOptions): Promise<ConfigTree> {
  const reader = new Reader(options);
  await reader.commandLine(options.before ?? [], '-C');
  await reader.file(options.configFile, null);
  await reader.commandLine(options.after ?? [], '-c');
  return reader.tree();
}

class Reader {
  private readonly options: ReadOptions;
  private readonly top: Node[] = [];
  private readonly open: Open[] = [];
  private readonly problems: Problem[] = [];
  private readonly seenFiles = new Set<string>();
  private readonly reading: string[] = [];
  private readonly defined = new Set<string>();
  private readonly variables = new Map<string, string>();
  private readonly modules: LoadedModules;
  private readonly macros = new Macros();
  private readonly includes: IncludeSeen[] = [];
  /** Sections below these depths belong to an outer file or macro and can't be closed from inside. */
  private readonly floors: number[] = [];
  private readonly environmentUsed = new Map<string, string>();
  private readonly undefinedSaid = new Set<string>();
  private serverRoot: string;
  private directives = 0;
  private resolvedLength = 0;
  private filesRead = 0;

  constructor(options: ReadOptions) {
    this.options = options;
    this.serverRoot = options.serverRoot;
    this.modules = new LoadedModules(options.staticModules);
    for (const name of options.defines) this.defined.add(name);
  }

  tree(): ConfigTree {
    return {
      nodes: this.top,
      files: [...this.seenFiles],
      problems: this.problems,
      serverRoot: this.serverRoot,
      defines: [...this.defined],
      modules: this.modules.identifiers,
      includes: this.includes,
      environmentUsed: Object.fromEntries(this.environmentUsed),
    };
  }

  async commandLine(texts: readonly string[], option: string): Promise<void> {
    await this.lines(
      texts.map((text, index): SourceLine => ({ text: text.trim(), at: { file: `${option} on the command line`, line: index + 1 } })),
    );
  }

  async file(path: string, from: At | null): Promise<void> {
    if (this.reading.includes(path)) return this.problem(from, `${path} includes itself, directly or by way of others; not read again`);
    if (this.reading.length >= deepestInclude)
      return this.problem(from, `includes go deeper than ${deepestInclude} files, which httpd refuses`);
    if (this.filesRead >= mostFiles) return this.problem(from, `more than ${mostFiles} files are included; the rest was not read`);
    this.filesRead += 1;
    let lines: readonly LogicalLine[];
    try {
      const kind = await this.options.files.kind(path);
      // A pipe or a device would be waited for.
      if (kind !== 'file' && !(kind === 'device' && path === '/dev/null'))
        return this.problem(from, `${path} could not be read: it is no ordinary file`);
      const { text, cut } = await this.options.files.read(path);
      if (cut) this.problem({ file: path, line: 1 }, `larger than ${largestFile / 1024 / 1024} MiB; the rest was not read`);
      lines = logicalLines(text);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      return this.problem(from, from === null ? error.message : `Include: ${error.message}`);
    }
    this.seenFiles.add(path);
    this.reading.push(path);
    const depth = this.open.length;
    this.floors.push(depth);
    await this.lines(lines.map(({ text, line }) => ({ text, at: { file: path, line } })));
    this.floors.pop();
    this.closeDownTo(depth);
    this.reading.pop();
  }

  private async lines(lines: readonly SourceLine[]): Promise<void> {
    for (let index = 0; index < lines.length; index += 1) {
      const line = lines[index];
      if (line === undefined) break;
      if (this.options.signal?.aborted) throw this.options.signal.reason;
      if (this.directives >= mostDirectives) return this.problem(line.at, `more than ${mostDirectives} directives; the rest was not read`);
      this.directives += 1;
      index = await this.line(line, lines, index);
    }
  }

  /** Carries out one line; returns the index of the last line that belongs to it. */
  private async line(line: SourceLine, lines: readonly SourceLine[], index: number): Promise<number> {
    const text = this.resolve(line);
    const { word, rest } = firstWord(text);
    if (word.startsWith('</')) {
      this.close(word.slice(2).replace(/>$/, '').toLowerCase(), line.at);
      return index;
    }
    if (word.startsWith('<') && word.length > 1) return this.section(word, rest, line.at, lines, index);
    const key = word.toLowerCase();
    this.add({ kind: 'directive', name: word, key, raw: rest, at: line.at });
    switch (key) {
      case 'include':
      case 'includeoptional':
        await this.include(words(rest), key === 'includeoptional', line.at);
        break;
      case 'use':
        await this.use(words(rest), line.at);
        break;
      case 'define':
        this.define(words(rest), line.at);
        break;
      case 'undefine':
        for (const name of words(rest).slice(0, 1)) {
          this.defined.delete(name);
          this.variables.delete(name);
        }
        break;
      case 'serverroot':
        this.serverRoot = absolutePath(words(rest)[0] ?? this.serverRoot, this.serverRoot);
        break;
      case 'loadmodule': {
        const [identifier, file] = words(rest);
        if (identifier !== undefined && file !== undefined) this.modules.load(identifier, file);
        else this.problem(line.at, 'LoadModule without a name and a file');
        break;
      }
      default:
        break;
    }
    return index;
  }

  private async section(word: string, rest: string, at: At, lines: readonly SourceLine[], index: number): Promise<number> {
    const name = word.slice(1).replace(/>$/, '');
    const key = name.toLowerCase();
    // httpd cuts at the last bracket; without arguments the bracket stands at the name.
    const bracket = rest.lastIndexOf('>');
    const raw = (bracket < 0 ? rest : rest.slice(0, bracket)).trim();
    if (bracket < 0 && !word.endsWith('>')) this.problem(at, `<${name} without its closing bracket`);
    if (key === 'macro') {
      const defined = this.macros.define(words(raw), lines, index);
      if (defined.problem !== null) this.problem(at, defined.problem);
      return defined.lastIndex;
    }
    const holds = await conditionHolds(key, words(raw), {
      defined: (define) => this.defined.has(define),
      loaded: (module) => this.modules.has(module),
      version: this.options.version,
      exists: (path) => this.exists(absolutePath(path, this.serverRoot)),
    });
    if (holds === false) return this.skip(key, at, lines, index);
    if (holds === 'no-condition') {
      const children: Node[] = [];
      const section: Section = { kind: 'section', name, key, raw, at, children };
      this.add(section);
      this.push({ key, at, section, children });
      return index;
    }
    if (holds === 'unknown') this.problem(at, `<${name} ${raw}> could not be decided; what it encloses is taken as in force`);
    this.push({ key, at, section: null, children: this.current() });
    return index;
  }

  /** Passes over a section whose condition does not hold, with whatever is nested in it. */
  private skip(key: string, at: At, lines: readonly SourceLine[], index: number): number {
    const nested = [key];
    for (let next = index + 1; next < lines.length; next += 1) {
      const opening = sectionWord(lines[next]?.text ?? '');
      if (opening === null) continue;
      if (!opening.startsWith('/')) nested.push(opening);
      else if (nested.includes(opening.slice(1))) {
        while (nested.pop() !== opening.slice(1));
        if (nested.length === 0) return next;
      }
    }
    this.problem(at, `<${key}> is not closed in its file`);
    return lines.length - 1;
  }

  private close(key: string, at: At): void {
    const index = this.open.findLastIndex((open) => open.key === key);
    if (index < this.floor() || index < 0) return this.problem(at, `</${key}> without its beginning`);
    for (const unclosed of this.open.splice(index).slice(1)) this.problem(unclosed.at, `<${unclosed.key}> is not closed before </${key}>`);
  }

  /** Sections end with the file they began in. */
  private closeDownTo(depth: number): void {
    for (const unclosed of this.open.splice(depth)) this.problem(unclosed.at, `<${unclosed.key}> is not closed in its file`);
  }

  private floor(): number {
    return this.floors.at(-1) ?? 0;
  }

  private push(open: Open): void {
    if (this.open.length === deepestNesting)
      this.problem(open.at, `sections are nested deeper than ${deepestNesting}; read as if they were not nested`);
    this.open.push(this.open.length >= deepestNesting ? { ...open, children: this.current() } : open);
  }

  private current(): Node[] {
    return this.open.at(-1)?.children ?? this.top;
  }

  private add(node: Node): void {
    this.current().push(node);
  }

  private async include(args: readonly string[], optional: boolean, at: At): Promise<void> {
    const [given] = args;
    if (given === undefined) return this.problem(at, 'Include names no file');
    const pattern = absolutePath(given, this.serverRoot);
    this.includes.push({ pattern, at, inside: this.open.flatMap((open) => (open.section === null ? [] : [open.section])) });
    const found = await expandInclude(this.options.files, pattern, optional);
    for (const text of found.problems) this.problem(at, text);
    await this.options.files.ahead(found.files);
    for (const path of found.files) await this.file(path, at);
  }

  private async use(args: readonly string[], at: At): Promise<void> {
    const expanded = this.macros.use(args);
    if (expanded.problem !== null) return this.problem(at, expanded.problem);
    const depth = this.open.length;
    this.floors.push(depth);
    await this.lines(expanded.lines);
    this.floors.pop();
    this.closeDownTo(depth);
    this.macros.used();
  }

  private define(args: readonly string[], at: At): void {
    const [name, value] = args;
    if (name === undefined) return this.problem(at, 'Define without a name');
    this.defined.add(name);
    if (value !== undefined) this.variables.set(name, value);
  }

  private resolve(line: SourceLine): string {
    if (this.resolvedLength > mostResolved) return line.text;
    const resolved = resolveVariables(line.text, (name) => this.variables.get(name) ?? this.fromEnvironment(name));
    if (resolved.text !== line.text) this.resolvedLength += resolved.text.length;
    if (this.resolvedLength > mostResolved)
      this.problem(line.at, 'the text that variables make is too long in all; from here on they are left as they are');
    if (resolved.tooLong) this.problem(line.at, 'the line grows too long by its variables; they were left as they are');
    for (const name of resolved.undefined) {
      if (this.undefinedSaid.has(name)) continue;
      this.undefinedSaid.add(name);
      this.problem(line.at, `\${${name}} is defined neither in the configuration nor in what is known of httpd's environment`);
    }
    return resolved.text;
  }

  private fromEnvironment(name: string): string | undefined {
    const value = this.options.environment(name);
    if (value !== undefined) this.environmentUsed.set(name, value);
    return value;
  }

  private async exists(path: string): Promise<boolean> {
    try {
      await this.options.files.kind(path);
      return true;
    } catch {
      return false;
    }
  }

  private problem(at: At | null, text: string): void {
    if (this.problems.length < mostProblems) this.problems.push({ at, text });
  }
}

/** `<Name args>` → `name`, `</Name>` → `/name`; null for other lines. */
function sectionWord(text: string): string | null {
  return /^<(\/?[^\s>]+)/.exec(text)?.[1]?.toLowerCase() ?? null;
}
