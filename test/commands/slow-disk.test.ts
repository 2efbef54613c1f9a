/** A disk that takes its time: each line is still on disk before the next step, in order, and the run says nothing earlier than it wrote. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { journalOf, rehearsal, start, stateIn } from './rehearsal.ts';

test('with 60 ms for each write: what is said is on disk, in order, and the diagnosis is the same', { timeout: 120_000 }, async () => {
  const { options, folder } = await rehearsal();
  const slow = join(folder, 'slow.mjs');
  writeFileSync(
    slow,
    `import { open } from 'node:fs/promises';
    const handle = await open('/dev/null');
    const prototype = Object.getPrototypeOf(handle);
    await handle.close();
    for (const name of ['appendFile', 'datasync']) {
      const real = prototype[name];
      prototype[name] = async function (...args) { await new Promise((resolve) => setTimeout(resolve, 30)); return real.apply(this, args); };
    }`,
  );
  const state = stateIn(folder, 'state');
  const run = start(['run', ...options, '--no-input', '--state-dir', state], { NODE_OPTIONS: `--import=${slow}` });
  let early = '';
  run.child.stderr?.on('data', () => {
    const journal = journalOf(state);
    for (const [, check = ''] of run.stderr().matchAll(/^\[[\d:]+\] ([a-z-]+)/gm)) if (!journal.includes(`"check":"${check}"`)) early ||= check;
  });
  const { status, stdout } = await run.ended;
  expect([status, early, stdout.includes('backend-not-running')]).toEqual([0, '', true]);
  const lines = journalOf(state).trim().split('\n').slice(1).map((line) => (JSON.parse(line) as { seq: number }).seq);
  expect(lines).toEqual(lines.map((_, index) => index + 1));
  expect((await start(['report', '--verify', '--state-dir', state]).ended).status).toBe(0);
});
