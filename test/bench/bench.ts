/**
 * Makes logs from a seed and measures this program beside others, in one run and in turn. Figures are ratios of medians.
 *
 *   npm run bench                      logs of 100 MB and 1000 MB
 *   npm run bench -- --size 50,200     others; --runs 7; --keep; --write puts the figures into docs/benchmarks.md
 *   npm run bench -- --only error      one part: start, runs, flow, explain, error, access
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { writeAccessLog } from './access-log-lines.ts';
import { writeErrorLog } from './error-log-lines.ts';
import { generatedFlow } from './generated-flow.ts';
import { longestChain, type Timed } from './longest-chain.ts';
import { measure, type Command, type Measured } from './measure.ts';
import { allWordings, typed } from './patterns.ts';
import { measureStart } from './starting.ts';

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: '100,1000' },
    runs: { type: 'string', default: '5' },
    keep: { type: 'boolean', default: false },
    only: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
const sizes = values.size.split(',').map(Number);
const rounds = Number(values.runs);
if (rounds < 1 || sizes.length === 0 || sizes.some((size) => !(size >= 1)))
  throw new Error('--size is a list of megabytes, --runs a number');

const root = new URL('../..', import.meta.url).pathname;
const program = join(root, 'dist/main.js');
const folder = mkdtempSync(join(tmpdir(), 'bench-'));
const start = Date.UTC(2026, 10, 20);
const hour = 3_600_000;

const rows: string[] = [];
const has = (command: string): boolean => spawnSync('which', [command], { stdio: 'ignore' }).status === 0;
const say = (text: string): void => void process.stderr.write(`${text}\n`);
const megabytes = (bytes: number | null): string => (bytes === null ? 'not known' : `${Math.round(bytes / 1_000_000)} MB`);
const seconds = (value: number): string => `${value.toFixed(3)} s`;

/** Measures, and adds a line: how long, how much memory, and how it stands to each of the others. */
async function compare(title: string, ours: Command, others: readonly Command[]): Promise<Measured> {
  say(title);
  const [own, ...rest] = await measure([ours, ...others], rounds);
  if (own === undefined) throw new Error('nothing was measured');
  const beside = rest.map((each) => `${(own.seconds / each.seconds).toFixed(2)} × ${each.name} (${seconds(each.seconds)})`);
  rows.push(`| ${title} | ${seconds(own.seconds)} | ${megabytes(own.peak)} | ${beside.join('; ')} |`);
  return own;
}

async function errorLogs(scan: string): Promise<void> {
  const spans: Measured[] = [];
  for (const size of sizes) {
    const path = join(folder, `error-${size}.log`);
    say(`making an error log of ${size} MB`);
    const { lines, end } = writeErrorLog(path, {
      bytes: size * 1_000_000,
      seed: 1,
      share: 0.03,
      start,
      spacingMs: (24 * hour) / (size * 4081),
    });
    const greps: Command[] = [{ name: 'grep -acE, what one types', argv: ['grep', '-acE', typed, path] }];
    if (size <= 600) greps.push({ name: 'grep -acE, every wording', argv: ['grep', '-acE', allWordings(), path] });
    if (has('rg')) greps.push({ name: 'rg -c, what one types', argv: ['rg', '-c', typed, path] });
    greps.push({ name: 'wc -l', argv: ['wc', '-l', path] });
    await compare(
      `error log of ${size} MB (${lines.toLocaleString('en-US')} lines), the reader`,
      { name: 'the reader', argv: [process.execPath, scan, path] },
      greps,
    );
    const check = [process.execPath, program, 'check', 'error-log', '--offline', '--json', '--error-log', path];
    await compare(`error log of ${size} MB, \`check error-log\` whole`, { name: 'check', argv: check }, greps.slice(0, 1));
    // The log is of one day whatever its size, so that its last hour grows with it: an hour of the same number of lines is asked for.
    const window = (hour * 100) / size;
    const since = {
      name: `last ${Math.round(window / 60_000)} min of ${size} MB`,
      argv: [process.execPath, scan, path, String(end - window)],
    };
    spans.push(...(await measure([since], rounds)));
  }
  const [small, big] = [spans[0], spans.at(-1)];
  if (small !== undefined && big !== undefined && small !== big) {
    rows.push(
      `| \`--since\`: ${big.name} | ${seconds(big.seconds)} | ${megabytes(big.peak)} | ${(big.seconds / small.seconds).toFixed(2)} × ${small.name} (${seconds(small.seconds)}) |`,
    );
  }
}

