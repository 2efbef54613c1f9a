/** Known events written as each layout writes them: what the tests of reading go by. */

export interface Event {
  /** Milliseconds since the epoch, as wall clock; microseconds as a fraction. */
  readonly at: number;
  readonly module: string;
  readonly level: string;
  readonly pid: number;
  readonly tid: number | null;
  readonly errno: { readonly number: number; readonly text: string } | null;
  readonly client: { readonly address: string; readonly port: number } | null;
  /** With its code in 2.4; null in 2.2. */
  readonly code: string | null;
  readonly message: string;
  readonly referer: string | null;
}

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (value: number): string => String(value).padStart(2, '0');

function parts(at: number): { date: Date; clock: string; micros: number } {
  const date = new Date(Math.floor(at));
  const micros = Math.round((at % 1000) * 1000);
  return { date, clock: `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`, micros };
}

export function httpdTime(at: number, digits: 0 | 3 | 6): string {
  const { date, clock, micros } = parts(at);
  const fraction = digits === 0 ? '' : `.${String(micros).padStart(6, '0').slice(0, digits)}`;
  const day = String(date.getUTCDate()).padStart(2, '0');
  return `${weekdays[date.getUTCDay()]} ${months[date.getUTCMonth()]} ${day} ${clock}${fraction} ${date.getUTCFullYear()}`;
}

function compactTime(at: number, digits: 0 | 6): string {
  const { date, clock, micros } = parts(at);
  return `${date.toISOString().slice(0, 10)} ${clock}${digits === 0 ? '' : `.${String(micros).padStart(6, '0')}`}`;
}

function syslogTime(at: number): string {
  const { date, clock } = parts(at);
  return `${months[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2, ' ')} ${clock}`;
}

const peer = (event: Event): string => (event.client === null ? '' : `${event.client.address}:${event.client.port}`);
const errnoOf = (event: Event): string => (event.errno === null ? '' : `(${event.errno.number})${event.errno.text}`);
const said = (event: Event): string => `${event.code === null ? '' : `${event.code}: `}${event.message}`;
const refererOf = (event: Event): string => (event.referer === null ? '' : `, referer: ${event.referer}`);

/** server/log.c, do_errorlog_default of 2.4: errno before client. */
export function default24(event: Event, digits: 0 | 3 | 6 = 6): string {
  const pid = event.tid === null ? `[pid ${event.pid}]` : `[pid ${event.pid}:tid ${event.tid}]`;
  return `[${httpdTime(event.at, digits)}] ${withoutTime(event, pid)}`;
}

function withoutTime(event: Event, pid: string): string {
  const file = event.level === 'debug' ? 'proxy_util.c(2215): ' : '';
  const errno = event.errno === null ? '' : `${errnoOf(event)}: `;
  const client = event.client === null ? '' : `[client ${peer(event)}] `;
  return `[${event.module}:${event.level}] ${pid} ${file}${errno}${client}${said(event)}${refererOf(event)}`;
}

/** log_error_core of 2.0 and 2.2: client before errno, no port, no module. */
export function default22(event: Event): string {
  const file = event.level === 'debug' ? 'proxy_util.c(2215): ' : '';
  const client = event.client === null ? '' : `[client ${event.client.address}] `;
  const errno = event.errno === null ? '' : `${errnoOf(event)}: `;
  return `[${httpdTime(event.at, 0)}] [${event.level}] ${file}${client}${errno}${said(event)}${refererOf(event)}`;
}

