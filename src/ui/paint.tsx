/** Lines as data → Ink. The only place that turns a tone into colours and weights. */
import { Text } from 'ink';
import { memo } from 'react';
import type { Line } from './line.ts';
import type { Tone } from './theme.ts';

interface Ink {
  readonly bold?: boolean;
  readonly dimColor?: boolean;
  readonly color?: string;
}

const colored: Readonly<Record<Tone, Ink>> = {
  strong: { bold: true },
  plain: {},
  quiet: { dimColor: true },
  accent: { color: 'cyan' },
  broken: { color: 'red' },
  live: { color: 'yellow' },
};
// Without colour what matters is bold; the words and signs say the rest.
const bare: Readonly<Record<Tone, Ink>> = {
  strong: { bold: true },
  plain: {},
  quiet: { dimColor: true },
  accent: { bold: true },
  broken: { bold: true },
  live: { bold: true },
};

export const PaintedLine = memo(function PaintedLine({ line, color }: { readonly line: Line; readonly color: boolean }) {
  const tones = color ? colored : bare;
  return (
    <Text wrap="truncate">
      {line.length === 0 ? ' ' : null}
      {line.map(({ text, tone }, index) => (
        <Text key={`${index} ${tone}`} {...tones[tone]}>
          {text}
        </Text>
      ))}
    </Text>
  );
});

export function PaintedLines({ lines, color }: { readonly lines: readonly Line[]; readonly color: boolean }) {
  return lines.map((line, index) => <PaintedLine key={`line ${index}`} line={line} color={color} />);
}
