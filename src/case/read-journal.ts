/** Reads a journal back: whole lines count; a line that a crash cut short is left out and said. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { CaseError, caseErrorFrom } from './case-error.ts';
import type { Entry, Header } from './journal.ts';
import { anyHeader, entry as entryShape, header as headerShape, isKnownEvent } from './journal-shape.ts';
import { sealOf, unsealed } from './seal.ts';

export interface ReadJournal {
  readonly header: Header;
  readonly entries: readonly Entry[];
  readonly warning: string | null;
  readonly changed: readonly string[];
  /** Where the good part ends. */
  readonly goodBytes: number;
  readonly bytes: number;
  /** Of the last good line: the next one is sealed to it. */
  readonly seal: string;
}

/** @throws {CaseError} where there is no header, or it is of a newer make */
export async function readJournal(path: string): Promise<ReadJournal> {
  let bytes: Buffer;
  try {
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    bytes = await handle.readFile().finally(() => handle.close());
  } catch (error) {
    throw caseErrorFrom(error, 'read the journal', path);
  }
  return parseJournal(bytes, path);
}

/** @param path for messages. @throws {CaseError} */
export function parseJournal(bytes: Buffer, path: string): ReadJournal {
  const first = lineAt(bytes, 0);
  if (first === null)
    throw new CaseError(
      `${path} holds no case: it was cut off before its first line was whole`,
      'Nothing had been examined yet; start a new case with: proxy-doctor',
    );
  const header = headerOf(first.value, path);
  const entries: Entry[] = [];
  const changed: string[] = [];
  let good = first.next;
  let seal = sealOf('', first.text);
  for (let line = lineAt(bytes, good); line !== null; line = lineAt(bytes, good)) {
    const shaped = entryShape.safeParse(line.value);
    if (!shaped.success || shaped.data.seq !== entries.length + 1) break;
    const { seq, at, event } = shaped.data;
    if (!isKnownEvent(event.type)) {
      throw new CaseError(
        `${path} was written by another version (line ${seq + 1} is an event “${event.type}”, which this version does not know)`,
        `Go on with that version (${header.tool})`,
      );
    }
    const { body, seal: recorded } = unsealed(line.text);
    if (recorded !== null && recorded !== sealOf(seal, body))
      changed.push(`line ${seq + 1} of ${path} (${about(event)}) is not what was written`);
    seal = recorded ?? sealOf(seal, body);
    entries.push({ seq, at, event: event as unknown as Entry['event'] });
    good = line.next;
  }
  return { header, entries, warning: warningOf(bytes, good), changed, goodBytes: good, bytes: bytes.length, seal };
}

function headerOf(value: unknown, path: string): Header {
  const shaped = headerShape.safeParse(value);
  if (shaped.success) return shaped.data as unknown as Header;
  const any = anyHeader.safeParse(value).data;
  if (any === undefined || any.journal === undefined)
    throw new CaseError(`${path} is no journal of a case`, 'List the cases with: proxy-doctor cases');
  if (any.journal === 1) {
    const place = shaped.error.issues[0]?.path.join('.') ?? '';
    throw new CaseError(
      `the first line of ${path} is damaged (${place === '' ? 'its form' : place})`,
      'Its later lines can still be read by eye; start a new case with: proxy-doctor',
    );
  }
  throw new CaseError(
    `${path} was written by another version (journal format ${JSON.stringify(any.journal)}; this one reads 1)`,
    `Use that version to read it${any.tool === undefined ? '' : ` (proxy-doctor ${any.tool})`}`,
  );
}

/** A crash leaves half a line at the end; anything more is damage, and is said as such. */
function warningOf(bytes: Buffer, good: number): string | null {
  if (good === bytes.length) return null;
  const left = bytes.length - good;
  const end = bytes.indexOf(0x0a, good);
  if (end === -1)
    return `the journal ended in the middle of a line (${left} bytes left out): the last event before the interruption was not whole`;
  return `the journal is damaged from byte ${good} on (${left} bytes left out): the case is read up to there`;
}

function about(event: { readonly type: string; readonly [name: string]: unknown }): string {
  const evidence = event['evidence'];
  return typeof evidence === 'object' && evidence !== null && 'id' in evidence && 'check' in evidence
    ? `evidence ${String(evidence.id)}, ${String(evidence.check)}`
    : event.type;
}

/** The whole line from a byte on, or null where it has no end or is no JSON. */
function lineAt(bytes: Buffer, start: number): { text: string; value: unknown; next: number } | null {
  const end = bytes.indexOf(0x0a, start);
  if (end === -1) return null;
  const text = bytes.toString('utf8', start, end);
  try {
    return { text, value: JSON.parse(text) as unknown, next: end + 1 };
  } catch {
    return null;
  }
}
