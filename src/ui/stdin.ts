/**
 * The terminal's keys, one at a time. Ink's own reading hands a whole read to its components at once, and ink-select-input then works
 * with the selection of the last drawing: `down down enter` in one read chooses the first item. So bytes are cut into keys here, each
 * key goes first to `take` (the wizard's own keys), and only those that it leaves are handed on to Ink, through a stream of ours
 * that looks like a terminal. The next key waits until Ink has read the last one and React has had a turn of the event loop.
 */
import { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { ReadStream } from 'node:tty';
import type { Key } from './key.ts';
import { feed, patience, quiet, silence } from './key-parser.ts';

/** More keys than anybody types ahead: reading stops until they are worked off, so that a flood costs no memory. */
const enough = 2000;

export interface KeyInput {
  /** To be given to Ink as `stdin`. */
  readonly stream: NodeJS.ReadStream;
  /** Keys wait until this promise has settled: an intent was sent and the screen it leads to is not there yet. */
  readonly hold: (until: Promise<unknown>) => void;
  /** Stops reading for good; the terminal's raw mode is off then. */
  readonly close: () => void;
}

export interface KeyInputOptions {
  readonly source: ReadStream;
  /** What has been read from there before. */
  readonly before?: readonly Buffer[];
  /** Takes the key (true), or leaves it to Ink's components (false). */
  readonly take: (key: Key) => boolean;
  /** What the key is left to is on the screen and listens. React attaches listeners a little after it has drawn. */
  readonly ready: () => boolean;
  /** The terminal is gone. */
  readonly ended: () => void;
}

/** Turns of the event loop; a screen is never that slow. Nothing may keep keys from working for ever. */
const longestWait = 10_000;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Looks to Ink like a terminal's standard input; raw mode is the real one's. */
class HandedOn extends Readable {
  readonly isTTY = true;
  readonly fd = 0;
  readonly #raw: (on: boolean) => void;
  readonly #alive: (on: boolean) => void;

  constructor(raw: (on: boolean) => void, alive: (on: boolean) => void) {
    super({ encoding: 'utf8' });
    this.#raw = raw;
    this.#alive = alive;
  }

  override _read(): void {
    // Keys are pushed as they come.
  }

  setRawMode(on: boolean): this {
    this.#raw(on);
    return this;
  }

  ref(): this {
    this.#alive(true);
    return this;
  }

  unref(): this {
    this.#alive(false);
    return this;
  }
}

export function createKeyInput({ source, before = [], take, ready, ended }: KeyInputOptions): KeyInput {
  const decoder = new StringDecoder('utf8');
  const waiting: Key[] = [];
  let parser = quiet;
  let timer: NodeJS.Timeout | null = null;
  let held: Promise<unknown> | null = null;
  const now = { working: false, reading: false, closed: false };
  const open = (): boolean => now.reading && !now.closed;

  const stream = new HandedOn(
    (on) => {
      if (!now.closed) setReading(on);
    },
    (on) => {
      // A pseudo-terminal behind a test, or a stream that is no socket, has neither.
      if (on) source.ref?.();
      else source.unref?.();
    },
  );

  function setReading(on: boolean): void {
    now.reading = on;
    setRaw(source, on);
    if (on) {
      source.resume();
      void work();
    } else {
      source.pause();
    }
  }

  function onData(bytes: Buffer | string): void {
    if (timer) clearTimeout(timer);
    const fed = feed(parser, typeof bytes === 'string' ? bytes : decoder.write(bytes));
    parser = fed.state;
    enqueue(fed.keys);
    listen();
  }

  /** Waits for the rest of a sequence, or for the silence that makes an ESC an Escape. */
  function listen(): void {
    const ms = patience(parser);
    timer = ms === null ? null : setTimeout(onSilence, ms);
    timer?.unref();
  }

  function onSilence(): void {
    const heard = silence(parser);
    parser = heard.state;
    enqueue(heard.keys);
    listen();
  }

  function enqueue(keys: readonly Key[]): void {
    waiting.push(...keys);
    if (waiting.length > enough && open()) source.pause();
    void work();
  }

  async function work(): Promise<void> {
    if (now.working) return;
    now.working = true;
    while (open()) {
      if (held) {
        await held;
        continue;
      }
      const next = waiting.shift();
      if (!next) break;
      if (!take(next)) await handOn(next);
      await turn();
    }
    now.working = false;
    if (open() && waiting.length === 0) source.resume();
  }

  /** Ink reads when it is told that there is something; it has taken the key once nothing is left in the stream. */
  async function handOn(next: Key): Promise<void> {
    for (let turns = 0; !ready() && turns < longestWait && open(); turns += 1) await turn();
    stream.push(next.bytes);
    while (stream.readableLength > 0 && open()) await turn();
  }

  function onGone(): void {
    if (!now.closed) ended();
  }

  source.on('data', onData);
  source.on('end', onGone);
  source.on('error', onGone);
  source.pause();
  for (const bytes of before) onData(bytes);

  return {
    stream: stream as unknown as NodeJS.ReadStream,
    hold: (until) => {
      const mine = until.then(
        () => undefined,
        () => undefined,
      );
      held = mine;
      void mine.then(() => {
        if (held === mine) held = null;
      });
    },
    close: () => {
      if (now.closed) return;
      now.closed = true;
      now.reading = false;
      if (timer) clearTimeout(timer);
      source.off('data', onData);
      setRaw(source, false);
      source.pause();
      source.unref?.();
      stream.destroy();
    },
  };
}

/** After a hang-up the terminal can't be asked any more; there is nothing left to put right then. */
function setRaw(source: ReadStream, on: boolean): void {
  try {
    source.setRawMode?.(on);
  } catch {
    // The terminal is gone.
  }
}
