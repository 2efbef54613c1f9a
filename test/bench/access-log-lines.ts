/** An access log of any size from a seed: a busy site behind the proxy, of which a few requests fail. Lines are in order of time. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { randomFrom } from './error-log-lines.ts';

export interface AccessLogPlan {
  readonly bytes: number;
  readonly seed: number;
  /** Share of requests that end with 502 or 503. */
  readonly share: number;
  readonly start: number;
  readonly spacingMs: number;
}

const methods = ['GET', 'GET', 'GET', 'GET', 'GET', 'GET', 'POST', 'POST', 'PUT', 'HEAD'];
const agents = [
  'Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0 Safari/537.36',
  'curl/8.9.1',
];
const month = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (value: number): string => String(value).padStart(2, '0');

/** Combined format with `%D` at its end, as Debian's with timing has it. Returns the number of lines and the time of the last. */
export function writeAccessLog(path: string, plan: AccessLogPlan): { readonly lines: number; readonly end: number } {
  const random = randomFrom(plan.seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const file = openSync(path, 'w');
  let now = plan.start;
  let second = -1;
  let stamp = '';
  let written = 0;
  let lines = 0;
  let pending = 0;
  let block: string[] = [];
  while (written + pending < plan.bytes) {
    now += random() * 2 * plan.spacingMs;
    if (Math.floor(now / 1000) !== second) {
      second = Math.floor(now / 1000);
      const at = new Date(now);
      stamp = `${two(at.getUTCDate())}/${month[at.getUTCMonth()]}/${at.getUTCFullYear()}:${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())} +0000`;
    }
    const failed = random() < plan.share;
    const path =
      random() < 0.3 ? `/shop/article/${Math.floor(random() * 90_000)}/view` : `/static/css/site-${Math.floor(random() * 40)}.css`;
    const client = `203.0.${Math.floor(random() * 8)}.${Math.floor(random() * 250)}`;
    const status = failed ? pick([502, 503]) : pick([200, 200, 200, 200, 304, 404]);
    const line = `${client} - - [${stamp}] "${pick(methods)} ${path} HTTP/1.1" ${status} ${Math.floor(random() * 40_000)} "https://shop.example/" "${pick(agents)}" ${Math.floor(random() * 400_000)}\n`;
    block.push(line);
    pending += line.length;
    lines += 1;
    if (pending > 4_000_000) {
      written += writeSync(file, block.join(''));
      block = [];
      pending = 0;
    }
  }
  writeSync(file, block.join(''));
  closeSync(file);
  return { lines, end: now };
}
