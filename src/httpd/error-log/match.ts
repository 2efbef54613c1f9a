/**
 * Recognises the words of a message: templates with typed placeholders, as in flows/mod-proxy-http/messages.yaml. Matching looks for
 * the fixed parts from left to right and never goes back, so its time grows with the line and not faster.
 */
import type { Family } from '../../checks/error-log/facts.ts';
import { recognition } from './messages.generated.ts';

/** Which modules log it: those of the proxy, mod_ssl (core since 2.4.49), httpd's HTTP filters, mod_reqtimeout, or core and the MPMs. */
export type Origin = 'proxy' | 'ssl' | 'http' | 'reqtimeout' | 'server';

export interface Recognition {
  readonly key: string;
  readonly codes: readonly string[];
  readonly from: Origin;
  readonly level: string;
  readonly family: Family;
  /** Wordings that follow a code (2.4). */
  readonly templates: readonly string[];
  /** Wordings without a code (2.0, 2.2). */
  readonly classic: readonly string[];
}

/** What the placeholders held. Names as in the templates. */
export interface Fields {
  address?: string;
  backend?: string;
  worker?: string;
  workerUrl?: string;
  socket?: string;
  host?: string;
  name?: string;
  path?: string;
  url?: string;
  client?: string;
  /** A backend in the words of whoever shortened the line. */
  target?: string;
}

export interface Match {
  readonly message: Recognition;
  /** Null where the code is known and the words are not (another release's wording). */
  readonly fields: Fields | null;
}

interface Template {
  readonly message: Recognition;
  /** Fixed parts; between each two of them stands one placeholder. */
  readonly parts: readonly string[];
  readonly names: readonly string[];
  /** Its first character, -1 where it begins with a placeholder: looked at before anything else. */
  readonly first: number;
}

const kept: ReadonlySet<string> = new Set([
  'address',
  'backend',
  'worker',
  'workerUrl',
  'socket',
  'host',
  'name',
  'path',
  'url',
  'client',
  'target',
]);
const numeric = /^-?[\d.]+$/;
const hexadecimal = /^(?:0x)?[0-9a-fA-F]+$|^\(nil\)$/;
const word = /^[A-Za-z][\w+.-]*$/;

function compile(message: Recognition, template: string): Template {
  const pieces = template.split(/\{(\w+)\}/);
  const parts: string[] = [pieces[0] ?? ''];
  const names: string[] = [];
  for (let index = 1; index < pieces.length; index += 2) {
    const following = pieces[index + 1] ?? '';
    // Two placeholders without anything between are one.
    if (following === '' && index + 2 < pieces.length) continue;
    names.push(pieces[index] ?? '');
    parts.push(following);
  }
  return { message, parts, names, first: parts[0] === '' ? -1 : (parts[0] ?? '').charCodeAt(0) };
}

function fits(name: string, value: string): boolean {
  switch (name) {
    case 'number':
    case 'version':
      return numeric.test(value);
    case 'hex':
      return hexadecimal.test(value);
    case 'scheme':
      return word.test(value);
    case 'address':
    case 'backend':
    case 'via':
    case 'local':
      return value !== '' && !value.includes(' ');
    default:
      return true;
  }
}

/** @param loose what follows the last fixed part may be more than the template says (a format with fields after the message) */
function apply(template: Template, text: string, loose: boolean): Fields | null {
  const { parts, names, first } = template;
  if (first >= 0 && text.charCodeAt(0) !== first) return null;
  const head = parts[0] ?? '';
  if (first >= 0 && !text.startsWith(head)) return null;
  const last = names.length - 1;
  if (last < 0) return text.length === head.length || loose ? {} : null;
  const fields: Fields = {};
  let at = head.length;
  for (let index = 0; index <= last; index += 1) {
    const part = parts[index + 1] ?? '';
    let end: number;
    if (index < last) end = text.indexOf(part, at);
    else if (part === '') end = text.length;
    else if (text.endsWith(part) && text.length - part.length >= at) end = text.length - part.length;
    else end = loose ? text.indexOf(part, at) : -1;
    if (end < 0) return null;
    const name = names[index] ?? '';
    const value = text.slice(at, end);
    if (!fits(name, value)) return null;
    if (kept.has(name)) fields[name as keyof Fields] = value;
    at = end + part.length;
  }
  return fields;
}

