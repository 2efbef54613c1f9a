/**
 * Writes docs/screens.md: each screen of the wizard as text, captured from a real terminal. Run by `node tools/run-ts.mjs
 * test/terminal/screens.ts`; with `--check` it only compares and fails where the file is out of date.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyTable, places, placeTitles, rowsOf } from '../../src/ui/keys.ts';
import { bundleApp } from './bundle.ts';
import { Screen, type ScreenOptions } from './screen.ts';

const target = new URL('../../docs/screens.md', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'proxy-doctor-screens-'));
const app = join(folder, 'app.mjs');

interface Picture {
  readonly title: string;
  readonly about: string;
  readonly script: string;
  readonly options?: ScreenOptions;
  readonly way: (screen: Screen) => Promise<void>;
}

const log = '❯ 1 There are failures';
const decide = '❯ 2 Clusters';
const connect = '❯ 2 Some are refused';
const question = '1 Yes, after';
const consent = '❯ 1 No: leave this out';

/** Presses keys, each after what has to be on the screen before. */
const through =
  (...steps: readonly (readonly [string | RegExp, ...string[]])[]) =>
  async (screen: Screen): Promise<void> => {
    for (const [shown, ...keys] of steps) {
      await screen.shows(shown);
      if (keys.length > 0) screen.press(...keys);
    }
  };

const pictures: readonly Picture[] = [
  {
    title: 'A check that runs',
    about: 'What it does and why, how far it is, what it has seen so far. Keys are never blocked.',
    script: 'halfway',
    way: through([log, 'enter'], [decide, 'enter'], ['9 of 20 attempts']),
  },
  {
    title: 'What a check found',
    about: 'Words first, numbers second, then the ways from here; the one that the evidence favours is selected.',
    script: 'overload',
    way: through([log, 'enter'], [decide, 'enter'], [connect]),
  },
  {
    title: 'A decision',
    about: 'The reason stands with the choice that it speaks for.',
    script: 'overload',
    way: through([log, 'enter'], [decide]),
  },
  {
    title: 'Against the evidence',
    about: 'Allowed, with a word why, which stands in the report.',
    script: 'overload',
    way: through([log, 'enter'], [decide, '1'], ['In a word, why?']),
  },
  {
    title: 'What could not be checked',
    about: 'Never told as if nothing were wrong; with what would make it possible.',
    script: 'unreadable',
    way: through(['❯ 4 It was left out']),
  },
  {
    title: 'A question',
    about: 'Asked only where no check can answer, with the commands to find out by hand and how to read them.',
    script: 'overload',
    way: through([log, 'enter'], [decide, 'enter'], [connect, 'enter'], [question]),
  },
  {
    title: 'Before a change',
    about: 'Everything it would do; doing nothing is selected.',
    script: 'overload',
    way: through([log, 'enter'], [decide, 'enter'], [connect, 'enter'], [question, '1'], [consent]),
  },
  {
    title: 'A live change',
    about: 'On every screen, with its countdown.',
    script: 'halfway-live',
    way: through(
      [log, 'enter'],
      [decide, 'enter'],
      [connect, 'enter'],
      [question, '1'],
      [consent, 'down', 'enter'],
      ['6 of 14 requests'],
    ),
  },
  {
    title: 'The diagnosis',
    about: 'What it is and how sure, for and against, rivals, what to do in order.',
    script: 'race',
    way: through([log, 'enter'], [decide, 'enter'], [connect, 'enter'], [question, '2'], ['(1 of 2)', 'tab'], ['(2 of 2)']),
  },
  {
    title: 'Verify',
    about: 'Remedies are ticked off; the deciding check is run again, and what it found is recorded.',
    script: 'race',
    way: through([log, 'enter'], [decide, 'enter'], [connect, 'enter'], [question, '2'], ['(1 of 2)', 'space', 'v'], ['good at']),
  },
  {
    title: 'The evidence',
    about: 'Newest first.',
    script: 'overload',
    way: through([log, 'enter'], [decide, 'enter'], [connect, 'e'], ['❯✓ e2']),
  },
  {
    title: 'One piece of evidence',
    about: 'What it decided, its commands, the raw lines (harmless, whole), the facts; searched for a word.',
    script: 'overload',
    way: through([log, 'e'], ['❯✓ e1', 'enter'], ['Raw lines', '/'], ['/▏', ...'failed', 'enter'], [/\d of \d+: failed/]),
  },
  {
    title: 'The commands of a step',
    about: 'What was run, exactly, and the same by hand.',
    script: 'overload',
    way: through([log, 'enter'], [decide, 'enter'], [connect, 'c'], ['By hand']),
  },
  {
    title: 'The map',
    about: 'The whole tree, the way walked, and the place where one is.',
    script: 'overload',
    way: through([log, 'enter'], [decide, 'enter'], [connect, 'm'], ['you are here']),
  },
  {
    title: 'A note',
    about: 'It stands in the report with its time.',
    script: 'overload',
    way: through([log, 'n'], ['New note:', ...'the switch was replaced at noon', 'enter'], ['· the switch', ...'and '], ['New note: and']),
  },
  {
    title: 'Wide',
    about: 'From 110 columns on the evidence stands beside the step.',
    script: 'overload',
    options: { columns: 140, rows: 34 },
    way: through([log, 'enter'], [decide, 'enter'], [connect], ['Failures in the log']),
  },
  {
    title: 'Small',
    about: 'Down to 40x12 one thing at a time; what is left out is said.',
    script: 'overload',
    options: { columns: 40, rows: 12 },
    way: through([log, 'enter'], [decide]),
  },
  {
    title: 'Without Unicode',
    about: 'Every sign has a second form; this is LANG=C.',
    script: 'overload',
    options: { env: { LANG: 'C' } },
    way: through(['> 1 There are failures', 'enter'], ['> 2 Clusters', 'enter'], ['> 2 Some are refused']),
  },
  {
    title: 'Afterwards',
    about: 'What stays on the normal screen.',
    script: 'race',
    way: through([log, 'enter'], [decide, 'enter'], [connect, 'enter'], [question, '2'], ['(1 of 2)', 'q'], ['Go on with it']),
  },
  {
    title: 'Plain',
    about: '`--plain`: the same as text that is only ever added to.',
    script: 'overload --plain',
    options: { rows: 48 },
    way: through(['Enter alone takes 1', 'enter'], ['Enter alone takes 2']),
  },
];

