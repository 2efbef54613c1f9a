/** The command line of an httpd: `-d -f -D -C -c -e -E -k` and the switches (AP_SERVER_BASEARGS in include/http_main.h; `k`, `R` of the MPMs). */

export interface HttpdArguments {
  /** `-f` as given; relative to the server root, not to the working folder. */
  readonly configFile: string | null;
  /** `-d` as given. */
  readonly serverRoot: string | null;
  /** `-D`, and those that `-X` and the like stand for. */
  readonly defines: readonly string[];
  /** `-C`, `-c`. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** `-E`: start-up errors go there. */
  readonly startupLog: string | null;
  /** It never serves requests: it prints something, tests its configuration, or ends the httpd that runs. */
  readonly passing: boolean;
  /** It signals the httpd that runs, or becomes one where none does (`-k restart`, `-k graceful`). */
  readonly signals: boolean;
}

const withValue = new Set(['C', 'c', 'D', 'd', 'E', 'e', 'f', 'k', 'R']);

const onlyPrints = new Set(['h', 'l', 'L', 'M', 'S', 't', 'v', 'V', '?']);

/** @param argv without the command itself. Reads like getopt: `-DNAME` and `-D NAME`, switches bundled; stops at the first plain word. */
export function parseHttpdArguments(argv: readonly string[]): HttpdArguments {
  const values = new Map<string, string[]>();
  const switches = new Set<string>();
  for (let index = 0; index < argv.length; index += 1) {
    const argument = argv[index] ?? '';
    if (argument === '--' || !argument.startsWith('-') || argument === '-') break;
    for (let at = 1; at < argument.length; at += 1) {
      const letter = argument[at] ?? '';
      if (!withValue.has(letter)) {
        switches.add(letter);
        continue;
      }
      const attached = argument.slice(at + 1);
      if (attached === '') index += 1;
      const value = attached === '' ? argv[index] : attached;
      if (value !== undefined) values.set(letter, [...(values.get(letter) ?? []), value]);
      break;
    }
  }
  const order = values.get('k')?.at(-1) ?? 'start';
  return {
    configFile: values.get('f')?.at(-1) ?? null,
    serverRoot: values.get('d')?.at(-1) ?? null,
    defines: [...(values.get('D') ?? []), ...(switches.has('X') ? ['DEBUG'] : [])],
    before: values.get('C') ?? [],
    after: values.get('c') ?? [],
    startupLog: values.get('E')?.at(-1) ?? null,
    passing: [...onlyPrints].some((letter) => switches.has(letter)) || /^(?:graceful-)?stop$/.test(order),
    signals: order !== 'start',
  };
}

/** What of a running httpd's arguments another call needs to read the same configuration. */
export function argumentsToRepeat(given: HttpdArguments): string[] {
  const option = (letter: string, values: readonly (string | null)[]): string[] =>
    values.flatMap((value) => (value === null ? [] : [`-${letter}`, value]));
  return [
    ...option('d', [given.serverRoot]),
    ...option('f', [given.configFile]),
    // These two say how it was started, not what it reads.
    ...option(
      'D',
      given.defines.filter((name) => name !== 'FOREGROUND' && name !== 'DEBUG'),
    ),
    ...option('C', given.before),
    ...option('c', given.after),
  ];
}
