/** Directives guessed from the names that people give to values: in JSON-like formats and in `key=value` notes. */
import { durationDirective, durationUnitOf } from './units.ts';

const simple: readonly (readonly [RegExp, string])[] = [
  [/^k$|^keep_?alives?$|^conn_?requests$/i, '%k'],
  [/^X$|^conn(ection)?(_?status)?$/i, '%X'],
  [/^(n|ps|proxy_?status|upstream_?status|backend_?status|origin_?status)$/i, '%{proxy-status}n'],
  [/^(L|error_?id|log_?id|errorlog_?id)$/i, '%L'],
  [/^(worker|balancer_?worker(_?name)?|backend|upstream(_?addr)?)$/i, '%{BALANCER_WORKER_NAME}e'],
  [/^(route|balancer_?(worker_?)?route)$/i, '%{BALANCER_WORKER_ROUTE}e'],
  [/^(x_?forwarded_?for|xff|forwarded_?for)$/i, '%{X-Forwarded-For}i'],
  [/^(remote_?(ip|addr|address|host)?|client_?(ip|addr|address|host)?|ip|peer)$/i, '%h'],
  [/^(host|v?host_?name|virtual_?host|vhost|server(_?name)?|site|domain|http_?host)$/i, '%v'],
  [/^(port|server_?port)$/i, '%p'],
  [/^(method|verb|request_?method|http_?method)$/i, '%m'],
  [/^(query|query_?string|args|params)$/i, '%q'],
  [/^(status|status_?code|http_?status|response_?(code|status)?|code|final_?status)$/i, '%>s'],
  [/^(bytes|size|length|body_?bytes(_?sent)?|bytes_?sent|response_?(size|bytes|length)|content_?length)$/i, '%B'],
  [/^(I|in|received|bytes_?(in|received)|request_?(size|bytes|length))$/i, '%I'],
  [/^(O|out|sent|bytes_?out)$/i, '%O'],
];

const requestNames = /^(request(_?line)?|uri|request_?uri|url|path|request_?path|resource)$/i;
const timeNames = /^(@?time_?stamp|time|ts|date|date_?time|start(_?time|ed)?|time_?local|request_?start|@t|t)$/i;
const durationNames =
  /dur(ation)?|elapsed|took|taken|latency|(response|request|process\w*|service|upstream|backend)_?time|^rt$|usec|msec|^D$|^T$|^(us|ms)$/i;

const microseconds = /usec|micro|(^|_)us$|^D$/i;
const millisecondNames = /msec|milli|(^|_)ms$/i;
const secondNames = /(^|_)s(ec(ond)?s?)?$|^T$/;

/**
 * @param name as in the log. @param values what stands there, in a few lines
 * @returns one directive; `%{-}n` (any text, not kept) where the name says nothing
 */
export function directiveByName(name: string, values: readonly string[]): string {
  const bare = name.replaceAll('-', '_').replaceAll('.', '_');
  const value = values.find((text) => text !== '' && text !== '-') ?? '';
  if (timeNames.test(bare)) {
    const directive = timeDirective(value);
    if (directive !== null) return directive;
  }
  if (durationNames.test(bare) && values.every((text) => /^(?:\d+(?:\.\d+)?|-)$/.test(text))) return durationByName(bare, values);
  if (requestNames.test(bare)) return /^[A-Z]+ \S/.test(value) ? '%r' : '%U';
  for (const [pattern, directive] of simple) if (pattern.test(bare) && plausible(directive, values)) return directive;
  return '%{-}n';
}

function durationByName(name: string, values: readonly string[]): string {
  if (microseconds.test(name)) return durationDirective.us;
  if (millisecondNames.test(name)) return durationDirective.ms;
  if (secondNames.test(name)) return durationDirective.s;
  return durationDirective[durationUnitOf(values)];
}

/** A name alone can mislead (`code`, `host`): the values must have the directive's shape. */
function plausible(directive: string, values: readonly string[]): boolean {
  const every = (pattern: RegExp): boolean => values.every((value) => pattern.test(value));
  switch (directive) {
    case '%k':
    case '%I':
    case '%O':
    case '%B':
    case '%p':
      return every(/^(?:\d+|-)$/);
    case '%X':
      return every(/^[+X-]$/);
    case '%>s':
      return every(/^(?:[1-5]\d\d|-)$/);
    case '%{proxy-status}n':
      return every(/^(?:[1-5]\d\d|-)$/);
    case '%m':
      return every(/^(?:[A-Z]+|-)$/);
    case '%q':
      return every(/^(?:\?.*)?$/s);
    default:
      return true;
  }
}

/** The directive that writes a time like this one; null where it is none. */
export function timeDirective(value: string): string | null {
  // `%t` brings its brackets along.
  if (/^\[\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\]$/.test(value)) return '%t';
  if (/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}$/.test(value)) return '%{%d/%b/%Y:%H:%M:%S %z}t';
  const iso = /^\d{4}-\d\d-\d\d([T ])\d\d:\d\d:\d\d(?:([.,])(\d+))?( ?)([+-]\d\d:?\d\d|Z)?$/.exec(value);
  if (iso) {
    const fraction = iso[3] === undefined ? '' : iso[3].length === 6 ? `${iso[2]}%{usec_frac}t` : `${iso[2]}%{msec_frac}t`;
    if (iso[3] !== undefined && iso[3].length !== 3 && iso[3].length !== 6) return null;
    const zone = iso[5] === undefined ? '' : `${iso[4] ?? ''}%{%z}t`;
    return `%{%Y-%m-%d${iso[1] ?? 'T'}%H:%M:%S}t${fraction}${zone}`;
  }
  if (/^\d{10}$/.test(value)) return '%{sec}t';
  if (/^\d{13}$/.test(value)) return '%{msec}t';
  return /^\d{16}$/.test(value) ? '%{usec}t' : null;
}
