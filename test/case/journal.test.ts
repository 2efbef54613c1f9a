import { appendFileSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Journal } from '../../src/case/journal.ts';
import { parseJournal } from '../../src/case/read-journal.ts';
import { continueCase, createCase, newCaseId, openCase } from '../../src/case/store.ts';
import { at, headerOf, notes, stateDir, textsIn } from './cases.ts';

const now = (): number => at;

async function written(folder: string, id: string, texts: readonly string[], clock = now): Promise<string> {
  const journal = await createCase(folder, headerOf(id), clock);
  await all(journal, texts);
  await journal.close();
  return join(journal.folder, 'journal.jsonl');
}

async function all(journal: Journal, texts: readonly string[]): Promise<void> {
  for (const event of notes(...texts)) await journal.append(event);
}

async function resumed(folder: string, id: string, texts: readonly string[]): Promise<void> {
  const journal = await continueCase(await openCase(folder, id), now);
  await all(journal, texts);
  await journal.close();
}

test('what was written is read back, over several processes', async () => {
  const folder = stateDir();
  await written(folder, 'one', ['a', 'b']);
  await resumed(folder, 'one', ['c']);
  const { entries, warning, changed } = await openCase(folder, 'one');
  expect(entries.map(({ seq, event }) => [seq, event.type === 'note' && event.text])).toEqual([[1, 'a'], [2, 'b'], [3, 'c']]); // oxfmt-ignore
  expect(warning).toBeNull();
  expect(changed).toEqual([]);
});

test('cut at every byte, a journal opens with every line that is whole', async () => {
  const path = await written(stateDir(), 'one', ['first', 'zwölf “Zeichen”', 'third\nwith a line feed']);
  const bytes = readFileSync(path);
  const ends = [...bytes.entries()].filter(([, byte]) => byte === 0x0a).map(([index]) => index + 1);
  expect(ends).toHaveLength(4);
  const first = ends[0] ?? 0;
  for (let length = 0; length < first; length += 1) {
    expect(() => parseJournal(bytes.subarray(0, length), 'j'), `${length}`).toThrow(/cut off before its first line was whole/);
  }
  for (let length = first; length <= bytes.length; length += 1) {
    const whole = ends.filter((end) => end <= length).length;
    const { entries, warning, goodBytes, changed } = parseJournal(bytes.subarray(0, length), 'j');
    expect([entries.length, goodBytes, warning === null, changed], `${length}`).toEqual([
      whole - 1,
      ends[whole - 1],
      length === goodBytes,
      [],
    ]);
  }
});

test('a case goes on behind the last whole line, and the cut piece is kept beside it', async () => {
  const folder = stateDir();
  const path = await written(folder, 'one', ['a', 'b', 'c']);
  truncateSync(path, readFileSync(path).length - 5);
  expect((await openCase(folder, 'one')).warning).toMatch(/ended in the middle of a line/);
  await resumed(folder, 'one', ['d']);
  expect(await textsIn(folder, 'one')).toEqual(['a', 'b', 'd']);
  expect((await openCase(folder, 'one')).warning).toBeNull();
  const kept = readdirSync(join(folder, 'cases', 'one')).find((name) => name.startsWith('journal.cut-at-')) ?? '';
  expect(readFileSync(join(folder, 'cases', 'one', kept), 'utf8')).toContain('"text":"c"');
});

test('damage in the middle is said to be damage, and what lies behind it is not thrown away', async () => {
  const folder = stateDir();
  const path = await written(folder, 'one', ['a', 'b', 'c']);
  const lines = readFileSync(path, 'utf8').split('\n');
  writeFileSync(path, lines.map((line, index) => (index === 2 ? '\0\0\0\0' : line)).join('\n'));
  expect((await openCase(folder, 'one')).warning).toMatch(/is damaged from byte \d+ on/);
  await resumed(folder, 'one', ['d']);
  expect(await textsIn(folder, 'one')).toEqual(['a', 'd']);
  const kept = readdirSync(join(folder, 'cases', 'one')).find((name) => name.startsWith('journal.cut-at-')) ?? '';
  expect(readFileSync(join(folder, 'cases', 'one', kept), 'utf8')).toContain('"text":"c"');
});

test('a line that somebody changed is named; the lines around it are not', async () => {
  const folder = stateDir();
  const path = await written(folder, 'one', ['refused', 'b', 'c']);
  writeFileSync(path, readFileSync(path, 'utf8').replace('refused', 'accepted'));
  const { changed } = await openCase(folder, 'one');
  expect(changed).toEqual([`line 2 of ${path} (note) is not what was written`]);
});

