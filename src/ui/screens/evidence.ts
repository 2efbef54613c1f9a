/** Everything found so far, newest first; and one piece of it in full: summary, commands, facts, raw lines. */
import type { Evidence } from '../../engine/evidence.ts';
import { blank, lineOf, paragraph, span, type Line } from '../line.ts';
import type { Look } from '../look.ts';
import { pictureOf } from '../parts/pictures.ts';
import { indentBy } from '../line.ts';
import { breakHard } from '../width.ts';
import { ago, duration, timeOfDay } from '../words.ts';
import { chartRows, newest, statusSign } from './finding.ts';

export function newestFirst(look: Pick<Look, 'view'>): readonly Evidence[] {
  return [...look.view.state.evidence].reverse();
}

/** The steps that this evidence decided: `connect: refused`. */
export function decided(look: Pick<Look, 'view'>, { id }: Evidence): readonly string[] {
  const { path, ahead } = look.view.state;
  return [...path, ...ahead]
    .filter((visit) => visit.evidence.includes(id))
    .map(
      (visit) =>
        `${look.view.flow.steps.get(visit.step)?.short ?? visit.step}: ${visit.outcome}${visit.decidedBy === 'operator' ? ' (overruled)' : ''}`,
    );
}

function marks(look: Look, evidence: Evidence): string {
  return [
    evidence.superseded === true ? 'superseded by a newer one' : '',
    look.view.stale.includes(evidence.id) ? 'old' : '',
    evidence.afterConclusion === true ? 'after the diagnosis' : '',
  ]
    .filter((mark) => mark !== '')
    .join(', ');
}

/** One entry of the list: a line of what it is, the summary below. */
export function evidenceEntry(look: Look, evidence: Evidence, selected: boolean): Line[] {
  const { theme, width } = look;
  const about = [
    evidence.subject,
    evidence.side === 'backend' ? 'backend side' : null,
    ago(look.now - Date.parse(evidence.startedAt)),
    marks(look, evidence),
  ].filter((part) => part !== null && part !== '');
  const tone = selected ? 'accent' : 'plain';
  const head: Line = [
    span(selected ? theme.sign('pointer') : ' ', 'accent'),
    ...statusSign(evidence, look),
    span(` ${evidence.id} ${theme.text(evidence.check)}`, tone),
    span(`  ${theme.text(about.join(', '))}`, 'quiet'),
  ];
  const told = evidence.status === 'ok' ? evidence.summary : `${evidence.status}: ${evidence.summary}`;
  // Only the line that names it changes with the selection: a key then costs few bytes.
  return [head, ...paragraph(told, width - 1, theme, 'plain', 3)];
}

/** Facts as an outline. Lists of numbers stay on a line; deep or long lists are told by their size, their items follow. */
function outline(look: Look, name: string, value: unknown, depth: number): Line[] {
  const { theme, width } = look;
  const indent = 3 + depth * 2;
  const line = (text: string): Line[] =>
    paragraph(text, width - 1, theme, 'plain', 0, [span(`${' '.repeat(indent)}${theme.text(name)} `, 'quiet')]);
  if (value === null || value === undefined) return line(theme.sign('dash'));
  if (typeof value !== 'object') return line(typeof value === 'string' ? value : JSON.stringify(value));
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    if (items.every((item) => typeof item !== 'object')) return line(items.length === 0 ? 'none' : items.join(' '));
    return [...line(`(${items.length})`), ...items.flatMap((item, index) => outline(look, String(index + 1), item, depth + 1))];
  }
  const entries = Object.entries(value);
  const flat = entries.map(([key, item]) => `${key} ${typeof item === 'object' ? '' : String(item)}`).join('  ');
  if (entries.length > 0 && entries.every(([, item]) => typeof item !== 'object') && flat.length < 60) return line(flat);
  return [...(entries.length === 0 ? line('none') : line('')), ...entries.flatMap(([key, item]) => outline(look, key, item, depth + 1))];
}

interface RawLine {
  readonly file: string;
  readonly line: number | null;
  readonly text: string;
}

