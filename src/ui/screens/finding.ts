/** How one piece of evidence is told: words first, numbers and pictures second, its age where it is old. */
import type { Evidence } from '../../engine/evidence.ts';
import { indentBy, paragraph, span, type Line } from '../line.ts';
import type { Look } from '../look.ts';
import { pictureOf } from '../parts/pictures.ts';
import { ago } from '../words.ts';

/** Rows that a chart may take on a screen of this height. */
export function chartRows(rows: number): number {
  return rows >= 34 ? 3 : rows >= 28 ? 2 : 1;
}

export function newest(look: Look, check: string): Evidence | null {
  return look.view.state.evidence.findLast((evidence) => evidence.check === check && evidence.superseded !== true) ?? null;
}

/** The picture of this evidence, for the room there is; none on the smallest screens. */
export function picture(look: Look, evidence: Evidence, indent = 3): Line[] {
  if (look.rows < 9) return [];
  const width = Math.min(100, look.width - indent - 1);
  return indentBy(pictureOf(evidence, newest(look, 'proxy-config'), { width, rows: chartRows(look.rows), theme: look.theme }), indent);
}

/** The sign that a status has, colour or not. */
export function statusSign({ status }: Evidence, look: Look): Line {
  const { theme } = look;
  return status === 'ok' ? [span(theme.sign('ok'), 'quiet')] : [span(theme.sign('unanswered'), 'strong')];
}

/** What could not be checked is never told as if nothing were wrong. */
export function finding(look: Look, evidence: Evidence): Line[] {
  const { theme, view, width } = look;
  const lines: Line[] = [];
  if (evidence.status === 'ok') {
    lines.push(...paragraph(evidence.summary, width - 1, theme, 'strong', 1));
  } else {
    lines.push(
      ...paragraph(`Could not be checked (${evidence.status}): ${evidence.summary}`, width - 1, theme, 'strong', 1, [
        span(' '),
        span(`${theme.sign('unanswered')} `, 'strong'),
      ]),
    );
    if (evidence.remedy !== null) lines.push(...paragraph(`To make it possible: ${evidence.remedy}`, width - 1, theme, 'plain', 3));
  }
  lines.push(...picture(look, evidence));
  if (view.stale.includes(evidence.id))
    lines.push(
      ...paragraph(
        `Measured ${ago(look.now - Date.parse(evidence.startedAt))}: it may be out of date. r measures it again.`,
        width - 1,
        theme,
        'quiet',
        1,
      ),
    );
  return lines;
}

/** Other evidence that a decision rests on, a line or two each. */
export function restsOn(look: Look, ids: readonly string[]): Line[] {
  const found = ids
    .map((id) => look.view.state.evidence.find((evidence) => evidence.id === id))
    .filter((evidence) => evidence !== undefined);
  if (found.length === 0) return [];
  const drawn = found.map((evidence) => picture(look, evidence)).find((lines) => lines.length > 0) ?? [];
  const told = found.flatMap((evidence) => {
    const old = look.view.stale.includes(evidence.id)
      ? ` (measured ${ago(look.now - Date.parse(evidence.startedAt))}; r measures again)`
      : '';
    return paragraph(`${evidence.summary}${old}`, look.width - 1, look.theme, found.length === 1 ? 'strong' : 'plain', 0, [
      span(` ${evidence.id.padEnd(3)} `, 'quiet'),
    ]);
  });
  return [...told, ...drawn];
}
