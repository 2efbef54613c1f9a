/**
 * Lines of every layout, damaged at random, through reading and explaining: nothing is thrown, no control character gets out, and no line
 * takes time that grows faster than its length.
 */
import { explainLines } from '../../src/commands/explain.ts';
import { parseErrorLine } from '../../src/httpd/error-log/parse.ts';
import { readMessages } from '../../src/httpd/error-log/generate.ts';
import { hostile, mutated } from './hostile.ts';
import { numbers } from './measured.ts';

export interface LinesDone {
  readonly lines: number;
  readonly recognised: number;
  /** The greatest growth of time for a line of four times the length; four is in proportion. */
  readonly growth: number;
  readonly wrong: readonly string[];
}

const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;
/** Lines that took longest, looked at more closely. */
const slowest = 20;
/** Four times the length, and as much again for a busy machine. */
const mostGrowth = 8;
const wrappers: readonly ((line: string) => string)[] = [
  (line) => line,
  (line) => `Nov 22 06:41:05 web1 httpd[7]: ${line}`,
  (line) => `<139>1 2026-11-22T06:41:05.781987+00:00 web1 httpd 7 - - ${line}`,
  (line) => JSON.stringify({ log: `${line}\n`, stream: 'stderr', time: '2026-11-22T06:41:05.781987Z' }),
  (line) => `[pod/web-0/httpd] ${line}`,
];

export async function randomLines(count: number, seed: number): Promise<LinesDone> {
  const random = numbers(seed);
  const samples = Object.values(readMessages()).flatMap((message) => (message.samples ?? []).map((sample) => (typeof sample === 'string' ? sample : sample.line)));
  const wrong: string[] = [];
  let recognised = 0;
  let worst: { readonly line: string; readonly perCharacter: number }[] = [];
  for (let done = 0; done < count; done += 1000) {
    const lines = Array.from({ length: Math.min(1000, count - done) }, () => {
      const sample = samples[Math.floor(random() * samples.length)] ?? '';
      const line = random() < 0.1 ? hostile(random) : mutated(sample, random);
      return (wrappers[Math.floor(random() * wrappers.length)] ?? ((text: string) => text))(line).replaceAll('\n', ' ');
    });
    for (const line of lines) {
      const begun = performance.now();
      try {
        if (parseErrorLine(line) !== null) recognised += 1;
      } catch (error) {
        wrong.push(`${JSON.stringify(line)}: ${String(error)}`);
      }
      const perCharacter = (performance.now() - begun) / (line.length + 50);
      if (worst.length < slowest || perCharacter > (worst.at(-1)?.perCharacter ?? 0))
        worst = [...worst, { line, perCharacter }].sort((left, right) => right.perCharacter - left.perCharacter).slice(0, slowest);
    }
    for (const json of [true, false]) {
      let said = '';
      await explainLines([...lines], { json, columns: 100, color: false, out: (text) => void (said += text), sayOthers: true });
      const at = control.exec(said)?.index;
      if (at !== undefined) wrong.push(`a control character: ${JSON.stringify(said.slice(Math.max(0, at - 80), at + 20))}`);
    }
  }
  const growths = worst.map(({ line }) => quickest(line.repeat(64)) / Math.max(quickest(line.repeat(16)), 0.005));
  const growth = Math.max(...growths);
  if (growth > mostGrowth) wrong.push(`time grows ${growth.toFixed(1)}-fold with four times the length: ${JSON.stringify(worst[growths.indexOf(growth)]?.line)}`);
  return { lines: count, recognised, growth, wrong };
}

function quickest(line: string): number {
  let best = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < 7; turn += 1) {
    const begun = performance.now();
    parseErrorLine(line);
    best = Math.min(best, performance.now() - begun);
  }
  return best;
}
