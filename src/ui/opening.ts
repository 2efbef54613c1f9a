/**
 * The first moment of the wizard: its first screen, drawn before the wizard is loaded. Keys are kept for it meanwhile; Ctrl-C and signals end at
 * once, since there is nothing yet to save; and whatever else happens, the terminal is as it was.
 */
import { constants } from 'node:os';
import type { ReadStream } from 'node:tty';
import type { SessionView } from '../run/session.ts';
import { ansiOf } from './ansi.ts';
import { firstFrame } from './first-frame.ts';
import { enterScreen, leaveScreen, restoreNow, sizeOf, wipe } from './full-screen.ts';
import { createJobControl } from './job-control.ts';
import { listenForEnds } from './leaving.ts';
import type { Size } from './state.ts';
import { createTheme } from './theme.ts';

export interface Opened {
  /** What has been typed, as it came. */
  readonly typed: readonly Buffer[];
  /** What the screen was last drawn for. */
  readonly size: Size;
}

export interface Opening {
  /** The screen goes on with somebody else: nothing is listened to any more, raw mode and the screen stay. */
  readonly handOver: () => Promise<Opened>;
  /** Writes on the normal screen, which stays behind this one. */
  readonly beside: (write: () => void) => void;
  /** Leaves the screen; nothing where it was handed over. */
  readonly close: () => void;
}

export interface OpeningOptions {
  readonly view: SessionView;
  readonly stdin: ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const interrupt = 3;
const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';

export function openScreen({ view, stdin, stdout, env }: OpeningOptions): Opening {
  const theme = createTheme(env);
  const typed: Buffer[] = [];
  let size = sizeOf(stdout);
  let open = true;
  /** The terminal is let go of while the job is stopped. */
  let away: Promise<void> | null = null;

  function draw(): void {
    size = sizeOf(stdout);
    const lines = firstFrame(view, theme, Date.now(), size);
    stdout.write(`${wipe}${hideCursor}${lines.map((line) => ansiOf(line, theme.color ? 'color' : 'weight')).join('\n')}`);
  }

  function enter(): void {
    stdin.setRawMode(true);
    stdout.write(enterScreen);
    draw();
    stdin.resume();
  }

  function suspended(during: () => Promise<void>): void {
    if (!open || away) return;
    stdin.pause();
    stdout.write(`${leaveScreen}${showCursor}`);
    stdin.setRawMode(false);
    away = during().then(() => {
      away = null;
      if (open) enter();
    });
  }

  function onData(bytes: Buffer): void {
    typed.push(bytes);
    if (bytes.includes(interrupt)) onSignal('SIGINT');
  }

  function onSignal(signal: string): void {
    close();
    process.exit(128 + (constants.signals[signal as NodeJS.Signals] ?? 1));
  }

  function onCrash(error: unknown): void {
    close();
    // To be told as any other.
    setImmediate(() => {
      throw error;
    });
  }

  const onLost = (): void => onSignal('SIGHUP');
  const onResize = (): void => {
    if (!away) draw();
  };
  const onExit = (): void => restoreNow(stdout, stdin);

  function listenNoMore(): void {
    open = false;
    jobs.close();
    unlisten();
    process.off('exit', onExit);
    stdout.off('resize', onResize);
    stdin.off('data', onData);
    stdin.pause();
    for (const stream of [stdin, stdout]) stream.off('error', onLost);
    stdin.off('end', onLost);
  }

  function close(): void {
    if (!open) return;
    listenNoMore();
    restoreNow(stdout, stdin);
    stdin.unref();
  }

  const unlisten = listenForEnds({ onSignal, onCrash });
  const jobs = createJobControl({ suspended, away: () => away !== null });
  process.on('exit', onExit);
  stdout.on('resize', onResize);
  stdin.on('data', onData);
  for (const stream of [stdin, stdout]) stream.on('error', onLost);
  stdin.on('end', onLost);
  enter();

  return {
    handOver: async () => {
      await away;
      listenNoMore();
      return { typed, size };
    },
    beside: (write) => {
      stdout.write(`${leaveScreen}${showCursor}`);
      write();
      enter();
    },
    close,
  };
}
