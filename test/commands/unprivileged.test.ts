/** As a user without rights: what lacks a right says which, and what gives it; the diagnosis is weaker, not wrong; the plan says so before. */
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Report } from '../../src/report/schema.ts';
import { type Httpd, startHttpd, until } from '../change/httpd.ts';
import { isRoot } from '../host/network.ts';
import { root } from '../soak/measured.ts';

const possible = isRoot && process.env['PROXY_DOCTOR_LAB'] !== 'no';
const nobody = 65_534;
const setpriv = ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'];

if (possible) {
  let httpd: Httpd;
  let folder = '';
  /** The program where others can read it: a checkout may be closed to them. */
  let program = '';
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'proxy-doctor-nobody-'));
    chmodSync(folder, 0o755);
    for (const name of ['dist', 'flows', 'package.json']) cpSync(join(root, name), join(folder, 'tool', name), { recursive: true });
    copyFileSync(process.execPath, join(folder, 'node'));
    chmodSync(join(folder, 'node'), 0o755);
    program = join(folder, 'tool/dist/main.js');
    httpd = await startHttpd();
    // As Debian has it: the configuration is open, the logs belong to root and adm.
    chmodSync(httpd.folder, 0o755);
    chmodSync(httpd.config, 0o644);
    chownSync(join(httpd.folder, 'logs'), 0, 4);
    chmodSync(join(httpd.folder, 'logs'), 0o750);
    for (let index = 0; index < 5; index += 1) await new Promise((resolve) => get({ port: httpd.port, agent: false }, (answer) => answer.resume().on('end', () => resolve(null))));
    await until(() => readFileSync(join(httpd.folder, 'logs/error.log'), 'utf8').includes('AH00957'), 'the failures are in the log');
  }, 60_000);
  afterAll(async () => {
    await httpd.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  let states = 0;
  const as = (user: 'root' | 'nobody', args: readonly string[]): { status: number | null; stdout: string; stderr: string } => {
    states += 1;
    const state = join(folder, `state-${states}`);
    mkdirSync(state, { mode: 0o700 });
    if (user === 'nobody') chownSync(state, nobody, nobody);
    const [command = '', ...rest] = [...(user === 'nobody' ? setpriv : ['env']), join(folder, 'node'), program, ...args, '--state-dir', state];
    return spawnSync(command, rest, { encoding: 'utf8', cwd: '/', env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: state, NO_COLOR: '1' } });
  };
  const report = (user: 'root' | 'nobody'): Report => {
    const { stdout, stderr } = as(user, ['run', '--no-input', '--json', '--httpd', `/usr/sbin/apache2 -f ${httpd.config}`, '--allow', 'packet-capture', '--allow', 'keepalive-toggle']);
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout) as Report;
  };

  describe('as nobody', () => {
    test('each check that lacks a right is skipped with that right and the command that gives it, and the plan had said so', { timeout: 120_000 }, () => {
      const weaker = report('nobody');
      const bare = weaker.evidence.filter((one) => one.status === 'skipped' && /right|root/.test(one.summary));
      expect(bare.map((one) => one.check)).toEqual(expect.arrayContaining(['error-log', 'access-log']));
      const logs = join(httpd.folder, 'logs');
      for (const [check, file] of [['error-log', 'error.log'], ['access-log', 'access.log']] as const) {
        const one = bare.find((evidence) => evidence.check === check);
        expect([one?.summary, one?.remedy]).toEqual([
          `no right to read ${logs}/${file}: it takes root, or a member of the group adm (folder ${logs} is root:adm, mode 0750)`,
          'sudo proxy-doctor …; or once: sudo usermod -aG adm "$(id -un)", and log in again',
        ]);
      }
      // No check failed for want of a right: that would look like a finding.
      expect(weaker.evidence.filter((one) => one.status === 'failed').map((one) => `${one.check}: ${one.summary}`)).toEqual([]);
      const plan = JSON.parse(as('nobody', ['plan', '--json', '--allow', 'packet-capture', '--allow', 'keepalive-toggle']).stdout) as { steps: { check: string; lacks: { what: string; gives: string }[] }[] };
      for (const one of bare) {
        const lacks = plan.steps.filter((step) => step.check === one.check).flatMap((step) => step.lacks);
        expect({ check: one.check, lacks: lacks.length > 0, gives: lacks.every((lack) => lack.gives !== '') }).toEqual({ check: one.check, lacks: true, gives: true });
      }
    });

    test('the diagnosis is weaker than root’s, not wrong', { timeout: 120_000 }, () => {
      const [weaker, whole] = [report('nobody'), report('root')];
      expect(whole.diagnoses.map((one) => one.id)).toEqual(['backend-not-running']);
      const sure = { possible: 0, likely: 1, confirmed: 2 };
      for (const one of weaker.diagnoses) {
        expect(['backend-not-running', 'undetermined']).toContain(one.id);
        expect(sure[one.confidence]).toBeLessThanOrEqual(sure[whole.diagnoses[0]?.confidence ?? 'possible']);
      }
// Live checks may show the cause without the log; that it was not read stands with the evidence.
      expect(weaker.window.covered).not.toBe(true);
    });

    test.each<[string, readonly string[], RegExp, RegExp]>([
      ['packet-capture', [], /tcpdump may not capture on the proxy’s side: it needs root or CAP_NET_RAW/, /as root|setcap cap_net_raw/],
      ['keepalive-toggle', [], /needs root/, /sudo proxy-doctor run --allow keepalive-toggle/],
    ])('check %s', { timeout: 60_000 }, (check, more, why, remedy) => {
      const ran = as('nobody', ['check', check, '127.0.0.1:9', '--json', '--httpd', `/usr/sbin/apache2 -f ${httpd.config}`, ...more]);
      const evidence = JSON.parse(ran.stdout) as { status: string; summary: string; remedy: string };
      expect([ran.status, evidence.status]).toEqual([3, 'skipped']);
      expect(evidence.summary).toMatch(why);
      expect(evidence.remedy).toMatch(remedy);
    });

    test('a log that was named and may not be read: exit 2 at once, and the plan for it says what to do', () => {
      const log = join(httpd.folder, 'logs/error.log');
      const { status, stderr } = as('nobody', ['run', '--no-input', '--error-log', log]);
      expect([status, stderr.trim().split('\n')]).toEqual([2, [expect.stringMatching(/no right to read it\. Run as root or as a member of the group/)]]);
      expect(as('nobody', ['plan', '--error-log', log]).stdout).toMatch(/lacking here: no right to read .*error\.log: it takes root, or a member of the group adm .*; to have it: sudo proxy-doctor/);
    });
  });

  test('root lacks nothing but commands that are not there', () => {
    const plan = JSON.parse(as('root', ['plan', '--json', '--allow', 'packet-capture']).stdout) as { steps: { lacks: { what: string }[] }[] };
    expect(plan.steps.flatMap((step) => step.lacks).filter((lack) => !lack.what.endsWith('is not there'))).toEqual([]);
  });
} else {
  test('becoming another user needs root', () => expect(possible).toBe(false));
}
