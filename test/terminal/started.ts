/** Starts a program (the scripted wizard) in a terminal of its own, and ends what a test left running. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { bundleApp } from './bundle.ts';
import { Screen, type ScreenOptions } from './screen.ts';

export interface Starter {
  /** `script`, with its options: `overload --plain`. */
  readonly start: (script: string, options?: ScreenOptions) => Screen;
  /** The same under a shell with job control; `after` is run once the wizard has ended. */
  readonly underShell: (script: string, after?: string) => Screen;
}

export function starter(program = 'app.tsx'): Starter {
  const folder = mkdtempSync(join(tmpdir(), 'proxy-doctor-terminal-'));
  const app = join(folder, 'app.mjs');
  const screens: Screen[] = [];
  beforeAll(() => bundleApp(program, app));
  afterEach(() => {
    for (const screen of screens.splice(0)) screen.close();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const open = (command: string, args: readonly string[], options: ScreenOptions = {}): Screen => {
    const screen = new Screen(command, args, { cwd: folder, ...options });
    screens.push(screen);
    return screen;
  };
  return {
    start: (script, options) => open(process.execPath, [app, ...script.split(' ')], options),
    underShell: (script, after = '') => {
      const shell = open('/bin/bash', ['--norc', '--noprofile', '-i'], {
        env: { PS1: 'shell> ', APP: `${process.execPath} ${app} ${script}` },
      });
      shell.write(`stty -a | grep -o '.icanon\\|.echo\\b' | tr '\\n' ' '; $APP${after === '' ? '' : `; ${after}`}\r`);
      return shell;
    },
  };
}
