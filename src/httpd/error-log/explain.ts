/** What a line of the proxy path means, in words: pure, from the entry and the data of messages.yaml and errno.yaml. */
import type { ErrorEntry } from './entry.ts';
import { isProxyPath } from './match.ts';
import { errnoWords, messageWords } from './words.generated.ts';
import type { ErrnoWords, MessageWords, Side, Words } from './words.ts';

/** One line explained, as `explain --json` prints it (CONTRACT). Text from the log is as it came. */
export interface Explanation {
  readonly line: string;
  readonly recognised: boolean;
  readonly family: string | null;
  readonly code: string | null;
  /** Symbol, `ECONNREFUSED`; null where the number is no errno, or there is none. */
  readonly errno: string | null;
  readonly platform: string | null;
  readonly backend: string | null;
  readonly client: string | null;
  /** ISO 8601; without a zone where the line has none. */
  readonly time: string | null;
  readonly meaning: string;
  readonly rulesOut: readonly string[];
  /** Diagnoses, the likeliest first. */
  readonly causes: readonly string[];
  readonly next: readonly string[];
  /** What the client got. */
  readonly status: string | null;
  /** Another name of the backend in the line. */
  readonly backendName: string | null;
  readonly path: string | null;
  readonly module: string | null;
  readonly level: string | null;
  /** Key of the message in messages.yaml. */
  readonly message: string | null;
  /** Number (from 1) of the input line that this one belongs to; null: it stands for itself. */
  readonly sameFailureAs: number | null;
}

/** The first line of the same failure. */
export interface Root {
  readonly line: number;
  readonly entry: ErrorEntry;
}

const nothing: Words = {};

/** A line that is none of the proxy path. */
export function notOurs(line: string): Explanation {
  return { ...blank, line, meaning: 'This line is not about proxying.' };
}

const blank: Explanation = {
  line: '',
  recognised: false,
  family: null,
  code: null,
  errno: null,
  platform: null,
  backend: null,
  client: null,
  time: null,
  meaning: '',
  rulesOut: [],
  causes: [],
  next: [],
  status: null,
  backendName: null,
  path: null,
  module: null,
  level: null,
  message: null,
  sameFailureAs: null,
};

/** Whose lines they are: what is said about each message and number. */
export interface Vocabulary {
  readonly server: string;
  readonly messages: Readonly<Record<string, MessageWords>>;
  readonly errnos: Readonly<Record<string, ErrnoWords>>;
}

const ofHttpd: Vocabulary = { server: 'httpd', messages: messageWords, errnos: errnoWords };

/** @param root the line that this one follows from, where there is one: its number tells more */
export function explainEntry(entry: ErrorEntry, root: Root | null = null, vocabulary: Vocabulary = ofHttpd): Explanation {
  const common = {
    ...blank,
    line: entry.raw,
    code: entry.code,
    errno: entry.errno?.symbol ?? null,
    platform: entry.platform,
    backend: entry.backend,
    backendName: entry.backendName,
    path: entry.path,
    client: entry.client === null ? null : joined(entry.client.address, entry.client.port),
    time: timeOf(entry),
    module: entry.module,
    level: entry.level,
    message: entry.message,
  };
  const words = entry.message === null ? undefined : vocabulary.messages[entry.message];
  if (words === undefined) return { ...common, ...unknown(entry, vocabulary) };
  const own = wordsFor(entry, vocabulary);
  const before = root === null ? nothing : wordsFor(root.entry, vocabulary);
  const told = [words.meaning, own.meaning, incoming(entry), root === null ? undefined : together(root)];
  return {
    ...common,
    recognised: true,
    family: entry.family,
    meaning: told.filter((part) => part !== undefined).join(' '),
    rulesOut: distinct([...(own.rulesOut ?? []), ...(before.rulesOut ?? []), ...(words.rulesOut ?? [])]),
    causes: before.causes ?? own.causes ?? words.causes ?? [],
    // The first line's advice is given with the first line.
    next: root === null ? (own.next ?? words.next ?? []) : [],
    status: words.client ?? null,
    sameFailureAs: root?.line ?? null,
  };
}

function unknown(entry: ErrorEntry, { server }: Vocabulary): Pick<Explanation, 'meaning' | 'next'> {
  const from = entry.module === null || !isProxyPath(entry.module) ? 'the proxy' : entry.module;
  return {
    meaning: `A line of ${from} that is not known here, perhaps of another release of ${server}.`,
    next: ['Look the message up in the source of that release, and report it so that it can be added.'],
  };
}

/** The words for the number of a line: the message's own for it, else those for what httpd was doing. */
function wordsFor(entry: ErrorEntry, { messages, errnos }: Vocabulary): Words {
  const words = entry.message === null ? undefined : messages[entry.message];
  const symbol = entry.errno?.symbol ?? null;
  if (words === undefined) return nothing;
  if (symbol === null) return { ...(words.causes === undefined ? {} : { causes: words.causes }), ...statusNumber(entry) };
  const side: Side | null = words.side ?? null;
  const general = side === null ? undefined : errnos[symbol]?.[side];
  const special = words.byErrno?.[symbol];
  return { ...(words.causes === undefined ? {} : { causes: words.causes }), ...general, ...special };
}

/** Numbers in an errno's place that are none. */
function statusNumber(entry: ErrorEntry): Words {
  const number = entry.errno?.number ?? null;
  if (number === null || entry.message === 'response-header-too-long') return nothing;
  if (number >= 400 && number < 600) return { meaning: `The number ${number} in front is an HTTP status and no error of the system.` };
  return number <= -100
    ? { meaning: `The number ${number} in front is a filter's own: it has answered the client already.`, causes: ['request-not-sent'] }
    : nothing;
}

/** TLS messages are logged for both ends alike. */
function incoming(entry: ErrorEntry): string | undefined {
  if (entry.family !== 'tls-failed' || entry.client === null || entry.module !== 'ssl' || entry.backend !== null) return undefined;
  return 'Here it names a client, so it is the connection from the client that failed, and no backend.';
}

function together(root: Root): string {
  const name = root.entry.code ?? 'its reason';
  return `It belongs to line ${root.line} (${name}): both are one failure.`;
}

function distinct(list: readonly string[]): readonly string[] {
  return [...new Set(list)];
}

function joined(address: string, port: number | null): string {
  const host = address.includes(':') && port !== null ? `[${address}]` : address;
  return port === null ? host : `${host}:${port}`;
}

function timeOf(entry: ErrorEntry): string | null {
  if (entry.instant !== null) return iso(entry.instant);
  return entry.wallClock === null ? null : iso(entry.wallClock).replace(/Z$/, '');
}

/** With microseconds where there are any. */
function iso(at: number): string {
  const whole = Math.floor(at);
  const micros = Math.round((at - whole) * 1000);
  const text = new Date(whole).toISOString();
  if (micros === 0) return text.replace('.000Z', 'Z');
  return text.replace('Z', `${String(micros).padStart(3, '0')}Z`);
}
