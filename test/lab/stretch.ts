/**
 * Makes hours of log out of seconds of real traffic: moves the times of both logs, request by request, so that an error line stays as far
 * from the start of its request as it really was. The access log's lines carry `stretchMark` (httpd.ts) while the story is told; it is
 * taken out here. Pure: text in, text out.
 */

/** A span of real time and the span of log time it becomes; ms since the epoch. */
export interface Segment {
  readonly begin: number;
  readonly end: number;
  readonly from: number;
  readonly to: number;
}

interface Request {
  readonly start: number;
  readonly end: number;
  readonly moved: number;
  readonly pid: string;
  readonly client: string;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const two = (n: number): string => String(n).padStart(2, '0');

/** `26h`, `90m`, `30s`, `2d` in ms. */
export function ago(text: string): number {
  const found = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text);
  if (found === null) throw new Error(`${text}: write 30s, 90m, 26h or 2d`);
  return Number(found[1]) * { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[found[2] as 's' | 'm' | 'h' | 'd'];
}

/** Where a moment of real time stands in the log. Outside of all segments it keeps its distance to the nearest one's edge. */
export function move(at: number, segments: readonly Segment[]): number {
  let best: { distance: number; moved: number } = { distance: Infinity, moved: at };
  for (const { begin, end, from, to } of segments) {
    if (at >= begin && at <= end) return end === begin ? from : from + ((at - begin) / (end - begin)) * (to - from);
    const [distance, moved] = at < begin ? [begin - at, from - (begin - at)] : [at - end, to + (at - end)];
    if (distance < best.distance) best = { distance, moved };
  }
  return best.moved;
}

function zone(at: Date): string {
  const minutes = -at.getTimezoneOffset();
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${two(size % 60)}`;
}

/** The ways in which the lab's access logs write a second: `%t` and `%{%FT%T%z}t`. */
export const accessTimes: readonly ((at: Date) => string)[] = [
  (at) =>
    `${two(at.getDate())}/${months[at.getMonth()]}/${at.getFullYear()}:${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())} ${zone(at)}`,
  (at) =>
    `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}${zone(at)}`,
];

const marked = /^(\d+)\.(\d{6}) (\d+) (\d+) (\S+) (\d+)\|(.*)$/;

/** The access log with its times moved and the marks taken out, and its requests for the error log. */
export function stretchAccessLog(
  text: string,
  segments: readonly Segment[],
): { readonly text: string; readonly requests: readonly Request[] } {
  const requests: Request[] = [];
  const lines = text.split('\n').flatMap((line) => {
    if (line === '') return [];
    const found = marked.exec(line);
    if (found === null) throw new Error(`a line without the lab's mark: ${line}`);
    const [, seconds, micros, duration, pid = '', address = '', port = '', rest = ''] = found;
    const start = Number(seconds) * 1000 + Number(micros) / 1000;
    const moved = move(start, segments);
    const lasted = Number(duration) / 1000;
    requests.push({ start, end: start + lasted, moved, pid, client: `${address}:${port}` });
    for (const write of accessTimes) {
      const was = write(new Date(start));
      if (rest.includes(was)) return [{ at: moved + lasted, line: rest.replace(was, write(new Date(moved))) }];
    }
    throw new Error(`no time that the lab knows in: ${rest}`);
  });
  return { text: inOrder(lines), requests };
}

/** A log is written in the order of time: of a request's end, of a failure's moment. Requests that overlapped may have changed places. */
function inOrder(lines: readonly { readonly at: number; readonly line: string }[]): string {
  return lines
    .toSorted((a, b) => a.at - b.at)
    .map(({ line }) => `${line}\n`)
    .join('');
}

const defaultTime = /^\[\w{3} (\w{3}) (\d\d) (\d\d):(\d\d):(\d\d)\.(\d{6}) (\d{4})\]/;
const isoTime = /(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)\.(\d{6})/;

function errorTime(
  line: string,
): { readonly at: number; readonly text: string; readonly write: (at: Date, micros: string) => string } | null {
  const usual = defaultTime.exec(line);
  if (usual !== null) {
    const [text, month = '', day, hour, minute, second, micros, year] = usual;
    const date = new Date(Number(year), months.indexOf(month), Number(day), Number(hour), Number(minute), Number(second));
    const write = (at: Date, fraction: string): string =>
      `[${days[at.getDay()]} ${months[at.getMonth()]} ${two(at.getDate())} ${clock(at)}.${fraction} ${at.getFullYear()}]`;
    return { at: date.getTime() + Number(micros) / 1000, text, write };
  }
  const iso = isoTime.exec(line);
  if (iso === null) return null;
  const [text, year, month, day, hour, minute, second, micros] = iso;
  const date = new Date(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  const write = (at: Date, fraction: string): string =>
    `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${clock(at)}.${fraction}`;
  return { at: date.getTime() + Number(micros) / 1000, text, write };
}

const clock = (at: Date): string => `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;

/**
 * The error log with its times moved. A line belongs to the request of its client that was being served then; a line that names no client
 * (AH00957) goes with the next line of its thread, or with any request of its process at that moment. `drop` leaves lines out.
 */
export function stretchErrorLog(
  text: string,
  requests: readonly Request[],
  segments: readonly Segment[],
  drop: (line: string) => boolean,
): string {
  const lines = text.split('\n').filter((line) => line !== '' && !drop(line));
  const threadOf = (line: string): string | null => /\[pid \d+:tid \d+\]/.exec(line)?.[0] ?? null;
  let last = 0;
  const moved = lines.map((line, i) => {
    const time = errorTime(line);
    // A line without a time stays behind the one before it.
    if (time === null) return { at: last, line };
    const thread = threadOf(line);
    const next = thread === null ? undefined : lines.slice(i + 1, i + 40).find((other) => other.includes(thread));
    const near = next !== undefined && Math.abs((errorTime(next)?.at ?? Infinity) - time.at) < 5 ? next : '';
    const pid = /\[pid (\d+)/.exec(line)?.[1] ?? null;
    const during = requests.filter((request) => time.at >= request.start - 0.01 && time.at <= request.end + 5);
    const mine =
      during.find((request) => line.includes(request.client)) ??
      during.find((request) => near.includes(request.client)) ??
      during.find((request) => !line.includes('[client ') && request.pid === pid) ??
      null;
    last = mine === null ? move(time.at, segments) : mine.moved + (time.at - mine.start);
    const whole = Math.floor(last);
    const fraction = String(Math.floor(last * 1000) - Math.floor(whole / 1000) * 1_000_000).padStart(6, '0');
    return { at: last, line: line.replace(time.text, time.write(new Date(whole), fraction)) };
  });
  return inOrder(moved);
}
