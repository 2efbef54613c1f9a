/**
 * ErrorLogFormat → a reader of the part before the message. As server/log.c writes it: blanks divide the format into fields, a field of
 * which an item is empty vanishes with all its text up to the next blank, `%-` prints a hyphen instead, and a blank written `\ ` does
 * not divide. The message itself is always printed, also where the field around it vanishes.
 */
import { emptyHead, endOfCode, isLevel, readAddress, type Head } from './head.ts';
import type { Layout } from './layout.ts';
import { readTime } from './time.ts';

type Role = 'time' | 'level' | 'module' | 'pid' | 'tid' | 'client' | 'errno' | 'logId' | 'other';

interface Item {
  /** Null: fixed text. */
  readonly role: Role | 'message' | null;
  readonly pattern: string;
  /** It may print nothing, and then its field is not there. */
  readonly mayBeEmpty: boolean;
}

const errnoPattern = String.raw`\((?:-?\d{1,7}|EAI \d{1,6}|OS \d{1,6}|os 0x[0-9a-fA-F]{1,8})\)`;
/** Where an item printed nothing, what follows must not be taken for it. */
const notNext = String.raw`(?!AH\d{4,6}: |\(-?\d|\[|(?:[\w-]*:)?(?:emerg|alert|crit|error|warn|notice|info|debug|trace[1-8])[\]\s])`;
/** The text of an errno goes up to the colon of the format; without one, to what can only be the next item. */
const errnoEnd = String.raw`[^\]"]{0,300}?(?=[\]"]| AH\d{4,6}: | (?:-|[\d.]+:\d+|[\da-fA-F:]+:\d+) | \[)`;
const errnoParts = /^\((-?\d{1,7}|EAI \d{1,6}|OS \d{1,6}|os 0x[0-9a-fA-F]{1,8})\)(.*)$/;

/** Null: an item that is not known (a format of a later release), or no message: its lines are read by themselves. */
export function compileErrorLogFormat(format: string): Layout | null {
  const roles: Role[] = [];
  let source = '^';
  for (const { text, blank } of divide(format)) {
    const items = readItems(text);
    if (items === null) return null;
    const message = items.findIndex((item) => item.role === 'message');
    const before = message < 0 ? items : items.slice(0, message);
    const field = `${blank}${before.map((item) => part(item, roles)).join('')}`;
    const optional = before.some((item) => item.mayBeEmpty);
    source += optional ? `(?:${field})?` : field;
    // What follows the message is left to whoever reads the message: it cannot be told from it by form alone.
    if (message >= 0) return layoutOf(format, new RegExp(source), roles);
  }
  return null;
}

function part(item: Item, roles: Role[]): string {
  if (item.role === null || item.role === 'message') return item.pattern;
  roles.push(item.role);
  return `(${item.pattern})`;
}

function layoutOf(format: string, pattern: RegExp, roles: readonly Role[]): Layout {
  return {
    name: `ErrorLogFormat "${format}"`,
    read: (line, reference) => {
      const match = pattern.exec(line);
      if (match === null) return null;
      const head = emptyHead(match[0].length);
      for (const [index, role] of roles.entries()) take(head, role, match[index + 1], reference);
      if (head.level === null && head.wallClock === null && head.pid === null && head.module === null) return null;
      while (line.charCodeAt(head.at) === 32) head.at += 1;
      const end = line.startsWith('AH', head.at) ? endOfCode(line, head.at) : -1;
      if (end > 0) {
        head.code = line.slice(head.at, end);
        head.at = end + 2;
      }
      return head;
    },
  };
}

function take(head: Head, role: Role, text: string | undefined, reference: number): void {
  if (text === undefined || text === '' || text === '-') return;
  switch (role) {
    case 'time': {
      const stamp = readTime(text, 0, reference);
      head.wallClock = stamp?.wallClock ?? null;
      head.instant = stamp?.instant ?? null;
      break;
    }
    case 'errno': {
      const match = errnoParts.exec(text);
      if (match !== null) head.errno = { token: match[1] ?? '', text: (match[2] ?? '').trim() };
      break;
    }
    case 'client':
      head.client = readAddress(text);
      break;
    case 'level':
      head.level = isLevel(text) ? text : null;
      break;
    case 'module':
      head.module = text;
      break;
    case 'pid':
      head.pid = text;
      break;
    case 'tid':
      head.tid = text;
      break;
    case 'logId':
      head.logId = text;
      break;
    case 'other':
      break;
    default:
      role satisfies never;
  }
}

