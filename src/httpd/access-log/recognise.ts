/**
 * The format of an access log from its lines, where nobody names it: common, combined, combinedio, vhost_combined and what people
 * make of them (timing, `key=value` notes, a list of proxies in front), and JSON-like lines. The result is a LogFormat string, so that
 * what was understood can be shown, and corrected with `--access-log-format`.
 */
import { columnsOf } from './columns.ts';
import type { Column } from './columns.ts';
import { compileLogFormat, parserOf } from './compile.ts';
import type { LogFormat } from './steps.ts';
import { directiveByName, timeDirective } from './names.ts';
import { jsonFormatOf } from './json-format.ts';
import { durationDirective, durationUnitOf } from './units.ts';

/** At least this share of the sample must fit the format that is returned. */
const fits = 0.5;

/** @param lines a sample, without line ends. @returns null where no format with a time and a status fits them. */
export function recogniseFormat(lines: readonly string[]): LogFormat | null {
  const sample = lines.map((line) => line.replace(/\r$/, '')).filter((line) => line.trim() !== '');
  const source = sample.some((line) => line.startsWith('{')) ? jsonFormatOf(sample) : plainFormatOf(sample);
  if (source === null) return null;
  const format = compileLogFormat(source);
  const told = format.roles.has('status') || format.roles.has('firstStatus');
  if (!told || (!format.moments.begin && !format.moments.end)) return null;
  return shareThatFits(format, sample) >= fits ? format : null;
}

/** Share of lines that a format reads, 0 to 1. */
export function shareThatFits(format: LogFormat, lines: readonly string[]): number {
  const cutter = parserOf(format);
  const fitting = lines.filter((line) => {
    const bytes = Buffer.from(line);
    return cutter.cut(bytes, 0, bytes.length) && !Number.isNaN(cutter.start);
  });
  return lines.length === 0 ? 0 : fitting.length / lines.length;
}

const requestLine = /^(?:[A-Z]+ \S.* HTTP\/\d(?:\.\d)?|[A-Z]+ \/\S*|-)$/;
const status = /^(?:[1-5]\d\d|-)$/;
const count = /^(?:\d+|-)$/;
const address = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F:]*:[0-9a-fA-F:.]+)$/;

const all = (column: Column | undefined, pattern: RegExp): boolean =>
  column !== undefined && column.values.every((value) => pattern.test(value));
const most = (column: Column | undefined, test: (value: string) => boolean): boolean =>
  column !== undefined && column.values.filter(test).length >= column.values.length * 0.8;

function plainFormatOf(lines: readonly string[]): string | null {
  const columns = columnsOf(lines);
  if (columns === null) return null;
  const time = columns.findIndex((column) => column.kind === 'clf' || column.kind === 'iso');
  const request = columns.findIndex((column) => column.kind === 'quoted' && most(column, (value) => requestLine.test(value)));
  const statusAt = columns.findIndex((column, index) => column.kind === 'bare' && index > Math.max(time, request) && all(column, status));
  const directives = columns.map((column, index) => {
    if (index === time) return timeDirective(column.values[0] ?? '');
    if (index === request) return '%r';
    if (index === statusAt) return '%>s';
    if (column.kind === 'pair') return directiveByName(column.key ?? '', column.values);
    return null;
  });
  nameFront(columns, directives, time);
  nameBack(columns, directives, Math.max(statusAt, request));
  return columns.map((column, index) => escaped(column.before) + (directives[index] ?? '%{-}n') + escaped(column.after)).join('');
}

/** What stands before the time: `%v:%p` or a list of proxies, then `%h %l %u`. */
function nameFront(columns: readonly Column[], directives: (string | null)[], time: number): void {
  const identd = columns[time - 2];
  const classic = time >= 3 && identd?.kind === 'bare' && most(identd, (value) => value === '-');
  const host = classic ? time - 3 : columns.findIndex((column) => column.kind === 'bare' && most(column, (value) => address.test(value)));
  if (classic) {
    directives[time - 2] = '%l';
    directives[time - 1] = '%u';
  }
  if (host >= 0 && directives[host] === null) directives[host] = '%h';
  for (let index = 0; index < columns.length; index++) {
    const column = columns[index];
    if (directives[index] !== null || column === undefined || index >= Math.max(host, 0)) continue;
    const virtual = column.values.every((value) => /^[\w.*-]+:\d+$/.test(value));
    if (virtual) directives[index] = '%v:%p';
    else if (most(column, (value) => value === '-' || value.split(/, ?/).every((part) => address.test(part))))
      directives[index] = '%{X-Forwarded-For}i';
    else if (column.kind === 'bare' && index === 0) directives[index] = '%v';
  }
}

/** What stands behind the status: the size, then counters and the duration, `+` or `-` of the connection. */
function nameBack(columns: readonly Column[], directives: (string | null)[], after: number): void {
  const free = (index: number): boolean => directives[index] === null && columns[index]?.kind === 'bare';
  const sizeAt = columns.findIndex((column, index) => index > after && free(index) && all(column, count));
  if (sizeAt >= 0) directives[sizeAt] = '%b';
  const numbers: number[] = [];
  columns.forEach((column, index) => {
    if (index <= sizeAt || !(free(index) || (column.kind === 'quoted' && directives[index] === null))) return;
    if (all(column, /^[+X-]$/) && column.values.some((value) => value !== '-')) directives[index] = '%X';
    else if (all(column, /^(?:\d+(?:\.\d+)?|-)$/) && column.values.some((value) => value !== '-')) numbers.push(index);
  });
  // Sent bytes are the answer's body and its headers: never less than %b. Two such columns side by side are `%I %O`.
  const size = columns[sizeAt];
  const sent = numbers.findIndex((index, place) => {
    const next = columns[numbers[place + 1] ?? -1];
    const duration = columns[index];
    return duration !== undefined && next !== undefined && size !== undefined && place + 1 < numbers.length && contains(next, size);
  });
  if (sent >= 0) {
    directives[numbers[sent] ?? -1] = '%I';
    directives[numbers[sent + 1] ?? -1] = '%O';
    numbers.splice(sent, 2);
  }
  const durationAt = numbers[0];
  if (durationAt !== undefined) directives[durationAt] = durationDirective[durationUnitOf(columns[durationAt]?.values ?? [])];
}

/** Is one column at every line at least as large as the other, and by no more than headers take? */
function contains(sent: Column, size: Column): boolean {
  return sent.values.every((value, index) => {
    const more = Number(value) - (Number(size.values[index]) || 0);
    return more >= 0 && more < headersAtMost;
  });
}

const headersAtMost = 64 * 1024;

export function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('%', '%%');
}