test('a line that somebody took out is noticed', async () => {
  const folder = stateDir();
  const path = await written(folder, 'one', ['a', 'b', 'c']);
  const lines = readFileSync(path, 'utf8').split('\n');
  writeFileSync(path, lines.filter((_line, index) => index !== 2).join('\n'));
  const { warning, entries } = await openCase(folder, 'one');
  expect(warning).toMatch(/damaged/);
  expect(entries).toHaveLength(1);
});

describe('other versions', () => {
  test('a newer format is refused with the version that reads it', async () => {
    const folder = stateDir();
    const path = await written(folder, 'one', ['a']);
    writeFileSync(path, readFileSync(path, 'utf8').replace('"journal":1', '"journal":2').replace('"tool":"0.1.0"', '"tool":"3.0.0"'));
    await expect(openCase(folder, 'one')).rejects.toThrow(/written by another version \(journal format 2; this one reads 1\)/);
    await expect(openCase(folder, 'one')).rejects.toMatchObject({ remedy: 'Use that version to read it (proxy-doctor 3.0.0)' });
  });

  test('an event that this version does not know is refused, not skipped', async () => {
    const folder = stateDir();
    const path = await written(folder, 'one', ['a']);
    appendFileSync(path, '{"seq":2,"at":"2026-11-22T03:12:04.000Z","event":{"type":"teleported"}}\n');
    await expect(openCase(folder, 'one')).rejects.toThrow(/an event “teleported”, which this version does not know/);
  });

  test('an older journal without seals and with fewer options opens, and goes on', async () => {
    const folder = stateDir();
    const path = await written(folder, 'one', ['a']);
    const { inputs: _inputs, ...old } = headerOf('one');
    const lines = [
      { ...old, inputs: { errorLogs: ['/e.log'] } },
      { seq: 1, at: '2026-11-22T03:12:04.000Z', event: notes('old')[0] },
    ];
    writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const { header, changed } = await openCase(folder, 'one');
    expect(header.inputs).toMatchObject({ errorLogs: ['/e.log'], skip: [], via: { proxy: null, backend: null } });
    expect(changed).toEqual([]);
    await resumed(folder, 'one', ['new']);
    expect(await textsIn(folder, 'one')).toEqual(['old', 'new']);
  });
});

describe('a clock that jumps', () => {
  const hours = 3_600_000;
  const times = [0, 5 * hours, -9 * hours, 1000, -1];

  test('changes neither the order of events nor their number', async () => {
    const folder = stateDir();
    let turn = 0;
    await written(folder, 'one', ['a', 'b', 'c', 'd'], () => at + (times[turn++ % times.length] ?? 0));
    expect(await textsIn(folder, 'one')).toEqual(['a', 'b', 'c', 'd']);
  });

  test('the newest case is the one opened last, also when the clock was put back before it', async () => {
    const folder = stateDir();
    const before = newCaseId(at);
    const after = newCaseId(at - 9 * hours);
    await written(folder, before, ['a']);
    await written(folder, after, ['b']);
    expect((await openCase(folder, null)).header.id).toBe(after);
    await resumed(folder, before, ['c']);
    expect((await openCase(folder, null)).header.id).toBe(before);
  });
});

test('a journal behind a symbolic link is neither read nor written', async () => {
  const folder = stateDir();
  const path = await written(folder, 'one', ['a']);
  const elsewhere = join(folder, 'elsewhere');
  const record = await openCase(folder, 'one');
  writeFileSync(elsewhere, readFileSync(path));
  renameSync(path, `${path}.old`);
  symlinkSync(elsewhere, path);
  const before = readFileSync(elsewhere, 'utf8');
  await expect(openCase(folder, 'one')).rejects.toThrow(/symbolic link/);
  await expect(continueCase(record, now)).rejects.toThrow(/symbolic link/);
  expect(readFileSync(elsewhere, 'utf8')).toBe(before);
});

test('after a write that failed nothing more is written, so that no line is built on half of another', async () => {
  const folder = stateDir();
  const journal = await createCase(folder, headerOf('one'), now);
  await journal.append({ type: 'note', text: 'a', step: null });
  rmSync(join(folder, 'cases'), { recursive: true });
  await expect(journal.append({ type: 'note', text: 'b', step: null })).rejects.toThrow(/is gone/);
  await expect(journal.append({ type: 'note', text: 'c', step: null })).rejects.toThrow(/is gone/);
  await journal.close();
});
