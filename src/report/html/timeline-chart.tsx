/** Failures over time as SVG, before the requests of the same spans, with what happened meanwhile. */
import { scaleSqrt, scaleUtc } from 'd3-scale';
import type { ReactElement } from 'react';
import { visible } from '../../visible.ts';
import type { Mark, Timeline } from './drawn.ts';

const left = 46;
const right = 14;
const top = 30;

/** Marks that would lie over each other, as one. */
export interface MarkGroup {
  readonly at: number;
  readonly kind: Mark['kind'];
  readonly marks: readonly Mark[];
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** The checks of a case often follow the last line of the log by minutes: the axis reaches to them where they are near. */
export function spanOf(timeline: Timeline, marks: readonly Mark[]): Span {
  const start = Date.parse(timeline.start);
  const end = start + timeline.counts.length * timeline.widthSeconds * 1000;
  const near = end + (end - start) * 0.15;
  return { start, end: Math.max(end, ...marks.filter((mark) => mark.at <= near).map((mark) => mark.at)) };
}

/** @param marks in the order of time */
export function groupsOf(span: Span, marks: readonly Mark[]): readonly MarkGroup[] {
  const apart = (span.end - span.start) / 24;
  const groups: { at: number; kind: Mark['kind']; marks: Mark[] }[] = [];
  for (const mark of marks) {
    if (mark.at < span.start || mark.at > span.end) continue;
    const last = groups.at(-1);
    if (last !== undefined && mark.at - last.at < apart) {
      last.marks.push(mark);
      if (weight(mark.kind) > weight(last.kind)) last.kind = mark.kind;
    } else groups.push({ at: mark.at, kind: mark.kind, marks: [mark] });
  }
  return groups;
}

function weight(kind: Mark['kind']): number {
  return ['check', 'note', 'httpd', 'change'].indexOf(kind);
}

export function TimelineChart({ timeline, marks, width }: { timeline: Timeline; marks: readonly Mark[]; width: number }): ReactElement {
  const height = 220;
  const bottom = height - 26;
  const span = spanOf(timeline, marks);
  const { counts, requests, widthSeconds } = timeline;
  const x = scaleUtc()
    .domain([span.start, span.end])
    .range([left, width - right]);
  const most = Math.max(1, ...counts, ...(requests ?? []));
  // Few failures among many have to be seen too: the root keeps a bar of one visible beside a bar of hundreds.
  const y = scaleSqrt().domain([0, most]).range([bottom, top]);
  const step = x(span.start + widthSeconds * 1000) - x(span.start);
  const bar = Math.max(1, step - (step > 3 ? 1 : 0));
  const at = (index: number): number => span.start + index * widthSeconds * 1000;
  const id = `timeline-${width}`;
  return (
    <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-labelledby={`${id}-title ${id}-text`}>
      <title id={`${id}-title`}>Failures over time</title>
      <desc
        id={`${id}-text`}
      >{`${sum(counts)} failures in ${counts.length} spans of ${spanWords(widthSeconds)}, at most ${Math.max(...counts)} in one.`}</desc>
      {wholeTicks(y.ticks(4)).map((tick) => (
        <g key={tick}>
          <line x1={left} x2={width - right} y1={y(tick)} y2={y(tick)} className="grid" />
          <text x={left - 6} y={y(tick) + 4} textAnchor="end">
            {tick.toLocaleString('en-US')}
          </text>
        </g>
      ))}
      {requests?.map(
        (count, index) =>
          count > 0 && <rect key={at(index)} x={x(at(index))} width={bar} y={y(count)} height={bottom - y(count)} className="requests" />,
      )}
      {counts.map(
        (count, index) =>
          count > 0 && (
            <rect key={at(index)} x={x(at(index))} width={bar} y={y(count)} height={bottom - y(count)} className="failures">
              <title>{`${clock(at(index), widthSeconds < 60)}: ${count} failed${requests?.[index] === undefined ? '' : ` of ${requests[index]}`}`}</title>
            </rect>
          ),
      )}
      {x.ticks(Math.round(width / 110)).map((tick) => (
        <text key={tick.getTime()} x={Math.min(x(tick), width - 22)} y={height - 8} textAnchor="middle">
          {axisLabel(tick.getTime(), span)}
        </text>
      ))}
      {groupsOf(span, marks).map((group, index) => (
        <g key={group.at} className={`mark ${group.kind}`}>
          <line x1={x(group.at)} x2={x(group.at)} y1={20} y2={bottom} />
          <circle cx={x(group.at)} cy={12} r={9} />
          <text x={x(group.at)} y={16} textAnchor="middle">
            {index + 1}
          </text>
        </g>
      ))}
      <line x1={left} x2={width - right} y1={bottom} y2={bottom} className="axis" />
    </svg>
  );
}

/** `checks: tcp-connect, dns; note: restarted` */
export function groupWords(group: MarkGroup): string {
  const checks = [...new Set(group.marks.filter((mark) => mark.kind === 'check').map((mark) => mark.text))];
  const others = [...new Set(group.marks.filter((mark) => mark.kind !== 'check').map((mark) => mark.text))];
  const shown = checks.length === 0 ? [] : [`${checks.length === 1 ? 'check' : 'checks'} of this case: ${checks.join(', ')}`];
  return visible([...others, ...shown].join('; '));
}

export function clock(at: number, withSeconds: boolean): string {
  return new Date(at).toISOString().slice(11, withSeconds ? 19 : 16);
}

function axisLabel(at: number, span: Span): string {
  const iso = new Date(at).toISOString();
  const long = span.end - span.start;
  if (long > 2 * 86_400_000) return iso.slice(5, 10);
  return iso.slice(11, long < 600_000 ? 19 : 16);
}

/** Counts are whole: no line at a half. */
function wholeTicks(ticks: readonly number[]): readonly number[] {
  return ticks.filter((tick) => Number.isInteger(tick));
}

export function spanWords(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${seconds / 60} min` : `${seconds / 3600} h`;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((all, count) => all + count, 0);
}
