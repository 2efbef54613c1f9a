/**
 * How right is the tool? `npm run accuracy [-- NAME…]` builds each world once, runs the built tool in it three times, then again with one
 * source of data taken away at a time, and writes docs/accuracy.md. What is wrong stands there as wrong.
 */
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './child.ts';
import { accuracyPage, gradeHandicapped, type HandicapResult, type RunResult } from './accuracy-page.ts';
import { judgeRun } from './judge.ts';
import { Lab } from './lab.ts';
import { inParallel } from './parallel.ts';
import type { Stage } from './stage.ts';
import { runTool, type Handicap, type Report, type ToolRun } from './tool.ts';
import type { Run, World } from './world.ts';
import { worldNamed, worlds } from './worlds/index.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    repeat: { type: 'string', default: '3' },
    'side-by-side': { type: 'string', default: '2' },
    output: { type: 'string', default: join(root, 'docs/accuracy.md') },
    'no-handicaps': { type: 'boolean' },
  },
});

interface Named extends Handicap {
  readonly name: string;
  readonly accessLogAway?: boolean;
}

/** Every source of data that this run had, each as a way to take it away. */
function handicapsOf(run: Run, stage: Stage, report: Report | null): Named[] {
  const used = new Set((report?.evidence ?? []).filter((one) => one.status === 'ok').map((one) => one.check));
  return [
    ...[...used].toSorted().map((check): Named => ({ name: `--skip ${check}`, args: ['--skip', check] })),
    ...(stage.accessLog === null ? [] : [{ name: 'no access log', accessLogAway: true }]),
    ...(run.via === undefined ? [] : [{ name: 'no vantage', without: ['via'] as const }]),
    { name: 'as an ordinary user', user: 'nobody' },
    { name: 'no tools on the PATH', noTools: true },
  ];
}

async function runHandicapped(stage: Stage, run: Run, handicap: Named): Promise<ToolRun> {
  const { accessLog } = stage;
  const away = handicap.accessLogAway === true && accessLog !== null;
  if (away) await rename(accessLog, `${accessLog}.away`);
  try {
    return await runTool(stage, run, handicap);
  } finally {
    if (away) await rename(`${accessLog}.away`, accessLog);
  }
}

async function examine(lab: Lab, world: World): Promise<{ runs: RunResult[]; handicapped: HandicapResult[] }> {
  const stage = await lab.build(world);
  const runs: RunResult[] = [];
  const handicapped: HandicapResult[] = [];
  const fill = (text: string): string => stage.fill(text);
  try {
    for (const [i, run] of world.runs.entries()) {
      let report: Report | null = null;
      for (let n = 0; n < Number(values.repeat); n += 1) {
        const ran = await runTool(stage, run);
        report ??= ran.report;
        runs.push({ world: world.name, run: run.name, expected: run.expect, ran, wrong: judgeRun(run.expect, ran, fill) });
      }
      if (i > 0 || values['no-handicaps'] === true) continue;
      for (const handicap of handicapsOf(run, stage, report)) {
        const ran = await runHandicapped(stage, run, handicap);
        handicapped.push({ world: world.name, handicap: handicap.name, ran, grade: gradeHandicapped(world, ran) });
      }
    }
  } finally {
    await lab.remove(stage);
  }
  for (const { run, wrong } of runs) for (const one of wrong) console.log(`${world.name} · ${run}: ${one}`);
  for (const { handicap, grade, ran } of handicapped) {
    if (grade === 'wrong') console.log(`${world.name}, ${handicap}: ${ran.report?.diagnoses[0]?.id ?? 'no report'} is wrong`);
  }
  console.log(`${world.name}: done`);
  return { runs, handicapped };
}

const lab = await Lab.open();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void lab.close().then(() => process.exit(130)));
try {
  const chosen = positionals.length > 0 ? positionals.map(worldNamed) : worlds;
  const runs: RunResult[] = [];
  const handicapped: HandicapResult[] = [];
  await inParallel(chosen, Number(values['side-by-side']), async (world) => {
    try {
      const result = await examine(lab, world);
      runs.push(...result.runs);
      handicapped.push(...result.handicapped);
    } catch (error) {
      console.log(`${world.name}: ${error instanceof Error ? `${error.message}: ${String(error.cause)}` : String(error)}`);
    }
    // It takes long, so what there is so far can be read.
    const order = (name: string): number => chosen.findIndex((one) => one.name === name);
    const sorted = <T extends { readonly world: string }>(list: readonly T[]): T[] =>
      list.toSorted((a, b) => order(a.world) - order(b.world));
    await writeFile(values.output, accuracyPage(chosen, sorted(runs), sorted(handicapped)));
  });
} finally {
  await lab.close();
}
process.exit(0);
