/** Checks are known by three lists: their names alone, one at a time, and all together. */
import { expect, test } from 'vitest';
import { checkNames } from '../../src/checks/names.ts';
import { loadCheck } from '../../src/checks/one.ts';
import { checks } from '../../src/checks/registry.ts';

test('the lists hold the same checks', async () => {
  expect(Object.keys(checks).sort()).toEqual([...checkNames].sort());
  for (const name of checkNames) expect(await loadCheck(name)).toBe(checks[name]);
});

test.each(['', 'no-such-check', 'toString', '__proto__'])('%j is none', async (name) => {
  expect(await loadCheck(name)).toBeNull();
});
