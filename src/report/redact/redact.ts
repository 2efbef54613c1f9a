/**
 * A report with pseudonyms for user names, secrets and client addresses. The same thing gets the same name in every place; what the
 * diagnosis rests on (counts, times, backends, messages) is untouched. Pure.
 */
import type { Report } from '../schema.ts';
import { AddressNames, addressPattern } from './addresses.ts';
import { rules } from './secrets.ts';

/** Fields whose text is made by proxy-doctor from closed sets: nothing of theirs is a secret. */
const ownWords = new Set([
  'id',
  'check',
  'side',
  'status',
  'outcome',
  'step',
  'decidedBy',
  'schema',
  'confidence',
  'state',
  'startedAt',
  'endedAt',
  'at',
  'key',
  'digest',
]);
/** Users that every system has. */
const everybody = new Set(['root', 'www-data', 'apache', 'httpd', 'nobody', 'daemon', 'http']);

/** @param digest SHA-256 of a text: evidence is digested anew, so that `report --verify` holds for the redacted report too */
export function redact(report: Report, digest: (text: string) => string): Report {
  const redactor = new Redactor(backendsOf(report));
  // Twice: a value that was first met where it is recognised (password=x) is then known in places where it is not.
  redactor.value(report);
  const clean = redactor.value(report) as Report;
  return {
    ...clean,
    evidence: clean.evidence.map(({ digest: _old, superseded, ...body }) => ({
      ...body,
      digest: digest(JSON.stringify(body)),
      ...(superseded === undefined ? {} : { superseded }),
    })),
  };
}

class Redactor {
  private readonly addresses: AddressNames;
  private readonly known = new Map<string, string>();
  private readonly counts = { secret: 0, user: 0 };

  constructor(kept: Iterable<string>) {
    this.addresses = new AddressNames(kept);
  }

  value(value: unknown, field = ''): unknown {
    if (typeof value === 'string') return ownWords.has(field) ? value : this.text(value);
    if (Array.isArray(value)) return value.map((item) => this.value(item, field));
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [ownKey(key) ? key : this.text(key), this.value(item, key)]));
    return value;
  }

  text(text: string): string {
    let clean = text;
    for (const { kind, pattern } of rules) {
      clean = clean.replace(pattern, (whole: string, ...rest: unknown[]) => {
        const groups = rest.at(-1) as Record<string, string | undefined>;
        const found = groups['v'];
        if (found === undefined || /^(?:secret|user)-\d+$/.test(found) || (kind === 'user' && everybody.has(found))) return whole;
        return whole.replace(found, this.pseudonym(kind, found));
      });
    }
    for (const [secret, name] of this.known) {
      if (clean.includes(secret)) clean = clean.replaceAll(secret, name);
    }
    return clean.replace(addressPattern, (address) => this.addresses.nameOf(address));
  }

  private pseudonym(kind: 'secret' | 'user', found: string): string {
    const before = this.known.get(found);
    if (before !== undefined) return before;
    this.counts[kind] += 1;
    const name = `${kind}-${this.counts[kind]}`;
    // Short or plain words would be replaced all over the text: they get a name where they stand, and only there.
    if (found.length >= 6) this.known.set(found, name);
    return name;
  }
}

function ownKey(key: string): boolean {
  return /^[A-Za-z][A-Za-z0-9 _-]{0,40}$/.test(key);
}

/** Addresses the case is about. */
function backendsOf(report: Report): Set<string> {
  const all = new Set<string>();
  const add = (text: string | null): void => {
    for (const found of text?.matchAll(addressPattern) ?? []) all.add(found[0]);
  };
  for (const diagnosis of report.diagnoses) add(diagnosis.backend);
  for (const evidence of report.evidence) {
    add(evidence.subject);
    if (evidence.check === 'proxy-config' || evidence.check === 'error-log') {
      for (const backend of backendNames(evidence.data)) add(backend);
    }
  }
  return all;
}

function backendNames(data: unknown): string[] {
  if (typeof data !== 'object' || data === null || !('backends' in data) || !Array.isArray(data.backends)) return [];
  return data.backends.flatMap((one: unknown) =>
    typeof one === 'object' && one !== null && 'backend' in one && typeof one.backend === 'string' ? [one.backend] : [],
  );
}
