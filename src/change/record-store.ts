/** Records of changes on disk, in the state directory's `changes` folder: replaced in one piece, mode 0600. */
import { constants } from 'node:fs';
import { open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type ChangeRecord, record as schema } from './record.ts';

export async function writeRecord(path: string, record: ChangeRecord): Promise<void> {
  const temporary = `${path}.${process.pid}.new`;
  const handle = await open(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW, 0o600);
  try {
    await handle.writeFile(JSON.stringify(record));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, path);
}

/** @throws where the file is no record */
export async function readRecord(path: string): Promise<ChangeRecord> {
  return schema.parse(JSON.parse(await readFile(path, 'utf8')));
}

/** Records of changes that may still be in force, with the files they are in. */
export async function openRecords(folder: string): Promise<{ path: string; record: ChangeRecord }[]> {
  const names = await readdir(folder).catch(() => []);
  const all: { path: string; record: ChangeRecord }[] = [];
  for (const name of names.filter((one) => one.endsWith('.json'))) {
    const path = join(folder, name);
    const found = await readRecord(path).catch(() => null);
    if (found !== null && (found.state === 'planned' || found.state === 'applied' || found.state === 'failed')) all.push({ path, record: found });
  }
  return all;
}

/** Takes the record away where nothing is left to be undone: what happened is in the case's journal. */
export async function forgetSettled(path: string): Promise<void> {
  const found = await readRecord(path).catch(() => null);
  if (found?.state === 'reverted' || found?.state === 'kept') await rm(path, { force: true });
}
