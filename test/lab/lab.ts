/** The lab of one process: builds worlds, several side by side, and takes them away whatever happens. */
import { randomBytes } from 'node:crypto';
import { spawn } from 'node:child_process';
import { chmod, cp, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { node, root } from './child.ts';
import { clear, clearDeadLabs, folderPrefix, sign } from './leftovers.ts';
import { Stage } from './stage.ts';
import type { World } from './world.ts';

export class Lab {
  readonly folder: string;
  readonly #prefix: string;
  readonly #endJanitor: () => void;
  readonly #stages = new Set<Stage>();
  #built = 0;

  private constructor(folder: string, prefix: string, endJanitor: () => void) {
    this.folder = folder;
    this.#prefix = prefix;
    this.#endJanitor = endJanitor;
  }

  /** Opens a lab; clears first what dead ones left. Needs root, ip and apache2. */
  static async open(): Promise<Lab> {
    await clearDeadLabs();
    const folder = await mkdtemp(join(tmpdir(), folderPrefix));
    // httpd's children run as another user and the tool may, too.
    await chmod(folder, 0o755);
    // One build for all worlds of this lab, also when it is built anew meanwhile.
    for (const name of ['dist', 'flows', 'package.json']) await cp(join(root, name), join(folder, 'tool', name), { recursive: true });
    const prefix = `pdlab${process.pid}${randomBytes(2).toString('hex')}-`;
    await sign(folder, prefix);
    const file = join(import.meta.dirname, 'programs/janitor.ts');
    const janitor = spawn(node, ['--disable-warning=ExperimentalWarning', file, folder], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    janitor.unref();
    return new Lab(folder, prefix, () => janitor.stdin.end());
  }

  /** Builds a world and plays its story. Removes it again where that fails. */
  async build(world: World): Promise<Stage> {
    this.#built += 1;
    const stage = new Stage(
      world,
      join(this.folder, `${this.#built}-${world.name}`),
      `${this.#prefix}${this.#built}-`,
      join(this.folder, 'tool/dist/main.js'),
    );
    this.#stages.add(stage);
    try {
      await stage.build();
    } catch (error) {
      await this.remove(stage);
      throw new Error(`world ${world.name} could not be built`, { cause: error });
    }
    return stage;
  }

  async remove(stage: Stage): Promise<void> {
    this.#stages.delete(stage);
    await stage.remove();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#stages].map((stage) => this.remove(stage)));
    await clear(this.folder);
    this.#endJanitor();
  }
}
