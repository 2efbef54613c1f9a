/** Text of logs as httpd 2.4 writes them, from events: for stories about both logs. */

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (n: number): string => String(n).padStart(2, '0');

/** `Sun Nov 22 06:34:09.319711 2026`, of a wall clock `zone` minutes east of UTC. */
export function errorTime(at: number, zone = 0): string {
  const d = new Date(at + zone * 60_000);
  const micros = String(Math.round((at - Math.floor(at / 1000) * 1000) * 1000)).padStart(6, '0');
  return `${days[d.getUTCDay()]} ${months[d.getUTCMonth()]} ${two(d.getUTCDate())} ${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}.${micros} ${d.getUTCFullYear()}`;
}

/** `22/Nov/2026:06:34:39 +0000` */
export function accessTime(at: number, zone = 0): string {
  const d = new Date(at + zone * 60_000);
  const sign = zone < 0 ? '-' : '+';
  const size = Math.abs(zone);
  return `${two(d.getUTCDate())}/${months[d.getUTCMonth()]}/${d.getUTCFullYear()}:${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())} ${sign}${two(Math.floor(size / 60))}${two(size % 60)}`;
}

export interface Request {
  /** Start, ms since the epoch. */
  readonly at: number;
  readonly client?: string;
  readonly method?: string;
  readonly path?: string;
  readonly status?: number;
  readonly ms?: number;
  readonly bytes?: number;
  readonly vhost?: string;
  /** `%{proxy-status}n` */
  readonly note?: string;
  /** Lines of the error log that it leaves. */
  readonly error?: (request: Required<Pick<Request, 'client' | 'path'>>, at: number, port: number) => readonly string[];
}

export interface LogText {
  readonly error: string;
  readonly access: string;
}

/** Both logs in the order in which httpd writes them: at the end of each request. */
export function logsOf(
  requests: readonly Request[],
  options: { readonly zone?: number; readonly format?: 'combined' | 'timed' | 'noted'; readonly head?: readonly string[] } = {},
): LogText {
  const { zone = 0, format = 'timed', head = [] } = options;
  const access: { end: number; line: string }[] = [];
  const error: { at: number; lines: readonly string[] }[] = [];
  requests.forEach((request, index) => {
    const { at, client = '203.0.113.7', method = 'GET', path = '/', status = 200, ms = 5, bytes = 1000, vhost } = request;
    const common = `${vhost === undefined ? '' : `${vhost} `}${client} - - [${accessTime(at, zone)}] "${method} ${path} HTTP/1.1" ${status} ${bytes} "-" "curl/8"`;
    const timed = format === 'combined' ? common : `${common} ${Math.round(ms * 1000)}`;
    access.push({ end: at + ms, line: format === 'noted' ? `${timed} n=${request.note ?? (status < 500 ? status : '-')}` : timed });
    const port = 20_000 + (index % 40_000);
    if (request.error)
      error.push({
        at: at + ms - 0.2,
        lines: request
          .error({ client, path }, at + ms - 0.2, port)
          .map((text, n) => `[${errorTime(at + ms - 0.2 + n * 0.05, zone)}] ${text}`),
      });
  });
  access.sort((a, b) => a.end - b.end);
  error.sort((a, b) => a.at - b.at);
  return {
    access: access.map(({ line }) => `${line}\n`).join(''),
    error: [...head, ...error.flatMap(({ lines }) => lines)].map((line) => `${line}\n`).join(''),
  };
}

type Lines = NonNullable<Request['error']>;
let threads = 0;
const thread = (): string => `[pid 3943:tid ${4000 + (threads++ % 25)}]`;

export const refused =
  (backend: string, name = backend): Lines =>
  ({ client }, _at, port) => {
    const id = thread();
    return [
      `[proxy:error] ${id} (111)Connection refused: AH00957: http: attempt to connect to ${backend} (${name}) failed`,
      `[proxy_http:error] ${id} [client ${client}:${port}] AH01114: HTTP: failed to make connection to backend: ${name.replace(/:\d+$/, '')}`,
    ];
  };

export const timedOut =
  (backend: string): Lines =>
  ({ client }, _at, port) => {
    const id = thread();
    return [
      `[proxy:error] ${id} (70007)The timeout specified has expired: AH00957: http: attempt to connect to ${backend} (${backend}) failed`,
      `[proxy_http:error] ${id} [client ${client}:${port}] AH01114: HTTP: failed to make connection to backend: ${backend.replace(/:\d+$/, '')}`,
    ];
  };

/** The worker was put out of use a moment ago: no attempt. */
export const outOfUse =
  (backend: string): Lines =>
  () => [`[proxy:error] ${thread()} AH00940: http: disabled connection for (${backend})`];

export const noStatusLine =
  (backend: string, errno = '(104)Connection reset by peer'): Lines =>
  ({ client, path }, _at, port) => {
    const id = thread();
    return [
      `[proxy_http:error] ${id} ${errno}: [client ${client}:${port}] AH01102: error reading status line from remote server ${backend}`,
      `[proxy:error] ${id} [client ${client}:${port}] AH00898: Error reading from remote server returned by ${path}`,
    ];
  };

export const bodyFailed =
  (backend: string, errno = '(32)Broken pipe'): Lines =>
  ({ client }, _at, port) => {
    const id = thread();
    return [
      `[proxy:error] ${id} ${errno}: [client ${client}:${port}] AH01084: pass request body failed to ${backend} (${backend.replace(/:\d+$/, '')})`,
      `[proxy_http:error] ${id} [client ${client}:${port}] AH01097: pass request body failed to ${backend} (${backend.replace(/:\d+$/, '')}) from ${client} ()`,
    ];
  };

export const answerCut =
  (errno = '(104)Connection reset by peer'): Lines =>
  ({ client }, _at, port) => [`[proxy_http:error] ${thread()} ${errno}: [client ${client}:${port}] AH01110: error reading response`];

export const brokenAnswer: Lines = answerCut();

export const started = (at: number, zone = 0): string =>
  `[${errorTime(at, zone)}] [mpm_event:notice] [pid 3940:tid 3940] AH00489: Apache/2.4.71 (Debian) configured -- resuming normal operations`;
export const stopped = (at: number): string =>
  `[${errorTime(at)}] [mpm_event:notice] [pid 3940:tid 3940] AH00491: caught SIGTERM, shutting down`;