interface Field {
  readonly text: string;
  /** What stands before it: a blank, or nothing for the first one and after `% `, which divides without being printed. */
  readonly blank: '' | ' ';
}

/** At blanks that divide; `\\ ` stays as a blank inside its field. */
function divide(format: string): readonly Field[] {
  const fields: Field[] = [];
  let text = '';
  let blank: Field['blank'] = '';
  for (let at = 0; at < format.length; at += 1) {
    const character = format[at] ?? '';
    const pair = format.slice(at, at + 2);
    if (character === '\\' || pair === '%%') {
      text += pair;
      at += 1;
    } else if (character === ' ' || pair === '% ') {
      fields.push({ text, blank });
      text = '';
      blank = character === ' ' ? ' ' : '';
      if (pair === '% ') at += 1;
    } else text += character;
  }
  return [...fields, { text, blank }];
}

const itemForm = /%([-+])?(?:\d+)?(?:\{([^}]*)\})?([%aAEFklLmMPTtvVein])/y;

/** Null: an item that is not known. */
function readItems(field: string): readonly Item[] | null {
  const items: Item[] = [];
  for (let at = 0; at < field.length;) {
    if (field[at] !== '%') {
      const character = field[at] === '\\' ? (field[at + 1] ?? '') : (field[at] ?? '');
      at += field[at] === '\\' ? 2 : 1;
      items.push({ role: null, pattern: escaped(character), mayBeEmpty: false });
      continue;
    }
    itemForm.lastIndex = at;
    const match = itemForm.exec(field);
    if (match === null) return null;
    at = itemForm.lastIndex;
    items.push(itemOf(match[3] ?? '', match[2] ?? '', match[1] === '-', field.slice(at)));
  }
  return items;
}

function escaped(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/]/, String.raw`\$&`);
}

function itemOf(letter: string, argument: string, hyphen: boolean, rest: string): Item {
  const optional = (role: Role, pattern: string): Item => ({ role, pattern: hyphen ? `${pattern}|-` : pattern, mayBeEmpty: !hyphen });
  switch (letter) {
    case '%':
      return { role: null, pattern: '%', mayBeEmpty: false };
    case 'M':
      return { role: 'message', pattern: '', mayBeEmpty: false };
    case 't':
      return { role: 'time', pattern: timePattern(argument), mayBeEmpty: false };
    case 'l':
      return { role: 'level', pattern: '[a-z]{4,6}[1-8]?', mayBeEmpty: false };
    case 'm':
      // httpd prints a question mark rather than nothing.
      return { role: 'module', pattern: String.raw`[\w?.-]{1,60}`, mayBeEmpty: false };
    case 'P':
      return { role: 'pid', pattern: String.raw`\d{1,10}`, mayBeEmpty: false };
    case 'T':
      return optional('tid', String.raw`\d{1,20}`);
    case 'a':
      return optional('client', String.raw`${notNext}[^\s\]"]{1,260}`);
    case 'E':
      return optional('errno', `${errnoPattern}${errnoTextBefore(rest)}`);
    case 'F':
      return optional('other', String.raw`[\w.-]{1,80}\(\d{1,6}\)`);
    case 'k':
      return optional('other', String.raw`\d{1,10}`);
    case 'L':
      // `%{c}L` is the connection's.
      return optional(argument.includes('c') ? 'other' : 'logId', String.raw`${notNext}[\w@+/-]{1,80}`);
    default:
      // Names, ids, headers, notes and variables: between quotes whatever is no quote, else up to the next blank or bracket.
      return optional('other', rest.startsWith('"') || rest.startsWith('\\"') ? '[^"]{0,2000}' : String.raw`${notNext}[^\s\]]{1,2000}`);
  }
}

/** The text of an errno, by what the format has behind it. */
function errnoTextBefore(rest: string): string {
  if (rest.startsWith(':')) return '[^:]{0,300}';
  // Any other sign of the format's own ends it: the least that fits.
  return rest === '' || /^[\s%\\"\]]/.test(rest) ? errnoEnd : '.{0,300}?';
}

/** `%t`, `%{u}t` microseconds, `%{m}t` milliseconds, `%{c}t` compact, `%{z}t` with zone, and combinations. */
function timePattern(flags: string): string {
  const fraction = String.raw`(?:[.,]\d{1,9})?`;
  if (flags.includes('c')) return String.raw`\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d${fraction}(?: [+-]\d{4})?`;
  return String.raw`[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d${fraction} \d{4}(?: [+-]\d{4})?`;
}
