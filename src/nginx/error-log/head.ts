/**
 * What stands before and behind the message of an nginx error line. Before: `2026/11/22 07:44:41 [error] 123#123: *45 ` (ngx_log.c,
 * ngx_log_error_core: local time without a zone, process and thread, number of the client's connection). Behind: `, client: …, server: …,
 * request: "…", upstream: "…", host: "…"` (ngx_http_request.c, ngx_http_log_error_handler).
 */

export interface NginxHead {
  /** Milliseconds since the epoch as if the time were UTC. */
  readonly wallClock: number;
  readonly level: string;
  readonly pid: string;
  /** Number of the client's connection; requests on it come one after the other (HTTP/1). Null: not about a connection. */
  readonly connection: string | null;
  /** Index of the message. */
  readonly at: number;
}

// syslog, docker or kubectl may stand before it.
const form =
  /(\d{4})\/(\d\d)\/(\d\d) (\d\d):(\d\d):(\d\d) \[(emerg|alert|crit|error|warn|notice|info|debug)\] (\d{1,10})#\d{1,20}: (?:\*(\d{1,20}) )?/g;
const farthest = 400;

/** Null: no line of an nginx error log. */
export function readHead(line: string): NginxHead | null {
  form.lastIndex = 0;
  const match = form.exec(line.length > farthest ? line.slice(0, farthest) : line);
  if (match === null) return null;
  const [all, year, month, day, hours, minutes, seconds, level = '', pid = '', connection] = match;
  const wallClock = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hours), Number(minutes), Number(seconds));
  if (Number.isNaN(wallClock)) return null;
  return { wallClock, level, pid, connection: connection ?? null, at: match.index + all.length };
}

export interface NginxTail {
  readonly client: string | null;
  readonly server: string | null;
  /** Path with query, as the client asked for it. */
  readonly path: string | null;
  /** Scheme and the rest up to the path: `http`, `127.0.0.1:9000`. */
  readonly upstream: { readonly scheme: string; readonly authority: string } | null;
}

const nothing: NginxTail = { client: null, server: null, path: null, upstream: null };

/**
 * Message and tail of what follows the head. Request, host and referrer are the client's own words, and quotes are not escaped in them: so the
 * fields are read from left to right, and the request ends where its protocol does.
 */
export function readTail(rest: string): { readonly text: string; readonly tail: NginxTail } {
  const begin = rest.search(/, client: \S+?(?:, server: |$)|, upstream: "[a-z]/);
  if (begin < 0) return { text: rest, tail: nothing };
  const text = rest.slice(0, begin);
  let at = rest.slice(begin);
  const take = (pattern: RegExp): RegExpExecArray | null => {
    const match = pattern.exec(at);
    if (match !== null) at = at.slice(match[0].length);
    return match;
  };
  const client = take(/^, client: (\S+?)(?=, |$)/)?.[1] ?? null;
  const server = take(/^, server: (\S*?)(?=, |$)/)?.[1] ?? null;
  const request = take(/^, request: "(.*?) HTTP\/\d(?:\.\d)?"/)?.[1] ?? take(/^, request: "([^"]*)"/)?.[1] ?? null;
  take(/^, subrequest: "[^"]*"/);
  const upstream = take(/^, upstream: "([a-z][a-z0-9+.-]*):\/\/(unix:[^:"]+|[^/"?#]+)/);
  return {
    text,
    tail: {
      client,
      server: server === '' ? null : server,
      path: request === null ? null : pathOf(request),
      upstream: upstream === null ? null : { scheme: upstream[1] ?? '', authority: upstream[2] ?? '' },
    },
  };
}

function pathOf(request: string): string | null {
  const blank = request.indexOf(' ');
  const target = blank < 0 ? '' : request.slice(blank + 1);
  const absolute = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*(.*)$/i.exec(target);
  const path = absolute === null ? target : absolute[1] || '/';
  return path.startsWith('/') ? path : null;
}
