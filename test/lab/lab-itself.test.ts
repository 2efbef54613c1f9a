/** The lab keeps its word: worlds stand apart from each other, and nothing of them stays behind, whoever died. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { node, root } from './child.ts';
import { tryRun } from './command.ts';
import { Lab } from './lab.ts';
import { clearDeadLabs } from './leftovers.ts';
import { on } from './network.ts';
import { worldNamed } from './worlds/index.ts';

const possible = process.getuid?.() === 0 && process.env.PROXY_DOCTOR_LAB !== 'no';
const namespaces = async (): Promise<string[]> => readdir('/run/netns').catch(() => []);
const alive = (pid: number): boolean => existsSync(`/proc/${pid}/ns/net`);

async function until(seen: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await seen())) await new Promise((resolve) => setTimeout(resolve, 50));
}

if (possible) {
  describe('the lab itself', () => {
    it('two worlds side by side: each httpd and each log is its own, and both go away', async () => {
      const lab = await Lab.open();
      const [down, healthy] = await Promise.all([lab.build(worldNamed('wrong-port')), lab.build(worldNamed('healthy'))]);
      const pids = [down.httpdPid ?? 0, healthy.httpdPid ?? 0];
      expect(pids.map(alive)).toEqual([true, true]);
      expect(await readFile(down.errorLog ?? '', 'utf8')).toContain('AH00957');
      expect(await readFile(healthy.errorLog ?? '', 'utf8')).not.toContain('AH00957');
      // No way out: a world has no default route.
      expect((await tryRun([...on(down.namespace('px')), 'ip', 'route', 'show', 'default'])).stdout).toBe('');
      const mine = [down, healthy].map((stage) => stage.namespace('px'));
      await lab.close();
      expect((await namespaces()).filter((name) => mine.includes(name))).toEqual([]);
      expect([pids.map(alive), existsSync(lab.folder)]).toEqual([[false, false], false]);
    });

    it('a lab that is killed is cleaned up behind it', async () => {
      const dying = spawn(node, ['--disable-warning=ExperimentalWarning', join(root, 'test/lab/cli.ts'), 'wrong-port'], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      let said = '';
      dying.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
      await until(() => said.includes('Enter or Ctrl-C'));
      const namespace = /px \(([\w-]+)\)/.exec(said)?.[1] ?? '';
      const folder = /configuration +(\S+)\/\d+-wrong-port/.exec(said)?.[1] ?? '';
      expect([(await namespaces()).includes(namespace), existsSync(folder)]).toEqual([true, true]);
      dying.kill('SIGKILL');
      await until(async () => !(await namespaces()).includes(namespace) && !existsSync(folder));
      // Nothing of it is left for the next start either.
      expect(await clearDeadLabs()).not.toContain(folder);
    });
  });
} else {
  it('the lab was left out: it needs root, and apache2, iproute2 and iptables', () => {
    expect(possible).toBe(false);
  });
}
