/** Lines as data → text for a terminal, where no Ink is wanted: the same tones as paint.tsx. */
import type { Line } from './line.ts';
import type { Tone } from './theme.ts';

const colored: Readonly<Record<Tone, readonly [string, string]>> = {
  strong: ['1', '22'],
  plain: ['', ''],
  quiet: ['2', '22'],
  accent: ['36', '39'],
  broken: ['31', '39'],
  live: ['33', '39'],
};

export function ansiOf(line: Line, color: boolean): string {
  return line
    .map(({ text, tone }) => {
      const [on, off] = colored[tone];
      return !color || on === '' || text === '' ? text : `\u001b[${on}m${text}\u001b[${off}m`;
    })
    .join('');
}
