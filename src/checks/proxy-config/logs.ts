/** Where a configuration writes its logs, and in which format. Pure; what a pipe or standard output leads to is found by log-files.ts. */
import { absolutePath } from '../../httpd/config/paths.ts';
import { words } from '../../httpd/config/words.ts';
import type { LogSetting } from './facts.ts';
import type { Layout, Placed, VirtualHost } from './placed.ts';
import { inForce, serverLevel } from './placed.ts';

export interface LogPlaces {
  readonly serverRoot: string;
  /** DEFAULT_ERRORLOG as compiled in; httpd's own is logs/error_log. */
  readonly defaultErrorLog: string | null;
}

export const usualErrorLog = 'logs/error_log';
/** The one format that httpd knows by name without being told (mod_log_config.c). */
const commonLogFormat = '%h %l %u %t "%r" %>s %b';

/** The main server's error log first, then each virtual host's own. */
export function errorLogs(layout: Layout, places: LogPlaces): LogSetting[] {
  const result: LogSetting[] = [];
  for (const host of [null, ...layout.virtualHosts]) {
    const own = inForce(layout, 'errorlog', host);
    if (own === null && host !== null) continue;
    const [first = '', second] = words(own?.directive.raw ?? '');
    // `ErrorLog file PATH`, `ErrorLog syslog FACILITY`: a provider and its argument.
    const raw =
      own === null
        ? (places.defaultErrorLog ?? usualErrorLog)
        : second === undefined
          ? first
          : first === 'file'
            ? second
            : `${first}:${second}`;
    result.push({
      ...logTarget(raw, places.serverRoot),
      raw,
      virtualHost: host?.name ?? null,
      format: errorLogFormat(layout, host) ?? errorLogFormat(layout, null),
      at: own?.directive.at ?? null,
    });
  }
  return result;
}

/** `ErrorLogFormat "…"`; the lines it prints once a connection or request have a kind before the format and are another matter. */
function errorLogFormat(layout: Layout, host: VirtualHost | null): string | null {
  const own = serverLevel(layout, 'errorlogformat', host).findLast((one) => words(one.directive.raw).length === 1);
  return own === undefined ? null : (words(own.directive.raw)[0] ?? null);
}

/** CustomLog, TransferLog and GlobalLog of the main server, then of each virtual host. A host with none of its own uses the main server's. */
export function accessLogs(layout: Layout, places: LogPlaces): LogSetting[] {
  const mainFormats = namedFormats(layout, null, new Map([['CLF', commonLogFormat]]));
  const mainDefault = defaultFormat(layout, null) ?? commonLogFormat;
  return [null, ...layout.virtualHosts].flatMap((host) => {
    const formats = host === null ? mainFormats : namedFormats(layout, host, mainFormats);
    const usual = host === null ? mainDefault : (defaultFormat(layout, host) ?? mainDefault);
    const own = ['customlog', 'globallog', 'transferlog'].flatMap((key) => serverLevel(layout, key, host));
    return own.map((placed) => accessLog(placed, host, formats, usual, places));
  });
}

function accessLog(
  placed: Placed,
  host: VirtualHost | null,
  formats: ReadonlyMap<string, string>,
  usual: string,
  places: LogPlaces,
): LogSetting {
  const { directive } = placed;
  const [raw = '', ...more] = words(directive.raw);
  const condition = more.find((word, index) => /^(?:env|expr)=/i.test(word) && index <= 1) ?? null;
  const given = directive.key === 'transferlog' ? undefined : more.find((word) => word !== condition);
  return {
    ...logTarget(raw, places.serverRoot),
    raw,
    virtualHost: host?.name ?? null,
    format: given === undefined ? usual : (formats.get(given) ?? given),
    condition,
    at: directive.at,
  };
}

/** `LogFormat "…" name`; a later definition of the same name wins, wherever it is used. */
function namedFormats(layout: Layout, host: VirtualHost | null, inherited: ReadonlyMap<string, string>): Map<string, string> {
  const formats = new Map(inherited);
  for (const { directive } of serverLevel(layout, 'logformat', host)) {
    const [format, name] = words(directive.raw);
    if (format !== undefined && name !== undefined) formats.set(name, format);
  }
  return formats;
}

function defaultFormat(layout: Layout, host: VirtualHost | null): string | null {
  const own = serverLevel(layout, 'logformat', host).findLast((one) => words(one.directive.raw).length === 1);
  return own === undefined ? null : (words(own.directive.raw)[0] ?? null);
}

type Target = Pick<LogSetting, 'target' | 'path' | 'pattern'>;

const ownStream = /^\/dev\/(?:stdout|stderr|fd\/[012]|tty)$|^\/proc\/(?:self|1)\/fd\/[012]$/;

export function logTarget(raw: string, serverRoot: string): Target {
  if (raw.startsWith('|')) return { target: 'pipe', path: null, pattern: pipePattern(raw) };
  if (/^(?:syslog|journald)(?::|$)/i.test(raw)) return { target: 'syslog', path: null, pattern: null };
  // A variable that nobody defined: which file it is can't be told.
  if (raw.includes('${')) return { target: 'file', path: null, pattern: null };
  const path = absolutePath(raw, serverRoot);
  if (path === '/dev/null') return { target: 'off', path: null, pattern: null };
  if (ownStream.test(path)) return { target: 'stdio', path: null, pattern: null };
  return { target: 'file', path, pattern: null };
}

/**
 * The files that a piped log program writes, as a shell pattern; null where its command line does not tell. `||` and `|$` are ways
 * to start it.
 */
function pipePattern(raw: string): string | null {
  const argv = words(raw.replace(/^\|[|$]?\s*/, ''));
  const program = (argv[0] ?? '').split('/').at(-1) ?? '';
  const file = (() => {
    switch (program) {
      case 'rotatelogs':
      case 'rotatelogs2':
        return rotatelogsFile(argv.slice(1));
      case 'cronolog':
        return (
          plainArguments(argv.slice(1), /^(?:-[SHPplxza]|--(?:symlink|hardlink|prev-symlink|link|period|delay|once-only))$/).at(-1) ?? null
        );
      case 'tee':
        return plainArguments(argv.slice(1), /^$/)[0] ?? null;
      case 'cat':
      case 'sh':
      case 'bash':
        return />>?\s*(\/[^\s'"|;&]+)/.exec(raw)?.[1] ?? null;
      default:
        return null;
    }
  })();
  return file === null || !file.startsWith('/') ? null : file.replace(/%[-_0^#]?[a-zA-Z%]/g, (letter) => (letter === '%%' ? '%' : '*'));
}

/**
 * `rotatelogs [options] FILE {TIME|SIZE} [offset]`: FILE with `%` is a strftime pattern, without it gets the start's time as its ending,
 * or with `-n N` the endings 1 to N (support/rotatelogs.c). `-L` names a link to the newest.
 */
function rotatelogsFile(args: readonly string[]): string | null {
  const link = args.indexOf('-L');
  if (link >= 0) return args[link + 1] ?? null;
  const file = plainArguments(args, /^-[nLpm]$/)[0];
  return file === undefined ? null : file.includes('%') ? file : args.some((arg) => arg.startsWith('-n')) ? `${file}*` : `${file}.*`;
}

/** Arguments that are no options, nor values of the options that take one. */
function plainArguments(args: readonly string[], withValue: RegExp): string[] {
  return args.filter((arg, index) => !arg.startsWith('-') && !withValue.test(args[index - 1] ?? ''));
}
