/** Files that would like to be more than they are: huge, deep, endless, links to elsewhere, planted by others. */
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isRoot } from '../host/network.ts';
import { measured, program } from '../soak/measured.ts';
import { traced } from '../soak/trace.ts';
import { rehearsal, start, stateIn, temporaryFolder } from './rehearsal.ts';

/** YAML that grows by a factor of nine with each line. */
const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]', ...[...'bcdefghij'].map((name, index) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcdefghij'[index]}`).join(',')}]`)].join('\n');
const hundred = 100_000_000;

describe('a flow, its diagnoses and an answers file are refused fast, with the line:', () => {
  const files: readonly [string, string | Buffer, RegExp][] = [
    ['100 MB on one line', Buffer.alloc(hundred, 'a'), /:1: the file goes on here beyond the \d+ bytes that it may have\./],
    ['100 MB of lines', Buffer.alloc(hundred, 'key: value 1\n'), /:\d{5,}: the file goes on here beyond the \d+ bytes that it may have\./],
    ['a bomb of aliases', bomb, /:5:11: aliases stand for more than \d+ values/],
    ['200,000 levels', '['.repeat(200_000), /:1:40: the file nests more than 40 levels deep/],
    ['a key of every object', 'answers:\n  __proto__: x\n', /:2:3: __proto__ can not be a key/],
    ['keys of a prototype', 'answers: &x\n  when: y\nconstructor: {prototype: {polluted: yes}}\n', /:\d+:\d+: /],
    ['a second document', 'flow: mod-proxy-http\n---\nflow: other\n', /:[23]:\d+: /],
    ['a tag that makes objects', 'flow: !!js/function "function () {}"\n', /:1:\d+: /],
  ];
  test.each(files)('%s', { timeout: 60_000 }, async (_name, content, expected) => {
    const folder = temporaryFolder();
    const flow = join(folder, 'flow');
    mkdirSync(flow);
    writeFileSync(join(folder, 'file.yaml'), content);
    for (const name of ['flow.yaml', 'diagnoses.yaml']) writeFileSync(join(flow, name), name === 'flow.yaml' ? readFileSync(join(import.meta.dirname, '../../flows/mod-proxy-http/flow.yaml')) : content);
    const state = ['--state-dir', stateIn(folder, 'state')];
    for (const args of [
      ['run', '--no-input', '--answers', join(folder, 'file.yaml'), ...state],
      ['run', '--no-input', join(folder, 'file.yaml'), ...state],
      ['run', '--no-input', flow, ...state],
    ]) {
      const ran = await measured(args);
      expect([ran.status, ran.stderr.trim().split('\n').length]).toEqual([2, 1]);
      expect(ran.stderr).toMatch(expected);
      // Fast, whatever the machine is doing: nearly all of it was not even read.
      expect(ran.bytesRead).toBeLessThan(20_000_000);
      expect(ran.peakBytes).toBeLessThan(250_000_000);
    }
    const lint = await measured(['flow', 'lint', flow]);
    const inLint = new RegExp(expected.source.replace(': ', ': (?:error: )?'));
    expect([lint.status === 2 || lint.status === 3, inLint.test(lint.stderr + lint.stdout)]).toEqual([true, true]);
    expect(existsSync(join(folder, 'state/cases'))).toBe(false);
  });

  test.each([[['run', '--no-input', '--answers', '/dev/zero']], [['run', '--no-input', '/dev/zero']], [['flow', 'lint', '/dev/zero']]])('a device without an end: %s', { timeout: 30_000 }, async (args) => {
    const ran = await measured(args);
    expect(ran.status).toBe(2);
    expect(ran.stderr + ran.stdout).toMatch(/\/dev\/zero:1: .*beyond the \d+ bytes/);
  });
});

