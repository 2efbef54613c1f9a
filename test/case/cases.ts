/** A state directory of its own for each test, and a case in it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Header } from '../../src/case/journal.ts';
import { openCase } from '../../src/case/store.ts';
import type { CaseEvent } from '../../src/engine/events.ts';
import { noInputs } from '../fakes/inputs.ts';

export const at = Date.parse('2026-11-22T03:12:04Z');

export function stateDir(): string {
  const folder = mkdtempSync(join(tmpdir(), 'proxy-doctor-case-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function headerOf(id: string): Header {
  return {
    journal: 1,
    id,
    startedAt: new Date(at).toISOString(),
    host: 'px1',
    tool: '0.1.0',
    mode: 'unattended',
    inputs: { ...noInputs, errorLogs: ['/var/log/apache2/error.log'] },
    flow: { id: 'small', version: 1, hash: 'abc', source: 'id: small\n' },
  };
}

export const notes = (...texts: string[]): CaseEvent[] => texts.map((text) => ({ type: 'note', text, step: null }));

/** What the notes of a case say, as they are read back. */
export async function textsIn(folder: string, id: string): Promise<string[]> {
  const { entries } = await openCase(folder, id);
  return entries.flatMap(({ event }) => (event.type === 'note' ? [event.text] : []));
}
