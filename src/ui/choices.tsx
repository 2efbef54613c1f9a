/** The list to choose from: ink-select-input, with items that say why one is favoured and are shown in full when selected. */
import { Box } from 'ink';
import SelectInput from 'ink-select-input';
import { createContext, useContext, useEffect, useMemo } from 'react';
import { lineOf, span, type Line } from './line.ts';
import { PaintedLine, PaintedLines } from './paint.tsx';
import type { Theme } from './theme.ts';
import type { ListView } from './arrange.ts';

interface Shown {
  readonly list: ListView;
  readonly theme: Theme;
}
const ShownContext = createContext<Shown | null>(null);

function Indicator({ isSelected = false }: { readonly isSelected?: boolean }) {
  const shown = useContext(ShownContext);
  if (!shown) return null;
  return (
    <Box width={3} flexShrink={0}>
      <PaintedLine line={[span(isSelected ? ` ${shown.theme.sign('pointer')} ` : '   ', 'accent')]} color={shown.theme.color} />
    </Box>
  );
}

/** The selected one's words in the accent; its number, marks and reason stay quiet. */
function asSelected(line: Line): Line {
  return line.map((piece) => (piece.tone === 'plain' ? { ...piece, tone: 'accent' } : piece));
}

// ink-select-input hands an item's label and nothing else that we could rely on: the label is the choice's place in the list.
function Item({ isSelected = false, label }: { readonly isSelected?: boolean; readonly label: string }) {
  const shown = useContext(ShownContext);
  const choice = shown?.list.choices[Number(label)];
  if (!shown || !choice) return null;
  const lines = isSelected || shown.list.allFull ? choice.full : [choice.short];
  return (
    <Box flexDirection="column">
      <PaintedLines lines={isSelected ? lines.map(asSelected) : lines} color={shown.theme.color} />
    </Box>
  );
}

export interface ChoicesProps {
  readonly list: ListView;
  readonly theme: Theme;
  /** Selected when the list was last on the screen; null: it was not. */
  readonly last: string | null;
  readonly onHighlight: (value: string) => void;
  readonly onSelect: (value: string) => void;
  readonly onListen: (list: string | null) => void;
}

export function Choices({ list, theme, last, onHighlight, onSelect, onListen }: ChoicesProps) {
  const { mount } = list;
  // Effects of children come first: ink-select-input listens by now.
  useEffect(() => {
    onListen(mount);
    return () => onListen(null);
  }, [onListen, mount]);
  const shown = useMemo(() => ({ list, theme }), [list, theme]);
  const items = list.choices.map(({ value }, index) => ({ key: value, value, label: String(index) }));
  const before = last === null ? -1 : list.choices.findIndex(({ value }) => value === last);
  return (
    <ShownContext value={shown}>
      <PaintedLine line={lineOf(` ${theme.text(list.heading)}`, 'quiet')} color={theme.color} />
      <SelectInput
        items={items}
        initialIndex={before < 0 ? list.first : before}
        {...(list.limit === null ? {} : { limit: list.limit })}
        indicatorComponent={Indicator}
        itemComponent={Item}
        onHighlight={({ value }) => onHighlight(value)}
        onSelect={({ value }) => onSelect(value)}
      />
    </ShownContext>
  );
}
