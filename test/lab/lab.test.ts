/**
 * Each world of the lab once: it is what it claims to be, and proxy-doctor says what it is, stays inside its plan while it does, leaves nothing
 * behind, and says the same from an archive that was gathered there.
 */
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgeRun, judgeWorld } from './judge.ts';
import { Lab } from './lab.ts';
import { bareShells, collect, diagnoseBundle, judgeOffline } from './offline.ts';
import { turns } from './parallel.ts';
import type { Stage } from './stage.ts';
import { runTool } from './tool.ts';
import { worlds } from './worlds/index.ts';

// `npm test` installs what the lab needs and says here whether that went well.
const possible = process.getuid?.() === 0 && process.env.PROXY_DOCTOR_LAB !== 'no';

// Worlds mostly wait, so four fit on two cores.
const turn = turns(Math.max(2, Math.min(4, availableParallelism() + 2)));

if (possible) {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.open();
  });
  afterAll(() => lab.close());

  describe.concurrent('a world of the lab', () => {
    for (const [index, world] of worlds.entries()) {
      it(`${world.name}: ${world.title}`, () =>
        turn(async () => {
          const stage = await lab.build(world);
          try {
            expect(judgeWorld(world.logged, await logOf(stage), stage.statuses)).toEqual([]);
            const { archive, left } = await collect(stage, bareShells[index % bareShells.length] ?? []);
            expect(left).toEqual([]);
            for (const [number, run] of world.runs.entries()) {
              const ran = await runTool(stage, run, {}, true);
              expect({ run: run.name, wrong: judgeRun(run.expect, ran, (text) => stage.fill(text)) }).toEqual({ run: run.name, wrong: [] });
              if (number > 0) continue;
              const offline = await diagnoseBundle(stage, archive, run);
              expect(judgeOffline(ran.report?.diagnoses[0], offline, world.needsLive)).toEqual([]);
            }
          } finally {
            await lab.remove(stage);
          }
        }));
    }
  });
} else {
  it('the lab was left out: it needs root, and apache2, iproute2 and iptables', () => {
    expect(process.getuid?.() === 0 && process.env.PROXY_DOCTOR_LAB !== 'no').toBe(false);
  });
}

async function logOf(stage: Stage): Promise<string> {
  return stage.errorLog === null ? '' : readFile(stage.errorLog, 'utf8');
}
