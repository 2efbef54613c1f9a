/** A world that has been built: its hosts, programs and httpd, standing until `remove`. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { child, type Child } from './child.ts';
import { run } from './command.ts';
import { makeCertificates } from './certificates.ts';
import { listenPort, playVersion, reload, render, start, writeFiles, type Rendered } from './httpd.ts';
import { removeNamespaces } from './leftovers.ts';
import { renderNginx, startNginx } from './nginx.ts';
import { addressOf, hostsOf, makeNetwork, on, useNameServer } from './network.ts';
import type { Seen } from './programs/client.ts';
import { ago, stretchAccessLog, stretchErrorLog, type Segment } from './stretch.ts';
import { tracesOf, type Traces } from './traces.ts';
import type { Backend, Fault, HostName, Scene, Traffic, When, World } from './world.ts';

/** Of every world. */
export const nameServer = '127.0.0.53';

export class Stage {
  readonly world: World;
  readonly folder: string;
  /** The built proxy-doctor that is tried in this world. */
  readonly tool: string;
  readonly #prefix: string;
  readonly #children = new Map<string, Child>();
  readonly #segments: { begin: number; end: number; when: When | null }[] = [];
  readonly #statuses: Record<string, number> = {};
  #rendered: Rendered | null = null;
  #pid: number | null = null;
  #lastTraffic = Date.now();

  /** `prefix`: what the names of this world's namespaces begin with. */
  constructor(world: World, folder: string, prefix: string, tool: string) {
    this.world = world;
    this.folder = folder;
    this.#prefix = prefix;
    this.tool = tool;
  }

  namespace(host: HostName): string {
    return `${this.#prefix}${host}`;
  }

  /** Answers of all clients so far, by status. */
  get statuses(): Readonly<Record<string, number>> {
    return this.#statuses;
  }

  get errorLog(): string | null {
    return this.#rendered?.errorLog ?? null;
  }

  get accessLog(): string | null {
    return this.#rendered?.accessLog ?? null;
  }

