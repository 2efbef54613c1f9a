/**
 * One pass over an access log. The format is the given one where it fits the lines, else it is recognised; a file that two CustomLogs
 * write to may hold two formats, so lines that do not fit are collected until a second format shows in them.
 */
import { parserOf } from './compile.ts';
import type { Cutter } from './cutter.ts';
import { eachLine } from './lines.ts';
import { recogniseFormat, shareThatFits } from './recognise.ts';
import type { LogFormat } from './steps.ts';

export interface ScanOptions {
  /** The format that the configuration or an option names; null: recognise it. */
  readonly format: LogFormat | null;
  /** Minutes east of UTC of a wall clock, for formats without a zone. */
  readonly zoneOf?: (wallClock: number) => number;
  readonly signal?: AbortSignal;
  readonly progress?: (bytes: number) => void;
}

export interface Scanned {
  readonly bytes: number;
  /** Lines, blank ones left out. */
  readonly lines: number;
  /** Lines that no format fitted. */
  readonly notRead: number;
  readonly notReadSample: string | null;
  /** The formats that lines were read in, the commonest first; empty where none fitted. */
  readonly formats: readonly LogFormat[];
  /** The given format fitted so few lines that another was taken. */
  readonly givenDoesNotFit: boolean;
}

/** So many lines show a format. */
const sampleLines = 200;
/** A given format that fits less of the sample than this is taken for a mistake. */
const givenFits = 0.5;
/** After so many lines that did not fit, a further format is looked for, at most `mostFormats` in all. */
const strayLines = 40;
const mostFormats = 4;

/**
 * @param visit is called for each line that was read; the cutter is reused: copy what is kept. False ends the scan.
 * @throws what the chunks throw, and the signal's reason when aborted
 */
export async function scanAccessLog(
  chunks: AsyncIterable<Uint8Array>,
  options: ScanOptions,
  visit: (cut: Cutter) => boolean | void,
): Promise<Scanned> {
  const cutters: Cutter[] = [];
  /** Lines that each of them has read. */
  const used: number[] = [];
  let waiting: Buffer[] | null = [];
  let strays: string[] = [];
  let lines = 0;
  let notRead = 0;
  let notReadSample: string | null = null;
  let givenDoesNotFit = false;

  const add = (format: LogFormat | null): void => {
    if (format !== null && !cutters.some((cutter) => cutter.format.source === format.source))
      used[cutters.push(parserOf(format, options.zoneOf)) - 1] = 0;
  };
  const choose = (sample: readonly string[]): void => {
    const share = options.format === null ? 0 : shareThatFits(options.format, sample);
    if (options.format !== null && (share >= givenFits || sample.length === 0)) return add(options.format);
    const recognised = recogniseFormat(sample);
    givenDoesNotFit = options.format !== null && recognised !== null;
    add(recognised ?? options.format);
    if (share > 0) add(options.format);
  };
  const read = (bytes: Uint8Array, from: number, to: number): boolean | void => {
    for (let index = 0; index < cutters.length; index++) {
      const cutter = cutters[index] as Cutter;
      if (!cutter.cut(bytes, from, to)) continue;
      used[index] = (used[index] as number) + 1;
      return visit(cutter);
    }
    notRead += 1;
    const text = Buffer.from(bytes.subarray(from, Math.min(to, from + 4096))).toString('utf8');
    notReadSample ??= text;
    if (cutters.length < mostFormats && strays.length < strayLines) {
      strays.push(text);
      if (strays.length === strayLines) {
        add(recogniseFormat(strays));
        strays = [];
      }
    }
  };
  const release = (): boolean | void => {
    const held = waiting ?? [];
    waiting = null;
    choose(held.map((line) => line.toString('utf8')));
    for (const line of held) if (read(line, 0, line.length) === false) return false;
  };

  const all = await eachLine(
    chunks,
    (bytes, from, to) => {
      if (to === from || (to === from + 1 && bytes[from] === 0x0d)) return;
      lines += 1;
      if (waiting === null) return read(bytes, from, to);
      waiting.push(Buffer.from(bytes.subarray(from, to)));
      if (waiting.length >= sampleLines) return release();
    },
    options,
  );
  if (waiting !== null) release();
  const formats = cutters
    .map(({ format }, index) => ({ format, lines: used[index] ?? 0 }))
    .filter((each) => each.lines > 0)
    .toSorted((a, b) => b.lines - a.lines)
    .map(({ format }) => format);
  return { bytes: all.bytes, lines, notRead, notReadSample, formats, givenDoesNotFit };
}
