/** Each world with the real nginx once: it is what it claims to be, and the flow nginx-upstream says what it is and stays inside its plan. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgeRun, judgeWorld } from './judge.ts';
import { Lab } from './lab.ts';
import { turns } from './parallel.ts';
import { runTool } from './tool.ts';
import { nginxWorlds } from './worlds/index.ts';

// `npm test` installs what the lab needs and says here whether that went well.
const possible = process.getuid?.() === 0 && process.env.PROXY_DOCTOR_LAB !== 'no';
const turn = turns(3);

if (possible) {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.open();
  });
  afterAll(() => lab.close());

  describe.concurrent('a world of the lab with nginx', () => {
    for (const world of nginxWorlds) {
      it(`${world.name}: ${world.title}`, () =>
        turn(async () => {
          const stage = await lab.build(world);
          try {
            const log = stage.errorLog === null ? '' : await readFile(stage.errorLog, 'utf8');
            expect(judgeWorld(world.logged, log, stage.statuses)).toEqual([]);
            for (const run of world.runs) {
              const ran = await runTool(stage, run, {}, true);
              expect({ run: run.name, wrong: judgeRun(run.expect, ran, (text) => stage.fill(text)) }).toEqual({ run: run.name, wrong: [] });
            }
          } finally {
            await lab.remove(stage);
          }
        }));
    }
  });
} else {
  it('the lab was left out: it needs root, nginx, iproute2 and iptables', () => {
    expect(process.getuid?.() === 0 && process.env.PROXY_DOCTOR_LAB !== 'no').toBe(false);
  });
}
