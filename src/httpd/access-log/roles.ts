/** What each directive of mod_log_config tells about a request, and the shape of its text. */
import type { Directive } from './format.ts';

/** The fields of a request that the rest of the project reads. `none`: matched, not kept. */
export const roles = [
  'none',
  'client',
  'peer',
  'forwarded',
  'vhost',
  'port',
  'request',
  'method',
  'path',
  'query',
  'status',
  'firstStatus',
  'size',
  'received',
  'sent',
  'duration',
  'proxyStatus',
  'keepalives',
  'connection',
  'errorId',
  'worker',
  'workerRoute',
  'handler',
] as const;
export type Role = (typeof roles)[number];

/**
 * `text`: up to the literal that follows; `number`: digits, or `-`; `decimal`: also with a fraction; `status`: three digits or `-`;
 * `mark`: `+`, `-` or `X`; `query`: empty, or from `?` on; `clf`: `[22/Nov/2026:06:34:39 +0000]`; `strftime`: as its argument says.
 */
export type Shape = 'text' | 'number' | 'decimal' | 'status' | 'mark' | 'query' | 'clf' | 'strftime';

export interface Meaning {
  readonly role: Role;
  readonly shape: Shape;
  /** Of a duration: milliseconds for one unit. */
  readonly unitMs?: number;
  /** Of a time: the moment it tells, and its strftime pattern. */
  readonly moment?: 'begin' | 'end';
  readonly pattern?: string;
}

const milliseconds: Readonly<Record<string, number>> = { s: 1000, ms: 1, us: 0.001 };

/** Notes and environment variables that proxying sets: mod_proxy_http (proxy-status), mod_proxy_balancer (BALANCER_*). */
const named: Readonly<Record<string, Role>> = {
  'n:proxy-status': 'proxyStatus',
  'e:BALANCER_WORKER_NAME': 'worker',
  'e:BALANCER_WORKER_ROUTE': 'workerRoute',
};

/** @param directive one directive of a format. Letters that mean nothing to us are matched as text and not kept. */
export function meaningOf(directive: Directive): Meaning {
  const { letter, argument } = directive;
  switch (letter) {
    case 'h':
      return { role: argument === 'c' ? 'peer' : 'client', shape: 'text' };
    case 'a':
      return { role: argument === 'c' ? 'peer' : 'client', shape: 'text' };
    case 'v':
    case 'V':
      return { role: 'vhost', shape: 'text' };
    case 'p':
      return { role: argument === 'remote' ? 'none' : 'port', shape: 'number' };
    case 'r':
      return { role: 'request', shape: 'text' };
    case 'm':
      return { role: 'method', shape: 'text' };
    case 'U':
      return { role: 'path', shape: 'text' };
    case 'q':
      return { role: 'query', shape: 'query' };
    case 's':
      // Without a sign %s is the original request's status (mod_log_config registers it with want_orig_default).
      return { role: directive.of === '>' ? 'status' : 'firstStatus', shape: 'status' };
    case 'b':
    case 'B':
      return { role: 'size', shape: 'number' };
    case 'I':
      return { role: 'received', shape: 'number' };
    case 'O':
      return { role: 'sent', shape: 'number' };
    case 'S':
      return { role: 'none', shape: 'number' };
    case 'D':
      return { role: 'duration', shape: 'decimal', unitMs: 0.001 };
    case 'T':
      return { role: 'duration', shape: 'decimal', unitMs: milliseconds[argument ?? 's'] ?? 1000 };
    case 'k':
      return { role: 'keepalives', shape: 'number' };
    case 'X':
      return { role: 'connection', shape: 'mark' };
    case 'L':
      return { role: 'errorId', shape: 'text' };
    case 'R':
      return { role: 'handler', shape: 'text' };
    case 'n':
    case 'e':
      return { role: named[`${letter}:${argument ?? ''}`] ?? 'none', shape: 'text' };
    case 'i':
      // A proxy before this one: the real client stands first in the list.
      return { role: argument?.toLowerCase() === 'x-forwarded-for' ? 'forwarded' : 'none', shape: 'text' };
    case 't':
      return timeMeaning(argument);
    default:
      return { role: 'none', shape: 'text' };
  }
}

function timeMeaning(argument: string | null): Meaning {
  if (argument === null || argument === '') return { role: 'none', shape: 'clf', moment: 'begin' };
  const prefixed = /^(begin|end)(?::|$)/.exec(argument);
  const moment = prefixed?.[1] === 'end' ? 'end' : 'begin';
  const pattern = prefixed ? argument.slice(prefixed[0].length) : argument;
  if (pattern === '') return { role: 'none', shape: 'clf', moment };
  return { role: 'none', shape: 'strftime', moment, pattern };
}
