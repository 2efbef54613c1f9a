/** Paints the screen that view.ts describes; state is in the store. */
import { Box, useApp, useInput } from 'ink';
import { useEffect, useSyncExternalStore } from 'react';
import { Choices } from './choices.tsx';
import { blank } from './line.ts';
import { PaintedLine, PaintedLines } from './paint.tsx';
import type { Store } from './doors.ts';
import type { Theme } from './theme.ts';

/** Lets go of the terminal while the function runs, then draws everything anew. */
export type SuspendTerminal = (during: () => Promise<void>) => Promise<void>;

export interface AppProps {
  readonly store: Store;
  readonly theme: Theme;
  /** Given once the terminal can be let go of. */
  readonly onReady: (suspend: SuspendTerminal) => void;
}

export function App({ store, theme, onReady }: AppProps) {
  // Keeps the terminal in raw mode whatever is on the screen; keys come to the store by another way (stdin.ts).
  useInput(() => undefined);
  const { suspendTerminal } = useApp();
  useSyncExternalStore(store.subscribe, store.version);
  useEffect(() => {
    onReady((during) => suspendTerminal(during));
  }, [onReady, suspendTerminal]);

  const screen = store.screen();
  const { columns, rows } = store.size();
  const { list } = screen;
  const { highlighted } = store.state();
  const color = theme.color;
  return (
    <Box flexDirection="column" width={columns} height={rows} overflow="hidden">
      <PaintedLines lines={screen.header} color={color} />
      <Box flexDirection="row" flexGrow={1} overflow="hidden">
        <Box flexDirection="column" width={screen.leftWidth} overflow="hidden">
          <PaintedLines lines={screen.upper} color={color} />
          {list === null ? null : (
            <Choices
              key={list.mount}
              list={list}
              theme={theme}
              last={highlighted?.id === list.id ? highlighted.value : null}
              onHighlight={(value) => store.highlight(list.id, value)}
              onSelect={store.selected}
              onListen={store.listens}
            />
          )}
          <PaintedLines lines={screen.pinned} color={color} />
        </Box>
        {screen.aside === null ? null : (
          <>
            <Box flexDirection="column" width={1}>
              <PaintedLines lines={screen.aside.map(() => [{ text: theme.sign('wall'), tone: 'quiet' }])} color={color} />
            </Box>
            <Box flexDirection="column" flexGrow={1} overflow="hidden">
              <PaintedLines lines={screen.aside} color={color} />
            </Box>
          </>
        )}
      </Box>
      <PaintedLine line={screen.footer.length > 0 ? screen.footer : blank} color={color} />
    </Box>
  );
}
