/**
 * The lab by hand: `npm run lab -- NAME` builds a world and leaves it standing, `-- --list` names them, `-- --all [--repeat N] [NAME…]` runs
 * the built tool in each and prints a table.
 */
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { node, root } from './child.ts';
import { judgeRun, judgeWorld } from './judge.ts';
import { digest } from './digest.ts';
import { Lab } from './lab.ts';
import { hostsOf, on } from './network.ts';
import { inParallel } from './parallel.ts';
import type { Stage } from './stage.ts';
import { argvOf, runTool, type Verdict } from './tool.ts';
import type { World } from './world.ts';
import { worldNamed, worlds } from './worlds/index.ts';

const usage = `npm run lab -- NAME                      builds that world and leaves it standing until Enter or Ctrl-C
npm run lab -- --list                    the worlds there are
npm run lab -- --all [--repeat N] [--only-build] [--show] [--save FOLDER] [--side-by-side N] [NAME…]
                                         builds each world, runs dist/main.js in it N times, prints what came`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    list: { type: 'boolean' },
    all: { type: 'boolean' },
    help: { type: 'boolean' },
    'only-build': { type: 'boolean' },
    show: { type: 'boolean' },
    save: { type: 'string' },
    repeat: { type: 'string', default: '1' },
    'side-by-side': { type: 'string', default: '2' },
  },
});

if (values.help === true || (values.list !== true && values.all !== true && positionals.length !== 1)) {
  console.log(usage);
  process.exit(values.help === true ? 0 : 2);
}
if (values.list === true) {
  const width = Math.max(...worlds.map((world) => world.name.length));
  for (const world of worlds) {
    console.log(`${world.name.padEnd(width)}  ${[world.runs[0].expect.first].flat().join(' | ')}: ${world.title}`);
  }
  process.exit(0);
}
const chosen = positionals.length > 0 ? positionals.map(worldNamed) : worlds;
if (process.getuid?.() !== 0) {
  console.error(
    'The lab makes network namespaces and starts httpd in them: run it as root (in a virtual machine or container if you like).',
  );
  process.exit(2);
}
const lab = await Lab.open();
const enough = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    enough.abort();
    if (values.all === true) void lab.close().then(() => process.exit(130));
  });
}
let bad = 0;
try {
  if (values.all === true) bad = await tryAll(chosen, Number(values.repeat), Number(values['side-by-side']));
  else for (const world of chosen) await leaveStanding(world);
} finally {
  await lab.close();
}
process.exit(bad === 0 ? 0 : 1);

async function leaveStanding(world: World): Promise<void> {
  console.log(`building ${world.name}: ${world.title}`);
  const stage = await lab.build(world);
  const complaints = judgeWorld(world.logged, await logOf(stage), stage.statuses);
  for (const complaint of complaints) console.log(`NOT AS MEANT: ${complaint}`);
  const px = on(stage.namespace('px')).join(' ');
  console.log(`
It stands. The clients saw ${JSON.stringify(stage.statuses)}.

  hosts          ${hostsOf(world.network)
    .map((host) => `${host} (${stage.namespace(host)})`)
    .join(', ')}
  configuration  ${stage.mainConfig}
  error log      ${stage.errorLog ?? 'none'}
  access log     ${stage.accessLog ?? 'none'}

  a request      ${px} curl -i http://127.0.0.1:8080/shop/items/1
  the wizard     ${px} ${node} ${join(root, 'dist/main.js')} --state-dir ${stage.folder}/state`);
  for (const run of world.runs) console.log(`  ${run.name}:\n                 ${shown(await argvOf(stage, run))}`);
  console.log('\nEnter or Ctrl-C takes it away.');
  process.stdin.once('data', () => enough.abort()).once('end', () => enough.abort());
  if (!enough.signal.aborted) await once(enough.signal, 'abort');
}

function shown(argv: readonly string[]): string {
  return argv.map((word) => (/[ *?$"\\]/.test(word) ? `'${word}'` : word)).join(' ');
}

async function logOf(stage: Stage): Promise<string> {
  return stage.errorLog === null ? '' : readFile(stage.errorLog, 'utf8');
}

async function tryAll(list: readonly World[], repeat: number, sideBySide: number): Promise<number> {
  const started = performance.now();
  const failures = await inParallel(list, sideBySide, (world) => tryOne(world, repeat).catch((error: unknown) => broken(world, error)));
  const total = failures.reduce((sum, one) => sum + one, 0);
  console.log(`\n${list.length} worlds in ${((performance.now() - started) / 1000).toFixed(0)} s, ${total} not as expected`);
  return total;
}

function broken(world: World, error: unknown): number {
  console.log(
    `${world.name}: ${error instanceof Error ? `${error.message}: ${error.cause instanceof Error ? error.cause.message : ''}` : String(error)}`,
  );
  return 1;
}

async function tryOne(world: World, repeat: number): Promise<number> {
  const began = performance.now();
  const stage = await lab.build(world);
  let failed = 0;
  try {
    const complaints = judgeWorld(world.logged, await logOf(stage), stage.statuses);
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    console.log(`${complaints.length === 0 ? 'ok ' : 'BAD'} ${world.name}: built in ${seconds} s ${JSON.stringify(stage.statuses)}`);
    for (const complaint of complaints) console.log(`      ${complaint}`);
    if (values.show === true) for (const line of await digest(stage)) console.log(`      ${line}`);
    failed += complaints.length === 0 ? 0 : 1;
    for (const run of values['only-build'] === true ? [] : world.runs) {
      for (let i = 0; i < repeat; i += 1) {
        const ran = await runTool(stage, run);
        if (values.save !== undefined) await save(values.save, `${world.name}, ${run.name}, ${i + 1}`, ran.stdout);
        const wrong = judgeRun(run.expect, ran, (text) => stage.fill(text));
        const got = ran.report?.diagnoses.map(inShort).join('; ') ?? `no report, exit ${ran.exitCode}`;
        console.log(
          `${wrong.length === 0 ? 'ok ' : 'BAD'} ${world.name} · ${run.name}: expected ${[run.expect.first].flat().join(' | ')}, got ${got} (${ran.seconds.toFixed(1)} s)`,
        );
        for (const complaint of wrong) console.log(`      ${complaint}`);
        failed += wrong.length === 0 ? 0 : 1;
      }
    }
  } finally {
    await lab.remove(stage);
  }
  return failed;
}

async function save(folder: string, name: string, report: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${name}.json`), report);
}

function inShort({ id, confidence, backend }: Verdict): string {
  return `${id} ${confidence}${backend === null ? '' : ` ${backend}`}`;
}
