/**
 * One line of an nginx error log → what it says of the way to the upstream, in the terms that httpd's lines are read into; null for a line
 * that is about something else. Never throws.
 */
import type { ErrorEntry } from '../../httpd/error-log/entry.ts';
import { decodeErrno, type Platform } from '../../httpd/errno.ts';
import { readHead, readTail, type NginxTail } from './head.ts';
import { matchMessage } from './messages.ts';

const longestLine = 65_536;

/** @param platform the system whose errno numbers these are, where it is known */
export function parseNginxLine(line: string, platform: Platform | null = null): ErrorEntry | null {
  const raw = line.length > longestLine ? line.slice(0, longestLine) : line.replace(/\r?\n$/, '');
  const head = readHead(raw);
  if (head === null) return null;
  const { text, tail } = readTail(raw.slice(head.at));
  const match = matchMessage(text);
  if (match === null && !isAboutUpstreams(text, tail, head.level)) return null;
  const family = match?.message.family ?? null;
  const errno = match?.errno == null ? null : errnoOf(match.errno, family, platform);
  return {
    wallClock: head.wallClock,
    instant: null,
    level: head.level,
    module: null,
    pid: head.pid,
    tid: head.connection,
    client: tail.client === null ? null : addressOf(tail.client),
    errno: errno === null ? null : { number: errno.number, symbol: errno.symbol, text: errno.text },
    platform: errno?.platform ?? platform,
    code: null,
    message: match?.message.key ?? null,
    family,
    backend: family === null || family === 'capacity' ? null : backendOf(tail, match?.message.key ?? '', match?.name ?? null),
    backendName: null,
    path: tail.path,
    referer: null,
    text,
    raw,
  };
}

/** Answers of name servers stand where an errno would (ngx_resolver_strerror); what the resolver's own time limit gives is an errno. */
const answers: Readonly<Record<string, string>> = {
  '1': 'EAI_FAIL',
  '2': 'EAI_AGAIN',
  '3': 'EAI_NONAME',
  '4': 'EAI_FAIL',
  '5': 'EAI_FAIL',
};

type Decoded = {
  readonly number: number | null;
  readonly symbol: string | null;
  readonly text: string;
  readonly platform: Platform | null;
};

function errnoOf(
  { number, text }: { readonly number: string; readonly text: string },
  family: string | null,
  platform: Platform | null,
): Decoded {
  const answer = family === 'dns-failed' ? answers[number] : undefined;
  if (answer !== undefined) return { number: Number(number), symbol: answer, text, platform };
  // The resolver says "Operation timed out" for Linux's number 110, which elsewhere goes with another one.
  return family === 'dns-failed' ? { ...decodeErrno(number, '', platform ?? 'linux'), text } : decodeErrno(number, text, platform);
}

/** An upstream's lines of which no message is known here: a newer nginx, or a module of somebody else's. */
function isAboutUpstreams(text: string, tail: NginxTail, level: string): boolean {
  if (!['emerg', 'alert', 'crit', 'error'].includes(level)) return false;
  return tail.upstream !== null && /\bupstream\b/.test(text);
}

const defaultPorts: Readonly<Record<string, number>> = { http: 80, https: 443, grpc: 80, grpcs: 443 };

/**
 * The peer of the line; `balancer://NAME` where it names the group because no peer was tried ("no live upstreams"), the name itself where it
 * could not be resolved. A peer always has its port, but for one that was never an address (`unix:`, a variable's host).
 */
function backendOf({ upstream }: NginxTail, key: string, name: string | null): string | null {
  if (key === 'backend-name-not-resolved' || key === 'backend-name-not-resolved-at-start') return name?.toLowerCase() ?? null;
  if (upstream === null) return null;
  const authority = upstream.authority.toLowerCase();
  if (key === 'no-live-upstreams') return `balancer://${authority}`;
  if (authority.startsWith('unix:')) return authority;
  if (/^(?:\[[^\]]*\]|[^:]*):\d+$/.test(authority)) return authority;
  const port = defaultPorts[upstream.scheme];
  return port === undefined ? authority : `${authority}:${port}`;
}

function addressOf(client: string): ErrorEntry['client'] {
  if (client.startsWith('unix:')) return null;
  return { address: client.replace(/^\[|\]$/g, ''), port: null };
}