async function accessLogs(): Promise<void> {
  for (const size of sizes) {
    const path = join(folder, `access-${size}.log`);
    say(`making an access log of ${size} MB`);
    const { lines } = writeAccessLog(path, {
      bytes: size * 1_000_000,
      seed: 2,
      share: 0.01,
      start,
      spacingMs: (24 * hour) / (size * 4000),
    });
    const others: Command[] = [{ name: 'wc -l', argv: ['wc', '-l', path] }];
    // A gigabyte takes goaccess minutes, each time; its lines a second are those of a smaller file.
    if (has('goaccess') && size <= 600)
      others.push({
        name: 'goaccess',
        argv: [
          'goaccess',
          path,
          '--log-format=%h %^[%d:%t %^] "%r" %s %b "%R" "%u" %D',
          '--date-format=%d/%b/%Y',
          '--time-format=%T',
          '-o',
          'json',
          '--no-progress',
        ],
      });
    const check = [process.execPath, program, 'check', 'access-log', '--offline', '--json', '--access-log', path];
    const own = await compare(
      `access log of ${size} MB (${lines.toLocaleString('en-US')} lines), \`check access-log\` whole`,
      { name: 'check', argv: check },
      others,
    );
    rows.push(`| the same | ${Math.round(lines / own.seconds).toLocaleString('en-US')} lines a second | | |`);
    rmSync(path);
  }
}

async function explain(): Promise<void> {
  const path = join(folder, 'explain.log');
  const { lines } = writeErrorLog(path, { bytes: 20_000_000, seed: 3, share: 0.03, start, spacingMs: 1000 });
  const own = await compare(
    '`explain --json` as a filter, 20 MB',
    { name: 'explain', argv: [process.execPath, program, 'explain', '--json'], input: path },
    [],
  );
  rows.push(`| the same | ${Math.round(lines / own.seconds).toLocaleString('en-US')} lines a second | | |`);
}

async function starting(): Promise<void> {
  const nothing: Command = { name: 'node -e 0', argv: [process.execPath, '-e', '0'] };
  const line = 'AH00957: http: attempt to connect to 192.0.2.1:80 (app) failed';
  const empty = join(folder, 'empty.log');
  writeFileSync(empty, '');
  await compare('start: `--version`', { name: '--version', argv: [process.execPath, program, '--version'] }, [nothing]);
  await compare('start: `explain LINE`', { name: 'explain', argv: [process.execPath, program, 'explain', line] }, [nothing]);
  const check = [process.execPath, program, 'check', 'error-log', '--offline', '--error-log', empty];
  await compare('start: `check error-log` on an empty file', { name: 'check', argv: check }, [nothing]);
  say('start: the wizard');
  const { idle, frame, keys } = await measureStart(program, nothing, rounds);
  const beside = (took: number): string => `${(took / idle).toFixed(2)} × node -e 0 (${seconds(idle)})`;
  rows.push(
    `| start: the wizard's first frame in a pseudo-terminal | ${seconds(frame)} | not measured | ${beside(frame)} |`,
    `| start: the wizard takes keys (\`?\` typed at once, until the help is there) | ${seconds(keys)} | not measured | ${beside(keys)} |`,
  );
}

/** The single executable, where it was built (`npm run build:executable`). */
async function executable(): Promise<void> {
  const file = join(root, 'build/proxy-doctor');
  if (!existsSync(file)) {
    say('no executable: npm run build:executable makes it');
    return;
  }
  const size = `${Math.round(statSync(file).size / 2 ** 20)} MiB`;
  await compare(`the single executable (${size}): \`--version\``, { name: 'executable', argv: [file, '--version'] }, [
    { name: 'the same with node', argv: [process.execPath, program, '--version'] },
  ]);
}

