/** Shell completion in the real shells: words are typed, Tab is pressed, and the line is what the shell made of it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Screen } from '../terminal/screen.ts';
import { proxyDoctor } from './cli.ts';

/** What is typed after `proxy-doctor `, and what Tab makes of it. */
const completions: readonly (readonly [string, string])[] = [
  ['expl', 'explain'],
  ['flow gr', 'flow graph'],
  ['flow graph --format mer', 'flow graph --format mermaid'],
  ['report --format ht', 'report --format html'],
  ['check tcp', 'check tcp-connect'],
  ['check --err', 'check --error-log'],
  ['--allow keep', '--allow keepalive-toggle'],
  ['--no-in', '--no-input'],
  ['run mod-', 'run mod-proxy-http'],
  ['completion fi', 'completion fish'],
  ['compare px1', 'compare px1-report.json'],
  ['--error-log err', '--error-log error\\ of\\ today.log'],
  ['--state-dir fold', '--state-dir folder/'],
];

let folder = '';
const screens: Screen[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'proxy-doctor-completion-'));
  mkdirSync(join(folder, 'folder'));
  for (const name of ['px1-report.json', 'error of today.log', 'folder.txt']) writeFileSync(join(folder, name), '');
  for (const shell of ['bash', 'zsh', 'fish'])
    writeFileSync(join(folder, `.completion.${shell}`), (await proxyDoctor(['completion', shell])).stdout);
});
afterEach(() => {
  for (const screen of screens.splice(0)) screen.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A shell that waits at its prompt with the completion loaded. */
async function shell(command: string, args: readonly string[], load: string): Promise<Screen> {
  const screen = new Screen(command, args, { cwd: folder, columns: 120, env: { PS1: 'ready> ', HOME: folder } });
  screens.push(screen);
  screen.write(`${load}; PS1='loaded> '\r`);
  await screen.shows(/^loaded> /m);
  return screen;
}

/** Types it, presses Tab, and takes the line back. @returns the line as the shell completed it */
async function tab(screen: Screen, typed: string, expected: string): Promise<string> {
  screen.write(`proxy-doctor ${typed}\t`);
  await screen.shows(`loaded> proxy-doctor ${expected}`);
  const line = screen.lines().find((one) => one.startsWith('loaded> ')) ?? '';
  screen.write('\u0015\u000c');
  await screen.shows(/^loaded>\s*$/m);
  return line.trimEnd();
}

describe('bash', () => {
  test('completes words, options, their values and files', async () => {
    const screen = await shell('/bin/bash', ['--norc', '--noprofile', '-i'], 'source ./.completion.bash');
    for (const [typed, expected] of completions) expect(await tab(screen, typed, expected)).toBe(`loaded> proxy-doctor ${expected}`);
  });

  test('lists every command', async () => {
    const screen = await shell('/bin/bash', ['--norc', '--noprofile', '-i'], 'source ./.completion.bash');
    screen.write('proxy-doctor \t\t');
    await screen.shows(/\bcompletion\b/, /\brun\b/);
    const commands = ['run', 'resume', 'cases', 'report', 'compare', 'rollback', 'check', 'explain', 'plan', 'demo', 'flow', 'completion'];
    expect(screen.text().split(/\s+/)).toEqual(expect.arrayContaining(commands));
  });
});

test('zsh completes words, options, their values and files', async () => {
  const screen = await shell('/usr/bin/zsh', ['-f', '-i'], 'autoload -U compinit; compinit -u -D; source ./.completion.zsh');
  for (const [typed, expected] of completions) expect(await tab(screen, typed, expected)).toBe(`loaded> proxy-doctor ${expected}`);
});

describe('fish', () => {
  // fish says itself what it would offer for a line.
  const offered = (line: string): string[] =>
    execFileSync('/usr/bin/fish', ['--no-config', '-c', 'source ./.completion.fish; complete -C $argv[1]', `proxy-doctor ${line}`], {
      cwd: folder,
      encoding: 'utf8',
      env: { HOME: folder, PATH: '/usr/bin:/bin' },
    })
      .split('\n')
      .map((one) => one.split('\t')[0] ?? '')
      .filter((one) => one !== '');

  test.each(completions)('%s', (typed, expected) => {
    expect(offered(typed)).toEqual([(expected.split(/(?<!\\) /).at(-1) ?? '').replaceAll('\\ ', ' ')]);
  });
});
