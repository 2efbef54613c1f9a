/**
 * A terminal to try programs in: a real pseudo-terminal behind, an emulator in front. A test reads like a story: press keys, wait for
 * what is shown. It waits for content, never for time; what does not come fails with the screen as it was.
 */
import { spawn, type IPty } from '@lydell/node-pty';
import headless from '@xterm/headless';

export interface ScreenOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

const named: Readonly<Record<string, string>> = {
  up: '\u001b[A',
  down: '\u001b[B',
  right: '\u001b[C',
  left: '\u001b[D',
  pageup: '\u001b[5~',
  pagedown: '\u001b[6~',
  home: '\u001b[H',
  end: '\u001b[F',
  enter: '\r',
  escape: '\u001b',
  tab: '\t',
  space: ' ',
  backspace: '\u007f',
  'ctrl-c': '\u0003',
  'ctrl-l': '\u000c',
  'ctrl-z': '\u001a',
};

/** How long something may take at most on a busy machine; reached only by a test that fails. */
const patienceMs = 20_000;

export interface Ended {
  readonly code: number;
  readonly signal: number;
}

export class Screen {
  readonly #pty: IPty;
  readonly #terminal: InstanceType<typeof headless.Terminal>;
  readonly #watchers = new Set<() => void>();
  #ended: Ended | null = null;
  /** How much of the output the emulator has taken. */
  #taken = 0;
  /** Everything the program wrote, in order. */
  output = '';

  constructor(command: string, args: readonly string[], { columns = 80, rows = 24, env = {}, cwd = '/tmp' }: ScreenOptions = {}) {
    this.#terminal = new headless.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 2000 });
    this.#pty = spawn(command, [...args], {
      name: 'xterm-256color',
      cols: columns,
      rows,
      cwd,
      env: { PATH: process.env['PATH'] ?? '', HOME: '/tmp', TERM: 'xterm-256color', LANG: 'C.UTF-8', ...env },
    });
    this.#pty.onData((data) => {
      this.output += data;
      const { length } = this.output;
      this.#terminal.write(data, () => {
        this.#taken = length;
        this.#look();
      });
    });
    this.#pty.onExit(({ exitCode, signal = 0 }) => {
      this.#ended = { code: exitCode, signal };
      this.#look();
    });
  }

  get pid(): number {
    return this.#pty.pid;
  }

  /** Keys by name, or as the character itself, all in one write: as they come over a slow link. */
  press(...keys: readonly string[]): this {
    return this.write(keys.map((key) => named[key] ?? key).join(''));
  }

  /** Bytes as they are. */
  write(bytes: string): this {
    this.#pty.write(bytes);
    return this;
  }

  resize(columns: number, rows: number): this {
    this.#terminal.resize(columns, rows);
    this.#pty.resize(columns, rows);
    return this;
  }

  /** Takes the terminal away, as a lost connection does. */
  hangUp(): void {
    (this.#pty as unknown as { destroy: () => void }).destroy();
  }

  kill(signal: NodeJS.Signals): this {
    process.kill(this.#pty.pid, signal);
    return this;
  }

  /** What is on the screen, a line each, without blanks at the end. */
  lines(): readonly string[] {
    const { active } = this.#terminal.buffer;
    return Array.from(
      { length: this.#terminal.rows },
      (_, row) => active.getLine(active.baseY + row)?.translateToString(true, 0, this.#terminal.cols) ?? '',
    );
  }

  /** What is on the screen and above it. */
  history(): string {
    const { active } = this.#terminal.buffer;
    return Array.from({ length: active.length }, (_, row) => active.getLine(row)?.translateToString(true) ?? '').join('\n');
  }

  text(): string {
    return this.lines().join('\n');
  }

  /** No drawing is half done: what came in pieces over the terminal has come to its end. */
  whole(): boolean {
    const taken = this.output.slice(0, this.#taken);
    return taken.lastIndexOf('\u001b[?2026l') >= taken.lastIndexOf('\u001b[?2026h');
  }

  /** The full-screen program's own screen is on, not the shell's. */
  alternate(): boolean {
    return this.#terminal.buffer.active.type === 'alternate';
  }

  get modes(): { readonly bracketedPasteMode: boolean; readonly applicationCursorKeysMode: boolean } {
    return this.#terminal.modes;
  }

  /** Waits until all of these stand on the screen at once. */
  async shows(...wanted: readonly (string | RegExp)[]): Promise<void> {
    await this.until(
      () => wanted.every((one) => (typeof one === 'string' ? this.text().includes(one) : one.test(this.text()))),
      `to show ${wanted.map(String).join(' and ')}`,
    );
  }

  /** Waits until this stands there no more. */
  async hides(text: string): Promise<void> {
    await this.until(() => !this.text().includes(text), `to hide ${text}`);
  }

  async until(holds: () => boolean, what: string): Promise<void> {
    if (holds()) return;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#watchers.delete(look);
        reject(
          new Error(
            `waited in vain for the screen ${what}; it was:\n${this.text()}\n${this.#ended ? `(ended with ${this.#ended.code})` : ''}`,
          ),
        );
      }, patienceMs);
      const look = (): void => {
        if (!holds()) return;
        clearTimeout(timer);
        this.#watchers.delete(look);
        resolve();
      };
      this.#watchers.add(look);
    });
  }

  /** Waits until the program has written this after `from` (a length of `output`), and the emulator has taken all of it. */
  async wrote(text: string, from: number): Promise<void> {
    await this.until(() => this.output.slice(from).includes(text), `to be given ${JSON.stringify(text)}`);
    await new Promise<void>((resolve) => {
      this.#terminal.write('', resolve);
    });
  }

  /** Waits for the end of the program. */
  async ends(): Promise<Ended> {
    await this.until(() => this.#ended !== null, 'to end');
    return this.#ended ?? { code: -1, signal: 0 };
  }

  /** Bytes written while this is done. */
  async bytesOf(work: () => Promise<void>): Promise<number> {
    const before = Buffer.byteLength(this.output);
    await work();
    return Buffer.byteLength(this.output) - before;
  }

  close(): void {
    if (!this.#ended) this.#pty.kill('SIGKILL');
    this.#terminal.dispose();
  }

  #look(): void {
    for (const look of this.#watchers) look();
  }
}
