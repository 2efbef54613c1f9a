/**
 * The long version of what `npm test` shows in short: kills, load, fuzzed values, footprint. Each part can be run alone.
 *
 *   npm run test:soak                              every part
 *   npm run test:soak -- kills --count 50          one part, smaller
 *   npm run test:soak -- kills load --write        the figures go into docs/reliability.md
 */
import { parseArgs } from 'node:util';
import { footprint, footprintRows, judgeFootprint } from './footprint.ts';
import { type FuzzInput, fuzz, fuzzInputs } from './fuzz.ts';
import { inParallel } from '../lab/parallel.ts';
import { type Killed, kills } from './kills.ts';
import { randomLines } from './lines.ts';
import * as load from './load.ts';
import { sizesTable, table, write } from './page.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'string' },
    seed: { type: 'string', default: '7' },
    gigabytes: { type: 'string', default: '10' },
    write: { type: 'boolean', default: false },
  },
});

const seed = Number(values.seed);
const cleans: (() => void)[] = [];
const later = (clean: () => void): void => void cleans.push(clean);
let wrong = 0;

function told(part: string, lines: readonly string[], complaints: readonly string[]): void {
  for (const line of lines) console.log(line);
  for (const complaint of complaints) console.error(`WRONG: ${complaint}`);
  wrong += complaints.length;
  if (!values.write || complaints.length > 0) return;
  const given = process.argv.slice(2).filter((word) => word !== '--write' && !(word in parts));
  write(part, ['npm run test:soak --', part, ...given].join(' '), lines);
}

const parts: Readonly<Record<string, () => Promise<void>>> = {
  kills: async () => {
    const count = Number(values.count ?? 200);
    const interactive = Math.round(count / 4);
    const inAWrite = Math.round(count / 4);
    const all = await kills({ unattended: count - interactive - inAWrite, inAWrite, interactive, seed, atOnce: 12 }, later);
    const row = (how: Killed['how']): (string | number)[] => {
      const these = all.filter((one) => one.how === how);
      return [how, these.length, these.filter((one) => one.lines === 0).length, new Set(these.map((one) => one.lines)).size, these.reduce((sum, one) => sum + one.shown, 0), these.filter((one) => one.wrong.length > 0).length];
    };
    told(
      'kills',
      table(['killed', 'runs', 'before the case began', 'different places in the journal', 'findings shown before', 'lost, twice, or another diagnosis'], (['unattended', 'in the middle of a write', 'interactive'] as const).map(row)),
      all.flatMap((one) => one.wrong.map((text) => `${one.how}, ${one.lines} lines: ${text}`)),
    );
  },
  runs: async () => sized('runs', 'runs at once', await load.runsAtOnce([1, 10, 50], later)),
  log: async () => {
    const most = Number(values.gigabytes) * 1000;
    return sized('log', 'megabytes of error log', await load.logs([most / 20, most / 4, most], later));
  },
  cases: async () => sized('cases', 'cases', await load.cases([1000, 10_000, 40_000], later)),
  backends: async () => sized('backends', 'backends', await load.backends([50, 500, 2000], later)),
  fuzz: async () => {
    const count = Number(values.count ?? 1000);
    const inputs = Object.keys(fuzzInputs) as FuzzInput[];
    const all = await inParallel(inputs, 2, async (input) => ({ input, done: await fuzz(input, count, seed) }));
    const rows = all.map(({ input, done }) => [input, done.values, done.refused, done.programs.join(', ') || 'none', done.writes, done.wrong.length]);
    const complaints = all.flatMap(({ input, done }) => done.wrong.map((text) => `${input}: ${text}`));
    told('fuzz', table(['input', 'values', 'refused (of all commands they were given to)', 'programs started', 'files written in the case', 'outside of the plan or the case'], rows), complaints);
  },
  lines: async () => {
    const done = await randomLines(Number(values.count ?? 1_000_000), seed);
    told('lines', table(['random and damaged lines', 'recognised all the same', 'time for four times the length, at most', 'thrown, or a control character passed on'], [[done.lines, done.recognised, `${done.growth.toFixed(1)} ×`, done.wrong.length]]), done.wrong);
  },
  footprint: async () => {
    const done = await footprint(20);
    told('footprint', footprintRows(done), judgeFootprint(done));
  },
};

function sized(part: string, what: string, sizes: readonly load.Size[]): void {
  told(part, sizesTable(what, sizes), [...sizes.flatMap((one) => one.wrong.map((text) => `${one.size} ${what}: ${text}`)), ...load.growth(what, sizes)]);
}

const unknown = positionals.filter((name) => parts[name] === undefined);
if (unknown.length > 0) throw new Error(`no such part: ${unknown.join(', ')}; there are: ${Object.keys(parts).join(', ')}`);
for (const [name, run] of Object.entries(parts)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  console.log(`\n${name}`);
  try {
    await run();
  } finally {
    for (const clean of cleans.splice(0)) clean();
  }
}
console.log(wrong === 0 ? '\nall as it should be' : `\n${wrong} wrong`);
process.exit(wrong === 0 ? 0 : 1);
