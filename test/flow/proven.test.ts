/** Flows as the build has proven them: the same as read anew, and taken only while the files are those that were read. */
import { appendFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { flowIds } from '../../src/commands/find-flow.ts';
import { loadFlow } from '../../src/commands/load-flow.ts';
import { proven, readProven } from '../../src/commands/shipped-flow.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'proxy-doctor-proven-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe.each(flowIds())('%s', (id) => {
  const loaded = loadFlow(id);
  const { name, text } = proven(loaded);

  test('is what reading it gives, to the last field', () => {
    expect(name).toBe(`${id}.flow.json`);
    expect(readProven(text, loaded.file)).toStrictEqual(loaded);
  });

  test.each(['flow.yaml', 'diagnoses.yaml'])('is not taken for another %s', (file) => {
    cpSync(dirname(loaded.file), folder, { recursive: true });
    const copy = join(folder, 'flow.yaml');
    expect(readProven(text, copy)).not.toBeNull();
    appendFileSync(join(folder, file), '\n');
    expect(readProven(text, copy)).toBeNull();
  });

  test('is not taken where a file is missing, or it is damaged itself', () => {
    expect(readProven(text, join(folder, 'flow.yaml'))).toBeNull();
    expect(readProven(text.slice(0, -1), loaded.file)).toBeNull();
  });
});
