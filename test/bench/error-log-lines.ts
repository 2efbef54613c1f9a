/** An error log of any size from a seed: the mix of a busy site, of which a given share is the proxy's. Lines are in order of time. */
import { closeSync, openSync, writeSync } from 'node:fs';

/** Small and quick, the same everywhere (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Line = (random: () => number, head: (module: string, level: string) => string) => string;

const client = (random: () => number): string => `[client 203.0.113.${Math.floor(random() * 250)}:${1024 + Math.floor(random() * 60_000)}]`;
const page = (random: () => number): string => `/shop/article/${Math.floor(random() * 90_000)}/view`;

const others: readonly Line[] = [
  (random, head) =>
    `${head('php', 'notice')} ${client(random)} PHP Notice:  Undefined index: proxy_id in /var/www/shop/lib/catalogue/Article.php on line ${Math.floor(random() * 900)}, referer: https://shop.example${page(random)}`,
  (random, head) =>
    `${head('core', 'info')} ${client(random)} AH00128: File does not exist: /var/www/shop${page(random)}.jpg, referer: https://shop.example/`,
  (random, head) =>
    `${head('authz_core', 'error')} ${client(random)} AH01630: client denied by server configuration: /var/www/shop/.git/config`,
  (random, head) =>
    `${head('security2', 'error')} ${client(random)} ModSecurity: Warning. Matched phrase "connection refused" at REQUEST_URI. [file "/etc/modsecurity/rules/913.conf"] [line "55"] [id "913100"] [msg "Found request with indicator of scripting"] [severity "CRITICAL"] [hostname "shop.example"] [uri "${page(random)}"] [unique_id "Y9D7wne0KDk${Math.floor(random() * 1e9)}"]`,
  (random, head) =>
    `${head('ssl', 'info')} ${client(random)} AH01964: Connection to child ${Math.floor(random() * 64)} established (server shop.example:443)`,
  (random, head) =>
    `${head('php', 'warn')} ${client(random)} PHP Warning:  file_get_contents(http://feeds.example/prices): failed to open stream: Connection timed out in /var/www/shop/cron/prices.php on line 31`,
  (random, head) =>
    `${head('autoindex', 'error')} ${client(random)} AH01276: Cannot serve directory /var/www/shop/media/: No matching DirectoryIndex (index.html,index.php) found`,
];

const proxied: readonly Line[] = [
  (random, head) =>
    `${head('proxy', 'error')} (111)Connection refused: AH00957: http: attempt to connect to 192.0.2.${10 + Math.floor(random() * 4)}:8080 (app${Math.floor(random() * 4)}.example:8080) failed`,
  (random, head) =>
    `${head('proxy_http', 'error')} ${client(random)} AH01114: HTTP: failed to make connection to backend: app${Math.floor(random() * 4)}.example, referer: https://shop.example${page(random)}`,
  (random, head) =>
    `${head('proxy_http', 'error')} (70007)The timeout specified has expired: ${client(random)} AH01102: error reading status line from remote server app${Math.floor(random() * 4)}.example:8080, referer: https://shop.example${page(random)}`,
  (random, head) =>
    `${head('proxy', 'error')} ${client(random)} AH00898: Error reading from remote server returned by ${page(random)}, referer: https://shop.example/`,
  (random, head) =>
    `${head('proxy_http', 'error')} (104)Connection reset by peer: ${client(random)} AH01084: pass request body failed to 192.0.2.11:8080 (app1.example)`,
];

const weekday = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const month = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (value: number): string => String(value).padStart(2, '0');

export interface ErrorLogPlan {
  readonly bytes: number;
  readonly seed: number;
  /** Share of lines that are the proxy's. */
  readonly share: number;
  /** First line's time and milliseconds between two lines, on average. */
  readonly start: number;
  readonly spacingMs: number;
}

/** Writes the file; returns how many lines it has, how many of them are the proxy's, and the time of the last. */
export function writeErrorLog(
  path: string,
  plan: ErrorLogPlan,
): { readonly lines: number; readonly proxied: number; readonly end: number } {
  const random = randomFrom(plan.seed);
  const file = openSync(path, 'w');
  let written = 0;
  let lines = 0;
  let ofProxy = 0;
  let now = plan.start;
  let second = -1;
  let stamp = ['', ''];
  const head = (module: string, level: string): string =>
    `[${stamp[0]}.${String(Math.floor((now % 1000) * 1000)).padStart(6, '0')} ${stamp[1]}] [${module}:${level}] [pid ${2000 + Math.floor(random() * 8)}:tid ${140_000_000_000_000 + Math.floor(random() * 64) * 8192}]`;
  let block: string[] = [];
  let pending = 0;
  while (written + pending < plan.bytes) {
    now += random() * 2 * plan.spacingMs;
    if (Math.floor(now / 1000) !== second) {
      second = Math.floor(now / 1000);
      const at = new Date(now);
      stamp = [
        `${weekday[at.getUTCDay()]} ${month[at.getUTCMonth()]} ${two(at.getUTCDate())} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`,
        String(at.getUTCFullYear()),
      ];
    }
    const isProxy = random() < plan.share;
    const kinds = isProxy ? proxied : others;
    const line = `${(kinds[Math.floor(random() * kinds.length)] ?? (() => ''))(random, head)}\n`;
    block.push(line);
    pending += line.length;
    lines += 1;
    if (isProxy) ofProxy += 1;
    if (pending > 4_000_000) {
      written += writeSync(file, block.join(''));
      block = [];
      pending = 0;
    }
  }
  writeSync(file, block.join(''));
  closeSync(file);
  return { lines, proxied: ofProxy, end: now };
}