async function flowLint(): Promise<void> {
  const lints = [10_000, 20_000].map((steps): Command => {
    const path = join(folder, `flow-${steps}.yaml`);
    writeFileSync(path, generatedFlow(steps));
    return { name: `\`flow lint\` of ${steps.toLocaleString('en-US')} steps`, argv: [process.execPath, program, 'flow', 'lint', path] };
  });
  const [small, twice] = lints;
  if (small === undefined || twice === undefined) return;
  await compare(small.name, small, []);
  await compare(twice.name, twice, [small]);
}

/** A whole run of a rehearsal against the longest chain of its checks that had to wait for each other. */
function wholeRun(scenario: string): void {
  say(`an unattended run of the rehearsal ${scenario}`);
  const begun = performance.now();
  const { stdout } = spawnSync(
    process.execPath,
    [program, 'demo', scenario, '--no-input', '--json', '--state-dir', join(folder, 'state')],
    { encoding: 'utf8' },
  );
  const took = (performance.now() - begun) / 1000;
  const chain = longestChain((JSON.parse(stdout) as { evidence: Timed[] }).evidence) / 1000;
  rows.push(
    `| unattended run, rehearsal \`${scenario}\` | ${seconds(took)} | | ${(took / chain).toFixed(2)} × its longest chain of checks (${seconds(chain)}) |`,
  );
}

try {
  if (!existsSync(program)) spawnSync(process.execPath, [join(root, 'tools/build.mjs')], { stdio: 'inherit' });
  const scan = join(folder, 'scan-only.js');
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
  await build({
    entryPoints: { 'scan-only': join(root, 'test/bench/scan-only.ts'), 'scan-thread': join(root, 'src/httpd/error-log/scan-thread.ts') },
    outdir: folder,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    minify: true,
    banner: {
      js: "import{createRequire as createRequireForBundle}from'node:module';const require=createRequireForBundle(import.meta.url);",
    },
    logLevel: 'warning',
  });
  const parts: Readonly<Record<string, () => void | Promise<void>>> = {
    start: starting,
    runs: () => ['backend-down', 'stall', 'keepalive'].forEach(wholeRun),
    flow: flowLint,
    executable,
    explain,
    error: () => errorLogs(scan),
    access: accessLogs,
  };
  const wanted = values.only === undefined ? Object.keys(parts) : values.only.split(',');
  const unknown = wanted.filter((name) => parts[name] === undefined);
  if (unknown.length > 0) throw new Error(`--only ${unknown.join(',')}: there are ${Object.keys(parts).join(', ')}`);
  for (const name of wanted) await parts[name]?.();
  const processor = cpus()[0]?.model ?? 'an unknown processor';
  const text = [
    '# Benchmarks',
    '',
    `Made with \`npm run bench -- ${process.argv.slice(2).join(' ')}\` on ${cpus().length} cores of ${processor}, Node ${process.versions.node}.`,
    'The logs are made from a seed and are in the memory of the system when they are read. Times are medians; each row was measured in turn with what stands beside it.',
    `Load of the machine over the last five minutes, this bench included: ${(loadavg()[1] ?? 0).toFixed(1)}. Above the number of cores the times, and most of all their ratios, say little.`,
    '',
    'Beside `wc -l` the reader of error logs has to search for some three hundred words and codes, and to parse what it found. A profile of it on 570 MB with 3 % proxy lines: reading',
    '110 ms (as long as `dd` takes), searching 115 ms, parsing 70,000 lines some 200 ms, starting 60 ms. `check error-log` adds its own start, pairs lines into failures and judges them.',
    'Of `check access-log` nearly all is work for each line: cutting its fields (in a thread of its own where a core is to spare), the template of its path, and counting.',
    '',
    '| what | time | peak memory | beside |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
  process.stdout.write(text);
  if (values.write) writeFileSync(join(root, 'docs/benchmarks.md'), text);
} finally {
  if (values.keep) say(`the logs are in ${folder}`);
  else rmSync(folder, { recursive: true });
}
