/** Writes a pair of logs as httpd 2.4 would have: for rehearsals only. Times run up to now. */

export interface Request {
  /** Milliseconds since the epoch: when it began. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly durationMs: number;
  readonly client: string;
  /** Messages that the error log gets at the end of the request: module, errno prefix or none, text. */
  readonly errors?: readonly { readonly module: string; readonly errno: string | null; readonly text: string; readonly withClient: boolean }[];
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (value: number): string => String(value).padStart(2, '0');

/** `Sun Nov 22 06:41:05.776055 2026`, in UTC as the access log beside it says. */
function errorTime(at: number): string {
  const date = new Date(at);
  const clock = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}.${String(date.getUTCMilliseconds()).padStart(3, '0')}000`;
  return `${days[date.getUTCDay()]} ${months[date.getUTCMonth()]} ${two(date.getUTCDate())} ${clock} ${date.getUTCFullYear()}`;
}

function accessTime(at: number): string {
  const date = new Date(at);
  return `${two(date.getUTCDate())}/${months[date.getUTCMonth()]}/${date.getUTCFullYear()}:${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`;
}

/** The format that the rehearsal's configuration names. */
export const accessFormat = '%h %l %u %t \\"%r\\" %>s %b %D';

/** Lines in the order in which httpd writes them: when a request ends. */
export function writeLogs(requests: readonly Request[], from: number): { error: string; access: string } {
  const ended = requests.toSorted((a, b) => a.at + a.durationMs - (b.at + b.durationMs));
  const error = [`[${errorTime(from)}] [mpm_event:notice] [pid 4711:tid 4711] AH00489: Apache/2.4.71 (Debian) configured -- resuming normal operations`];
  const access: string[] = [];
  for (const request of ended) {
    const port = 40_000 + (Math.round(request.at) % 20_000);
    for (const one of request.errors ?? []) {
      const who = one.withClient ? `[client ${request.client}:${port}] ` : '';
      error.push(`[${errorTime(request.at + request.durationMs)}] [${one.module}:error] [pid 4712:tid ${4800 + (port % 25)}] ${one.errno === null ? '' : `${one.errno}: `}${who}${one.text}`);
    }
    const bytes = request.status === 200 ? 2326 : 559;
    access.push(`${request.client} - - [${accessTime(request.at)}] "${request.method} ${request.path} HTTP/1.1" ${request.status} ${bytes} ${Math.round(request.durationMs * 1000)}`);
  }
  return { error: `${error.join('\n')}\n`, access: `${access.join('\n')}\n` };
}
