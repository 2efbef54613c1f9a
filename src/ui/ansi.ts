/** Lines as data → text for a terminal, where no Ink is wanted (or none is there yet): the same tones as paint.tsx. */
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

// Without colour: as on the screen, where what matters is bold.
const weighted: typeof colored = { ...colored, accent: colored.strong, broken: colored.strong, live: colored.strong };
const plain: typeof colored = { ...colored, strong: colored.plain, quiet: colored.plain, accent: colored.plain, broken: colored.plain, live: colored.plain };
const ways = { color: colored, weight: weighted, plain };

export function ansiOf(line: Line, way: keyof typeof ways): string {
  return line
    .map(({ text, tone }) => {
      const [on, off] = ways[way][tone];
      return on === '' || text === '' ? text : `\u001b[${on}m${text}\u001b[${off}m`;
    })
    .join('');
}
