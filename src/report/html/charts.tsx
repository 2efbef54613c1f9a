/** Charts of the HTML report, as SVG: failures over time with what happened, and durations with the time limits in force. */
import { scaleLinear, scaleSqrt, scaleUtc } from 'd3-scale';
import type { ReactElement } from 'react';
import { visible } from '../../visible.ts';
import type { Durations, Mark, Timeline } from './drawn.ts';

const width = 720;
const left = 44;

export function TimelineChart({ timeline, marks }: { timeline: Timeline; marks: readonly Mark[] }): ReactElement {
  const height = 190;
  const bottom = height - 26;
  const start = Date.parse(timeline.start);
  const end = start + timeline.counts.length * timeline.widthSeconds * 1000;
  const x = scaleUtc().domain([start, end]).range([left, width - 8]);
  const most = Math.max(1, ...timeline.counts);
  // Few failures among many have to be seen too: the root keeps a bar of one visible beside a bar of hundreds.
  const y = scaleSqrt().domain([0, most]).range([bottom, 18]);
  const bar = Math.max(1, (width - 8 - left) / timeline.counts.length - (timeline.counts.length > 200 ? 0 : 1));
  const shown = marks.filter((mark) => mark.at >= start && mark.at <= end);
  return (
    <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-labelledby="timeline-title timeline-text">
      <title id="timeline-title">Failures over time</title>
      <desc id="timeline-text">{`${timeline.counts.reduce((all, count) => all + count, 0)} failures in ${timeline.counts.length} spans of ${timeline.widthSeconds} s, at most ${most} in one.`}</desc>
      {y.ticks(4).map((tick) => (
        <g key={tick}>
          <line x1={left} x2={width - 8} y1={y(tick)} y2={y(tick)} className="grid" />
          <text x={left - 6} y={y(tick) + 4} textAnchor="end">
            {tick}
          </text>
        </g>
      ))}
      {timeline.counts.map((count, index) => {
        const at = start + index * timeline.widthSeconds * 1000;
        return count === 0 ? null : (
          <rect key={at} x={x(at)} width={bar} y={y(count)} height={bottom - y(count)} className="failures">
            <title>{`${new Date(at).toISOString().slice(11, 19)}: ${count} failed`}</title>
          </rect>
        );
      })}
      {x.ticks(6).map((tick) => (
        <text key={tick.getTime()} x={x(tick)} y={height - 8} textAnchor="middle">
          {tick.toISOString().slice(11, 16)}
        </text>
      ))}
      {shown.map((mark) => (
        <g key={`${mark.at} ${mark.text}`} className={`mark ${mark.kind}`}>
          <line x1={x(mark.at)} x2={x(mark.at)} y1={12} y2={bottom} />
          <circle cx={x(mark.at)} cy={10} r={4}>
            <title>{`${new Date(mark.at).toISOString().slice(11, 19)} ${visible(mark.text)}`}</title>
          </circle>
        </g>
      ))}
      <line x1={left} x2={width - 8} y1={bottom} y2={bottom} className="axis" />
    </svg>
  );
}

export function DurationsChart({ durations }: { durations: Durations }): ReactElement {
  const rows = [
    { name: 'failed', values: durations.failed, className: 'failures' },
    { name: 'good', values: durations.good, className: 'good' },
  ].filter((row) => row.values !== null);
  const height = 34 + rows.length * 34;
  const most = Math.max(1, ...rows.flatMap((row) => (row.values === null ? [] : [row.values.max])), ...durations.limits.map((limit) => limit.seconds * 1000));
  const x = scaleSqrt().domain([0, most]).range([left + 10, width - 60]);
  const ticks = scaleLinear().domain([0, most]).ticks(5);
  return (
    <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-labelledby="durations-title durations-text">
      <title id="durations-title">Durations of failed and of good requests</title>
      <desc id="durations-text">{rows.map((row) => (row.values === null ? '' : `${row.name}: median ${ms(row.values.p50)}, 95 % below ${ms(row.values.p95)}, at most ${ms(row.values.max)}`)).join('; ')}</desc>
      {rows.map((row, index) => {
        const y = 20 + index * 34;
        const { values } = row;
        return values === null ? null : (
          <g key={row.name} className={row.className}>
            <text x={left} y={y + 4} textAnchor="end">
              {row.name}
            </text>
            <line x1={x(0)} x2={x(values.max)} y1={y} y2={y} />
            <rect x={x(values.p50)} width={Math.max(2, x(values.p95) - x(values.p50))} y={y - 7} height={14} />
            <text x={Math.min(x(values.max) + 6, width - 56)} y={y + 4}>
              {ms(values.max)}
            </text>
          </g>
        );
      })}
      {durations.limits.map((limit) => (
        <g key={limit.name} className="mark limit">
          <line x1={x(limit.seconds * 1000)} x2={x(limit.seconds * 1000)} y1={6} y2={height - 20}>
            <title>{visible(`${limit.name} ${limit.seconds} s`)}</title>
          </line>
        </g>
      ))}
      {ticks.map((tick) => (
        <text key={tick} x={x(tick)} y={height - 6} textAnchor="middle">
          {ms(tick)}
        </text>
      ))}
    </svg>
  );
}

function ms(value: number): string {
  return value >= 1000 ? `${(value / 1000).toFixed(value >= 10_000 ? 0 : 1)} s` : `${Math.round(value)} ms`;
}
