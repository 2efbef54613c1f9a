/** A rehearsal leaves nothing behind, however it ends. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { start, until } from './rehearsal.ts';

const folder = mkdtempSync(join(tmpdir(), 'proxy-doctor-demo-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s', async (signal, status) => {
  const running = start(['demo', '--no-input', '--state-dir', join(folder, 'state')], { TMPDIR: folder });
  await until(running, () => running.stderr().includes('access-log'));
  expect(readdirSync(folder).filter((name) => name.startsWith('proxy-doctor-demo-'))).toHaveLength(1);
  running.child.kill(signal);
  expect((await running.ended).status).toBe(status);
  expect(readdirSync(folder).filter((name) => name !== 'state')).toEqual([]);
});