/** Log lines that the facts quote, wherever they stand in them. */
export function rawLines(data: unknown): readonly RawLine[] {
  const found = new Map<string, RawLine>();
  const look = (value: unknown): void => {
    if (Array.isArray(value)) {
      for (const item of value) look(item);
      return;
    }
    if (typeof value !== 'object' || value === null) return;
    const { file, line, text } = value as Readonly<Record<string, unknown>>;
    if (typeof file === 'string' && typeof text === 'string')
      found.set(`${file}:${String(line)}:${text}`, { file, line: typeof line === 'number' ? line : null, text });
    else for (const item of Object.values(value)) look(item);
  };
  look(data);
  return [...found.values()];
}

function isRaw(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { file, text } = value as Readonly<Record<string, unknown>>;
  return typeof file === 'string' && typeof text === 'string';
}

/** The facts without the raw lines, which stand in a part of their own; a list of nothing else is told by its size. */
function withoutRaw(data: unknown): unknown {
  if (Array.isArray(data)) return data.length > 0 && data.every(isRaw) ? `${data.length} raw lines (above)` : data.map(withoutRaw);
  if (typeof data !== 'object' || data === null || isRaw(data)) return data;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, withoutRaw(value)]));
}

function heading(text: string): Line[] {
  return [blank, lineOf(` ${text}`, 'quiet')];
}

/** Text as it came, each of its lines broken at the width: nothing is left out and nothing acts on the terminal. */
function raw(look: Look, text: string, indent = 3): Line[] {
  const lines = text.replace(/\n$/, '').split('\n');
  return lines.flatMap((line) =>
    breakHard(look.theme.text(line), look.width - indent - 1).map((part) => [span(' '.repeat(indent)), span(part)]),
  );
}

export function evidenceText(look: Look, evidence: Evidence): Line[] {
  const { theme, width, now, view } = look;
  const at = Date.parse(evidence.startedAt);
  const steps = decided(look, evidence);
  const drawn = pictureOf(evidence, newest(look, 'proxy-config'), { width: Math.min(100, width - 4), rows: chartRows(look.rows), theme });
  const lines: Line[] = [
    ...paragraph(evidence.summary, width - 1, theme, 'strong', 1),
    ...paragraph(
      [
        evidence.id,
        evidence.check,
        evidence.subject ?? 'whole proxy',
        `${evidence.side} side`,
        `${evidence.status}: ${evidence.outcome}`,
        `${timeOfDay(at)} (${ago(now - at)})`,
        `took ${duration(evidence.durationMs)}`,
        marks(look, evidence),
      ]
        .filter((part) => part !== '')
        .join(` ${theme.sign('dot')} `),
      width - 1,
      theme,
      'quiet',
      1,
    ),
    ...paragraph(steps.length > 0 ? `Decided ${steps.join(', ')}` : 'Has decided no step', width - 1, theme, 'plain', 1),
    ...(evidence.remedy === null ? [] : paragraph(`To make it possible: ${evidence.remedy}`, width - 1, theme, 'plain', 1)),
  ];
  if (drawn.length > 0) lines.push(blank, ...indentBy(drawn, 3));
  lines.push(...heading('Commands'));
  if (evidence.commands.length === 0) lines.push(...paragraph('None: sockets and files were used.', width - 1, theme, 'plain', 3));
  for (const { argv, exitCode, durationMs, output } of evidence.commands) {
    lines.push(...paragraph(argv.join(' '), width - 1, theme, 'accent', 3));
    lines.push(
      ...paragraph(
        `exit ${exitCode === null ? 'by a signal, or not started' : exitCode}, ${duration(durationMs)}`,
        width - 1,
        theme,
        'quiet',
        5,
      ),
    );
    if (output !== undefined && output !== '') lines.push(...raw(look, output, 5));
  }
  const quoted = rawLines(evidence.data);
  if (quoted.length > 0) {
    lines.push(...heading('Raw lines'));
    for (const { file, line, text } of quoted) {
      lines.push(...paragraph(`${file}${line === null ? '' : `:${line}`}`, width - 1, theme, 'quiet', 3));
      lines.push(...raw(look, text, 5));
    }
  }
  if (typeof evidence.data === 'object' && evidence.data !== null) {
    lines.push(...heading('Facts'));
    for (const [key, value] of Object.entries(withoutRaw(evidence.data) as object)) lines.push(...outline(look, key, value, 0));
  }
  const newer = evidence.superseded === true ? view.state.evidence.findLast(({ key }) => key === evidence.key) : undefined;
  if (newer) lines.push(blank, ...paragraph(`Superseded by ${newer.id}.`, width - 1, theme, 'quiet', 1));
  return lines;
}