/** By the number of the code: a Map would have to intern every code that it is asked for. */
const byCode = new Map<number, Template[]>();
/** Wordings without a code, by the first four letters of their fixed beginning (after `proxy: `, or after the scheme). */
const literal = new Map<string, Template[]>();
const afterScheme = new Map<string, Template[]>();
const wild: Template[] = [];

for (const message of recognition) {
  for (const template of message.templates) {
    const compiled = compile(message, template);
    for (const code of message.codes) push(byCode, numberOf(code), compiled);
  }
  for (const template of message.classic) {
    const compiled = compile(message, template);
    const head = (compiled.parts[0] ?? '').replace(/^proxy: /, '');
    if (head.length >= 4) push(literal, head.slice(0, 4), compiled);
    else if (compiled.names[0] === 'scheme') push(afterScheme, (compiled.parts[1] ?? '').slice(2, 6), compiled);
    else wild.push(compiled);
  }
}

// Of two that fit, the one with more fixed words is meant.
for (const map of [byCode, literal, afterScheme])
  for (const list of map.values()) list.sort((left, right) => fixedLength(right) - fixedLength(left));

function fixedLength(template: Template): number {
  return template.parts.reduce((sum, part) => sum + part.length, 0);
}

/** Codes are printed with four to six digits; leading zeros say nothing. */
function numberOf(code: string): number {
  return Number(code.slice(2));
}

function push<K>(map: Map<K, Template[]>, key: K, template: Template): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [template]);
  else list.push(template);
}

/** Every code that belongs to a message of the table. */
export const knownCodes: readonly string[] = [...new Set(recognition.flatMap((message) => message.codes))];

/** The message of a code, with what its placeholders held; null: no such code. */
export function matchCoded(code: string, text: string): Match | null {
  const templates = byCode.get(numberOf(code));
  if (templates === undefined) return null;
  for (const template of templates) {
    const fields = apply(template, text, false);
    if (fields !== null) return { message: template.message, fields };
  }
  for (const template of templates) {
    const fields = apply(template, text, true);
    if (fields !== null) return { message: template.message, fields };
  }
  const first = templates[0];
  // AH00898 is one code for many messages; without its words nothing is known.
  if (first === undefined || templates.some((template) => template.message !== first.message)) return null;
  return { message: first.message, fields: null };
}

// A line with a code is not one of 2.0 or 2.2.
const anyCode = /\bAH\d{4,6}: /;

/** The message of 2.0 and 2.2, which know no codes. */
export function matchClassic(text: string): Match | null {
  const at = text.startsWith('proxy: ') ? 7 : 0;
  const found = firstOf(literal.get(text.slice(at, at + 4)), text) ?? firstOf(schemeTemplates(text, at), text) ?? firstOf(wild, text);
  return found !== null && anyCode.test(text) ? null : found;
}

function schemeTemplates(text: string, at: number): Template[] | undefined {
  const colon = text.indexOf(': ', at);
  return colon < 0 || colon > at + 40 ? undefined : afterScheme.get(text.slice(colon + 2, colon + 6));
}

function firstOf(templates: readonly Template[] | undefined, text: string): Match | null {
  if (templates === undefined) return null;
  for (const template of templates) {
    const fields = apply(template, text, false);
    if (fields !== null) return { message: template.message, fields };
  }
  return null;
}

/** Does this module log messages of that origin? */
export function logs(module: string, origin: Origin): boolean {
  switch (origin) {
    case 'proxy':
      return isProxyModule(module);
    case 'ssl':
      return module === 'ssl' || module === 'core';
    case 'http':
      return module === 'http' || module === 'core' || isProxyModule(module);
    case 'reqtimeout':
      return module === 'reqtimeout';
    case 'server':
      return module === 'core' || module.startsWith('mpm_');
    default:
      return origin satisfies never;
  }
}

/** Modules whose every line lies on the way of a proxied HTTP request. */
const path: ReadonlySet<string> = new Set(['proxy', 'proxy_http', 'proxy_http2', 'proxy_balancer', 'proxy_hcheck', 'proxy_wstunnel']);

export function isProxyPath(module: string): boolean {
  return path.has(module) || module.startsWith('lbmethod_');
}

function isProxyModule(module: string): boolean {
  return module === 'proxy' || module.startsWith('proxy_') || module.startsWith('lbmethod_');
}

/** A module that logs messages of the table, or might. */
export function isOurs(module: string): boolean {
  return isProxyModule(module) || ['core', 'ssl', 'http', 'reqtimeout'].includes(module) || module.startsWith('mpm_');
}
