/** The page docs/accuracy.md, and how a run with something taken away is graded. Pure. */
import type { ToolRun } from './tool.ts';
import type { Expect, World } from './world.ts';

export interface RunResult {
  readonly world: string;
  readonly run: string;
  readonly expected: Expect;
  readonly ran: Pick<ToolRun, 'report' | 'exitCode' | 'seconds'>;
  /** Complaints; none is good. */
  readonly wrong: readonly string[];
}

/**
 * `right`: the same diagnosis as with everything there; `unsure`: undetermined, or something else as possible only; `wrong`: another
 * diagnosis as likely or confirmed, or no report.
 */
export type Grade = 'right' | 'unsure' | 'wrong';

export interface HandicapResult {
  readonly world: string;
  readonly handicap: string;
  readonly ran: Pick<ToolRun, 'report' | 'exitCode' | 'seconds'>;
  readonly grade: Grade;
}

/** Another run of the same world may have to say something else for want of a source; that is right here too, but for `confirmed`. */
export function gradeHandicapped(world: World, ran: Pick<ToolRun, 'report'>): Grade {
  const first = ran.report?.diagnoses[0];
  if (first === undefined) return 'wrong';
  const firsts = (expected: Expect): readonly string[] => [expected.first].flat();
  const here = firsts(world.runs[0].expect);
  if (here.includes(first.id)) return 'right';
  if (first.id === 'undetermined' || first.confidence === 'possible') return 'unsure';
  const elsewhere = [...world.runs.flatMap((run) => firsts(run.expect)), ...(world.looksLike ?? [])];
  return first.confidence === 'likely' && elsewhere.includes(first.id) ? 'right' : 'wrong';
}

const row = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] => [
  row(head),
  row(head.map(() => '---')),
  ...rows.map(row),
];

function got({ report, exitCode }: Pick<ToolRun, 'report' | 'exitCode'>): { readonly id: string; readonly confidence: string } {
  const first = report?.diagnoses[0];
  return first === undefined ? { id: `no report (exit ${exitCode})`, confidence: '' } : { id: first.id, confidence: first.confidence };
}

const distinct = (words: readonly string[]): string => [...new Set(words)].join(', ');
const percent = (part: number, whole: number): string => `${whole === 0 ? 0 : Math.round((100 * part) / whole)} %`;

export function accuracyPage(worlds: readonly World[], runs: readonly RunResult[], handicapped: readonly HandicapResult[]): string {
  const keys = [...new Set(runs.map(({ world, run }) => `${world}\n${run}`))];
  const rows = keys.map((key) => {
    const same = runs.filter(({ world, run }) => `${world}\n${run}` === key);
    const [first] = same;
    const right = same.filter(({ wrong }) => wrong.length === 0).length;
    return [
      first?.world ?? '',
      first?.run ?? '',
      distinct(same.flatMap(({ expected }) => expected.first)),
      distinct(same.map(({ ran }) => got(ran).id)),
      distinct(same.map(({ ran }) => got(ran).confidence)),
      right === same.length ? `${right} of ${same.length}` : `**${right} of ${same.length}**`,
      `${(same.reduce((sum, { ran }) => sum + ran.seconds, 0) / same.length).toFixed(1)} s`,
    ];
  });
  const rightRuns = runs.filter(({ wrong }) => wrong.length === 0).length;
  const complaints = [...new Set(runs.flatMap(({ world, run, wrong }) => wrong.map((one) => `- ${world}, ${run}: ${one.split('\n')[0]}`)))];
  const handicaps = [...new Set(handicapped.map(({ handicap }) => handicap))].toSorted();
  const count = (name: string, grade: Grade): number => handicapped.filter((one) => one.handicap === name && one.grade === grade).length;
  const wrongs = handicapped.filter(({ grade }) => grade === 'wrong');
  return [
    '# Accuracy',
    '',
    'Written by `npm run accuracy`. Each world of the lab (`npm run lab -- --list`) is a real httpd 2.4 with a real fault in network namespaces; proxy-doctor',
    'runs unattended on the proxy’s host, with the options that the run names and no others. What is wrong stands here as wrong.',
    '',
    `${worlds.length} worlds, ${rightRuns} of ${runs.length} runs as expected (${percent(rightRuns, runs.length)}): the first diagnosis, its confidence, whether it goes on, the backend, the frequency and the pattern where the world says them.`,
    '',
    ...table(['world', 'run', 'expected', 'got', 'confidence', 'as expected', 'time'], rows),
    '',
    ...(complaints.length === 0 ? [] : ['## What was not as expected', '', ...complaints, '']),
    '## With one source of data taken away',
    '',
    'The first run of each world again, each time without one thing that it had. Right: the same diagnosis, or the one that this world has to get for want of that source. Unsure: `undetermined`, or another one as `possible` only. Wrong: another one as `likely` or `confirmed`.',
    '',
    ...table(
      ['taken away', 'right', 'unsure', 'wrong'],
      handicaps.map((name) => [name, ...(['right', 'unsure', 'wrong'] as const).map((grade) => String(count(name, grade)))]),
    ),
    '',
    ...(wrongs.length === 0
      ? ['None was wrong.']
      : ['Wrong were:', '', ...wrongs.map(({ world, handicap, ran }) => `- ${world}, ${handicap}: ${got(ran).id} ${got(ran).confidence}`)]),
    '',
    '<details><summary>Each of these runs</summary>',
    '',
    ...table(
      ['world', 'taken away', 'got', 'confidence', 'grade', 'time'],
      handicapped.map(({ world, handicap, ran, grade }) => [
        world,
        handicap,
        got(ran).id,
        got(ran).confidence,
        grade,
        `${ran.seconds.toFixed(1)} s`,
      ]),
    ),
    '',
    '</details>',
    '',
  ].join('\n');
}