/** The programs that put something around a line. */
export const wrappers: Readonly<Record<string, (event: Event) => string>> = {
  'syslog to a socket': (event) => `<139>${syslogTime(event.at)} apache2[${event.pid}]: ${untimed(event)}`,
  'syslog in a file': (event) => `${syslogTime(event.at)} web1 apache2[${event.pid}]: ${untimed(event)}`,
  'rsyslog with ISO times': (event) => `${iso(event)}+00:00 web1 httpd[${event.pid}]: ${untimed(event)}`,
  'RFC 5424': (event) => `<139>1 ${iso(event)}Z web1.example httpd ${event.pid} - - ${untimed(event)}`,
  'RFC 5424 with data': (event) =>
    `<139>1 ${iso(event)}Z web1.example httpd ${event.pid} ID47 [meta@1 seq="7"][x@2 a="b"] ${untimed(event)}`,
  'journald, httpd on stderr': (event) => `${syslogTime(event.at)} web1 httpd[${event.pid}]: ${default24(event)}`,
  'journald, short-iso': (event) => `${iso(event).slice(0, 19)}+0000 web1 httpd[${event.pid}]: ${untimed(event)}`,
  'journald, short-full': (event) =>
    `${weekdays[new Date(event.at).getUTCDay()]} ${compactTime(event.at, 0)} UTC web1 httpd[${event.pid}]: ${untimed(event)}`,
  'journald, short-unix': (event) => `${(event.at / 1000).toFixed(6)} web1 httpd[${event.pid}]: ${untimed(event)}`,
  'docker logs -t': (event) => `${iso(event)}123Z ${default24(event)}`,
  'docker compose': (event) => `proxy-1  | ${default24(event)}`,
  'container runtime': (event) => `${iso(event)}123Z stderr F ${default24(event)}`,
  'kubectl logs --prefix': (event) => `[pod/web-6d4cf56db6-x2v9k/httpd] ${default24(event)}`,
  'kubectl logs --prefix --timestamps': (event) => `[pod/web-0/httpd] ${iso(event)}123Z ${default24(event)}`,
  'grep -n over files': (event) => `/var/log/httpd/error_log:4711:${default24(event)}`,
  'grep over files': (event) => `error.log.1:${default24(event)}`,
  'docker json-file': (event) => JSON.stringify({ log: `${default24(event)}\n`, stream: 'stderr', time: `${iso(event)}123Z` }),
  'JSON, message whole': (event) => JSON.stringify({ '@timestamp': `${iso(event)}Z`, host: { name: 'web1' }, message: default24(event) }),
  'JSON, fields apart': (event) =>
    JSON.stringify({
      time: compactTime(event.at, 6),
      level: event.level,
      module: event.module,
      pid: String(event.pid),
      client: peer(event),
      error: errnoOf(event),
      message: `${said(event)}`,
    }),
  'journalctl -o json': (event) =>
    JSON.stringify({
      __REALTIME_TIMESTAMP: String(Math.round(event.at * 1000)),
      SYSLOG_IDENTIFIER: 'httpd',
      _PID: String(event.pid),
      MESSAGE: untimed(event),
    }),
};

function untimed(event: Event): string {
  return withoutTime(event, event.tid === null ? `[pid ${event.pid}]` : `[pid ${event.pid}:tid ${event.tid}]`);
}

function iso(event: Event): string {
  return compactTime(event.at, 6).replace(' ', 'T');
}

/**
 * A format as do_errorlog_format (server/log.c) prints it: an item that prints nothing takes back its field and skips to the next blank;
 * with `-` it prints a hyphen; the message is printed in any case. Items as in `items`.
 */
export function formatted(format: string, event: Event): string {
  let out = '';
  let fieldStart = 0;
  let skipping = false;
  for (let at = 0; at < format.length;) {
    if (format[at] === ' ' || format.startsWith('% ', at)) {
      skipping = false;
      fieldStart = out.length;
      if (format[at] === ' ') out += ' ';
      at += format[at] === ' ' ? 1 : 2;
      continue;
    }
    const escape = format[at] === '\\';
    if (escape || format[at] !== '%') {
      if (!skipping) out += format[escape ? at + 1 : at] ?? '';
      at += escape ? 2 : 1;
      continue;
    }
    const match = /%(-)?\d*(\{[^}]*\})?([A-Za-z%])/y;
    match.lastIndex = at;
    const [whole = '%', hyphen, argument = '', letter = ''] = match.exec(format) ?? [];
    at += whole.length;
    if (letter === 'M') {
      out += said(event);
      continue;
    }
    if (skipping) continue;
    const printed = item(letter, argument, event) || (hyphen === undefined ? '' : '-');
    if (printed === '') {
      out = out.slice(0, fieldStart);
      skipping = true;
    } else out += printed;
  }
  return out;
}

function item(letter: string, argument: string, event: Event): string {
  switch (letter) {
    case 't':
      if (argument.includes('c'))
        return `${compactTime(event.at, argument.includes('u') ? 6 : 0)}${argument.includes('z') ? ' +0000' : ''}`;
      return httpdTime(event.at, argument.includes('u') ? 6 : argument.includes('m') ? 3 : 0);
    case 'l':
      return event.level;
    case 'm':
      return event.module;
    case 'P':
      return String(event.pid);
    case 'T':
      return event.tid === null ? '' : String(event.tid);
    case 'E':
      return errnoOf(event);
    case 'a':
      return peer(event);
    case 'F':
      return event.level === 'debug' ? 'proxy_util.c(2215)' : '';
    case 'L':
      return event.client === null ? '' : 'Y9D7wne0KDk';
    case 'i':
      return event.referer ?? '';
    case 'v':
      return 'www.shop.example';
    default:
      return '';
  }
}