test('a journal whose lines do not fit together: resume and report say which, and do not crash', { timeout: 60_000 }, async () => {
  const { options, folder } = await rehearsal();
  const state = stateIn(folder, 'state');
  await start(['run', ...options, '--skip', 'tcp-connect', '--no-input', '--state-dir', state]).ended;
  const [id = ''] = readdirSync(join(state, 'cases'));
  const path = join(state, 'cases', id, 'journal.jsonl');
  writeFileSync(path, readFileSync(path, 'utf8').replaceAll('"id":"e2"', '"id":"e1"'));
  for (const args of [['resume', '--no-input'], ['report'], ['report', '--verify']]) {
    const { status, stderr } = await start([...args, '--state-dir', state]).ended;
    expect([args[0], status]).toEqual([args[0], 1]);
    expect(stderr.trim().split('\n')).toEqual([expect.stringMatching(/the journal of case \S+ does not hold together: line \d+ does not fit what stands before it: .*e1/)]);
  }
});

describe('a report or an answers file that is written', () => {
  const report = async (target: string, option = '--report'): Promise<void> => {
    const { options, folder } = await rehearsal();
    const { status, stderr } = await start(['run', ...options, '--skip', 'tcp-connect', '--no-input', option, target, '--state-dir', stateIn(folder, 'state')]).ended;
    expect([status === 0 || status === 3, stderr]).toEqual([true, expect.not.stringContaining('could not be written')]);
  };

  test.each([['--report', 'r.html'], ['--report', 'r.json'], ['--record', 'answers.yaml']])('%s %s over a link that somebody planted: the link goes, what it leads to stays', { timeout: 60_000 }, async (option, name) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'victim'), 'as before', { mode: 0o644 });
    symlinkSync(join(folder, 'victim'), join(folder, name));
    await report(join(folder, name), option);
    expect(readFileSync(join(folder, 'victim'), 'utf8')).toBe('as before');
    expect([lstatSync(join(folder, name)).isFile(), statSync(join(folder, name)).mode & 0o777]).toEqual([true, 0o600]);
  });

  test('over a file that others can read: it is this user’s alone afterwards', { timeout: 60_000 }, async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'r.md'), 'old');
    chmodSync(join(folder, 'r.md'), 0o666);
    await report(join(folder, 'r.md'));
    expect(statSync(join(folder, 'r.md')).mode & 0o777).toBe(0o600);
  });
});

if (isRoot && process.env['PROXY_DOCTOR_LAB'] !== 'no') {
  test('a log and a configuration behind links: they are read, and a run writes its case and nothing else, and reaches the backend and nobody else', { timeout: 120_000 }, async () => {
    const { options, folder } = await rehearsal();
    const links = join(folder, 'links');
    mkdirSync(links);
    for (const name of ['error.log', 'access.log', 'httpd.conf']) symlinkSync(join(folder, name), join(links, name));
    const state = stateIn(folder, 'state');
    const before = ['error.log', 'access.log', 'httpd.conf'].map((name) => readFileSync(join(folder, name), 'utf8'));
    const through = options.map((word) => (word.startsWith(folder) ? word.replace(folder, links) : word));
    const ran = await traced([process.execPath, program, 'run', ...through, '--no-input', '--report', join(folder, 'r.html'), '--state-dir', state]);
    expect([ran.status, ran.stdout.includes('backend-not-running')]).toEqual([0, true]);
    const own = (path: string): boolean => path === state || path.startsWith(`${state}/`) || path.startsWith(join(folder, 'r.html'));
    expect(ran.written.filter((path) => !own(path))).toEqual([]);
    expect(['error.log', 'access.log', 'httpd.conf'].map((name) => readFileSync(join(folder, name), 'utf8'))).toEqual(before);
    // No telemetry, no update check: the backend that was named is all that it speaks to.
    const backend = options[options.indexOf('--backend') + 1];
    // Port 0: a socket that only asks the kernel for a way, as getaddrinfo(3) does.
    expect(ran.reached.filter((address) => !address.endsWith(':0'))).toEqual([backend]);
  });

  test.each([[['cases']], [['flow', 'lint']], [['explain', 'x']], [['plan']], [['--version']], [['check', '--list']]])('%s reaches nobody', { timeout: 30_000 }, async (args) => {
    const { reached } = await traced([process.execPath, program, ...args], { env: { XDG_STATE_HOME: temporaryFolder(onTestFinished) } });
    expect(reached).toEqual([]);
  });
}
