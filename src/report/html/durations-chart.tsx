/** Durations of failed beside good requests as SVG, with the time limits in force. */
import { scaleSqrt } from 'd3-scale';
import type { ReactElement } from 'react';
import { visible } from '../../visible.ts';
import type { Durations } from './drawn.ts';

const left = 52;
const right = 64;

export function DurationsChart({ durations, width }: { durations: Durations; width: number }): ReactElement {
  const rows = [
    { name: 'failed', values: durations.failed, className: 'failed' },
    { name: 'good', values: durations.good, className: 'good' },
  ].flatMap(({ values, ...row }) => (values === null ? [] : [{ ...row, values }]));
  const top = durations.limits.length > 0 ? 34 : 18;
  const height = top + rows.length * 36 + 18;
  const most = Math.max(1, ...rows.map((row) => row.values.max), ...durations.limits.map((limit) => limit.seconds * 1000));
  const x = scaleSqrt()
    .domain([0, most])
    .range([left, width - right]);
  const id = `durations-${width}`;
  return (
    <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-labelledby={`${id}-title ${id}-text`}>
      <title id={`${id}-title`}>Durations of failed and of good requests</title>
      <desc id={`${id}-text`}>
        {rows
          .map((row) => `${row.name}: median ${ms(row.values.p50)}, 95 % below ${ms(row.values.p95)}, at most ${ms(row.values.max)}`)
          .join('; ')}
      </desc>
      {spread(x.ticks(6), x, 52).map((tick) => (
        <g key={tick}>
          <line x1={x(tick)} x2={x(tick)} y1={top - 8} y2={height - 20} className="grid" />
          <text x={x(tick)} y={height - 5} textAnchor="middle">
            {ms(tick)}
          </text>
        </g>
      ))}
      {rows.map((row, index) => {
        const y = top + 12 + index * 36;
        const { p50, p95, max } = row.values;
        return (
          <g key={row.name} className={`box ${row.className}`}>
            <text x={left - 8} y={y + 4} textAnchor="end">
              {row.name}
            </text>
            <line x1={x(0)} x2={x(max)} y1={y} y2={y} />
            <rect x={x(p50)} width={Math.max(3, x(p95) - x(p50))} y={y - 8} height={16} rx={2} />
            <text x={x(max) + 8} y={y + 4}>
              {ms(max)}
            </text>
          </g>
        );
      })}
      {durations.limits.map((limit, index) => (
        <g key={limit.name} className="limit">
          <line x1={x(limit.seconds * 1000)} x2={x(limit.seconds * 1000)} y1={20} y2={height - 20} />
          <text x={x(limit.seconds * 1000)} y={14} textAnchor={index % 2 === 0 ? 'end' : 'start'}>
            {visible(`${limit.name} ${limit.seconds} s`)}
          </text>
        </g>
      ))}
    </svg>
  );
}

/** Ticks that leave each other room for their words: a root scale crowds them at its far end. */
function spread(ticks: readonly number[], x: (value: number) => number, apart: number): readonly number[] {
  const kept: number[] = [];
  for (const tick of ticks) {
    const last = kept.at(-1);
    if (last === undefined || x(tick) - x(last) >= apart) kept.push(tick);
  }
  return kept;
}

export function ms(value: number): string {
  if (value >= 1000) return `${Number((value / 1000).toFixed(value >= 10_000 ? 0 : 1))} s`;
  return `${value >= 10 || value === 0 ? Math.round(value) : value.toFixed(1)} ms`;
}