  /** Since the clients' last request. */
  get quietSeconds(): number {
    return (Date.now() - this.#lastTraffic) / 1000;
  }

  get mainConfig(): string {
    return this.#rendered?.main ?? '';
  }

  get httpdPid(): number | null {
    return this.#pid;
  }

  traces(): Promise<Traces> {
    return tracesOf(
      this.folder,
      hostsOf(this.world.network).map((host) => this.namespace(host)),
    );
  }

  /** Puts in what a world's text leaves open: `{app}`, `{app.host}`, `{app.port}`, `{folder}`. */
  fill(text: string): string {
    const { backends, network } = this.world;
    const known = new Map<string, string>([['folder', this.folder]]);
    for (const { name, on: host, port, socket } of backends) {
      const address = addressOf(network, host);
      known.set(name, socket === undefined ? `${address}:${port}` : `unix:${socket.replace('{folder}', this.folder)}`).set(`${name}.host`, address).set(`${name}.port`, String(port));
    }
    return text.replace(/\{([\w.-]+)\}/g, (all, name: string) => known.get(name) ?? all);
  }

  async build(): Promise<void> {
    const { world } = this;
    await mkdir(this.folder, { recursive: true });
    await makeNetwork(world.network, (host) => this.namespace(host));
    const everywhere = hostsOf(world.network);
    // Files of the name server are read when a program starts, so they come first. Without names, every name is unknown.
    for (const host of everywhere) await useNameServer(this.namespace(host), nameServer);
    if (world.backends.some((backend) => backend.plan?.tls !== undefined)) {
      await makeCertificates(join(this.folder, 'tls'), addressOf(world.network, 'be'));
    }
    await Promise.all([
      this.#startNames(),
      ...world.backends.filter((backend) => backend.runs !== false).map((backend) => this.#startBackend(backend)),
    ]);
    for (const fault of world.faults ?? []) await this.#apply(fault, fault.make);
    this.#rendered = this.#render(this.#stretches);
    await writeFiles(this.#rendered, this.folder);
    const px = on(this.namespace('px'));
    this.#pid =
      world.proxy === 'nginx'
        ? await startNginx(px, this.#rendered, this.folder)
        : await start(px, this.#rendered, this.folder, world.httpd.openFiles);
    await this.#play(world.story);
    if (this.#stretches) await this.#stretch();
    const { plays } = world.httpd;
    if (plays !== undefined) {
      const asSaid = render({ ...world.httpd, site: plays.site }, this.folder, (text) => this.fill(text), false);
      await playVersion(this.#rendered, asSaid, this.folder, plays.version);
    }
  }

  async remove(): Promise<void> {
    await removeNamespaces(this.#prefix);
    await Promise.all([...this.#children.values()].map((one) => one.ended));
  }

  /** Clients that ask the proxy until they are done, or until the signal says it is enough. */
  async traffic(traffic: Traffic, signal?: AbortSignal): Promise<void> {
    const task = { address: '127.0.0.1', port: listenPort, traffic };
    const clients = child('client', on(this.namespace('px')), task);
    signal?.addEventListener('abort', () => clients.endInput());
    const { exitCode, stdout, stderr } = await clients.ended;
    this.#lastTraffic = Date.now();
    if (exitCode !== 0) throw new Error(`${this.world.name}: the clients failed: ${stderr}`);
    const seen = JSON.parse(stdout) as Seen;
    for (const [status, count] of Object.entries(seen.statuses)) this.#statuses[status] = (this.#statuses[status] ?? 0) + count;
  }

  get #stretches(): boolean {
    const moved = (scene: Scene): boolean => 'when' in scene && scene.when !== undefined;
    return this.world.story.some(moved);
  }

  #render(marked: boolean): Rendered {
    const fill = (text: string): string => this.fill(text);
    if (this.world.proxy === 'nginx') return renderNginx(this.world.httpd, this.folder, fill);
    return render(this.world.httpd, this.folder, fill, marked);
  }

  async #startNames(): Promise<void> {
    const names = Object.entries(this.world.names ?? {}).map(([name, answer]) => [
      name.toLowerCase(),
      typeof answer === 'string' ? answer : answer.map((one) => this.fill(one)),
    ]);
    const task = { address: nameServer, names: Object.fromEntries(names) as unknown };
    await this.#startChild('names', child('names', on(this.namespace('px')), task));
  }

  async #startBackend(backend: Backend): Promise<void> {
    const dies = backend.plan?.rules?.some((rule) => rule.deed.do === 'die') ?? false;
    await this.#startChild(backend.name, this.#backendProgram(backend, false));
    if (dies) await this.#replaceWhenDead(backend);
  }

  /** One that dies with a request is replaced at once, as a service manager with a process in reserve would. */
  async #replaceWhenDead(backend: Backend): Promise<void> {
    const spare = this.#backendProgram(backend, true);
    await spare.ready;
    this.#children.set(`${backend.name}, in reserve`, spare);
    const program = this.#children.get(backend.name);
    void program?.ended.then(({ exitCode }) => {
      if (exitCode !== 70 || this.#children.get(backend.name) !== program) return;
      spare.tell();
      this.#children.set(backend.name, spare);
      this.#replaceWhenDead(backend).catch(() => {});
    });
  }

  #backendProgram(backend: Backend, spare: boolean): Child {
    const plan = backend.plan ?? {};
    const file = (name: string): string => join(this.folder, 'tls', name);
    const certificate = plan.tls?.certificate;
    return child('backend', on(this.namespace(backend.on)), {
      port: backend.port,
      address: backend.binds ?? '0.0.0.0',
      socket: backend.socket === undefined ? null : this.fill(backend.socket),
      plan,
      spare,
      tls: certificate === undefined ? null : { key: file('key.pem'), cert: file(`${certificate}.pem`), ca: file('ca.pem') },
    });
  }

  async #startChild(name: string, program: Child): Promise<void> {
    this.#children.set(name, program);
    await program.ready;
  }

  async #apply(fault: Fault, calls: readonly (readonly string[])[]): Promise<void> {
    for (const call of calls) await run([...on(this.namespace(fault.on)), ...call.map((word) => this.fill(word))]);
  }

  #backend(name: string): Backend {
    const found = this.world.backends.find((backend) => backend.name === name);
    if (found === undefined) throw new Error(`${this.world.name}: no backend ${name}`);
    return found;
  }

  async #play(story: readonly Scene[], timed = true): Promise<void> {
    for (const scene of story) {
      const begin = Date.now();
      await this.#scene(scene);
      if (timed && (scene.do === 'traffic' || scene.do === 'together')) {
        this.#segments.push({ begin, end: Date.now(), when: scene.when ?? null });
      }
    }
  }

  async #scene(scene: Scene): Promise<void> {
    switch (scene.do) {
      case 'traffic':
        return this.traffic(scene.traffic);
      case 'fault':
        return this.#apply(scene.fault, scene.fault.make);
      case 'heal':
        return this.#apply(scene.fault, scene.fault.heal ?? []);
      case 'start':
        return this.#startBackend(this.#backend(scene.backend));
      case 'stop': {
        const program = this.#children.get(this.#backend(scene.backend).name);
        this.#children.delete(scene.backend);
        return program?.stop();
      }
      case 'idle':
        return new Promise((resolve) => {
          setTimeout(resolve, scene.seconds * 1000);
        });
      case 'together':
        await Promise.all(scene.stories.map((story) => this.#play(story, false)));
        return undefined;
    }
  }

  /** Gives httpd its real log format, then moves the times of what it wrote. */
  async #stretch(): Promise<void> {
    const rendered = this.#render(false);
    this.#rendered = rendered;
    const { errorLog, accessLog } = rendered;
    await writeFiles(rendered, this.folder);
    await reload(on(this.namespace('px')), rendered);
    const now = Date.now();
    const segments: Segment[] = this.#segments.map(({ begin, end, when }) => ({
      begin,
      end,
      from: when === null ? begin : now - ago(when.from),
      to: when === null ? end : now - ago(when.to),
    }));
    const access = stretchAccessLog(accessLog === null ? '' : await readFile(accessLog, 'utf8'), segments);
    // In place: httpd goes on writing to these files.
    if (accessLog !== null) await writeFile(accessLog, access.text);
    if (errorLog === null) return;
    const text = await readFile(errorLog, 'utf8');
    // The lab's own reload is no part of the history.
    const reloads = /AH00493|SIGUSR1|resuming normal operations|AH00094/;
    const start = text.split('\n').findLastIndex((line) => line.includes('AH00493'));
    let line = -1;
    const drop = (one: string): boolean => {
      line += 1;
      return start !== -1 && line >= start && reloads.test(one);
    };
    await writeFile(errorLog, stretchErrorLog(text, access.requests, segments, drop));
  }
}