/** Times of day, ages and countdowns differ from run to run. */
function steady(text: string): string {
  return text
    .replaceAll(/\d\d:\d\d:\d\d/g, '03:12:04')
    .replaceAll(/\d\d:\d\d $/gm, '00:41 ')
    .replaceAll(/\((\d:\d\d)\)/g, '(2:57)')
    .replaceAll(/\d+ s ago/g, 'just now')
    .replaceAll(/took \d+ ms$/gm, 'took 5 ms')
    .replaceAll(/about \d:\d\d left/g, 'about 0:03 left')
    .replaceAll(/^ended by.*$/gm, '')
    .replaceAll(/ +$/gm, '')
    .trimEnd();
}

async function capture({ script, options, way }: Picture): Promise<string> {
  const screen = new Screen(process.execPath, [app, ...script.split(' ')], { cwd: folder, ...options });
  try {
    await way(screen);
    return steady(screen.text());
  } finally {
    screen.close();
  }
}

function keys(): string {
  const lines = places.flatMap((place) => {
    if (place === 'leaving') return [];
    const rows = rowsOf(place, true).map((row) => `| ${row.shown} | ${row.does}${row.live === true ? ' (while a change is live)' : ''} |`);
    return [`\n### ${placeTitles[place]}\n`, '| keys | what they do |', '| --- | --- |', ...rows];
  });
  return lines.join('\n');
}

await bundleApp('app.tsx', app);
const parts = [
  '# The screens of the wizard',
  `\nMade by \`node tools/run-ts.mjs test/terminal/screens.ts\` from a real terminal (80x24 where nothing else is said) and a scripted case; ${keyTable.length} rows of keys from the one table in \`src/ui/keys.ts\`.`,
];
for (const picture of pictures) {
  parts.push(`\n## ${picture.title}\n`, picture.about, '\n```text', await capture(picture), '```');
}
parts.push('\n## Keys', keys(), '');
const made = parts.join('\n');
rmSync(folder, { recursive: true, force: true });
if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') !== made) {
    console.error('docs/screens.md is out of date: run node tools/run-ts.mjs test/terminal/screens.ts');
    process.exitCode = 1;
  }
} else {
  writeFileSync(target, made);
  console.log(`${target}: ${pictures.length} screens`);
}
