/** This machine, this network namespace. */
import { constants } from 'node:fs';
import fs from 'node:fs/promises';
import { lookup } from 'node:dns/promises';
import path from 'node:path';
import type { Side } from '../engine/evidence.ts';
import type { Host } from './host.ts';
import { localFiles } from './local-files.ts';
import { openLocalFile } from './open-file.ts';
import { connectOnce } from './local-connect.ts';
import { scheduleConnects } from './connect-schedule.ts';
import { connectManyWith } from './connect-tools.ts';
import { runProcess } from './process.ts';
import { searchFolders } from './search-path.ts';

export interface LocalOptions {
  /** Milliseconds since the epoch; for tests and replays. */
  readonly now?: () => number;
  readonly zoneOffset?: (at: number) => number;
}

export function localHost(side: Side, options: LocalOptions = {}): Host {
  const folders = searchFolders(process.env['PATH']);
  const environment = { LC_ALL: 'C', LANGUAGE: '', PATH: folders.join(':') };
  const found = new Map<string, Promise<boolean>>();
  const run: Host['run'] = (argv, commandOptions) => runProcess(argv, commandOptions, environment);
  const has: Host['has'] = (command) => {
    let answer = found.get(command);
    if (answer === undefined) {
      answer = isThere(command, folders);
      found.set(command, answer);
    }
    return answer;
  };
  const connectMany: Host['connectMany'] = async (attempts, plan) => {
    // Another user's connects need a process of that user.
    if (plan.user !== undefined) return connectManyWith({ run, has }, attempts, plan);
    return {
      how: 'sockets of this process',
      leavesTimeWait: false,
      results: scheduleConnects(attempts, plan, (attempt, signal) => connectOnce(attempt, plan.timeoutMs, signal)),
      commands: () => [],
    };
  };
  return {
    side,
    vantage: [],
    reach: () => Promise.resolve({ ok: true }),
    now: options.now ?? Date.now,
    zoneOffset: options.zoneOffset ?? ((at) => 0 - new Date(at).getTimezoneOffset()),
    run,
    has,
    ...localFiles,
    openFile: openLocalFile,
    // getaddrinfo(3) as httpd asks it (apr_sockaddr_info_get): hosts file, nsswitch and search domains count, DNS alone does not.
    resolve: async (name) => {
      const startedAt = performance.now();
      const how = 'getaddrinfo';
      try {
        const answers = await lookup(name, { all: true, verbatim: true });
        return { addresses: [...new Set(answers.map((answer) => answer.address))], code: null, durationMs: since(startedAt), how };
      } catch (error) {
        return { addresses: [], code: codeOf(error) ?? 'EAI_FAIL', durationMs: since(startedAt), how };
      }
    },
    connect: async (address, port, { timeoutMs, lingerMs, signal }) => ({
      ...(await connectOnce({ address, port, ...(lingerMs === undefined ? {} : { lingerMs }) }, timeoutMs, signal)),
      command: null,
    }),
    connectMany,
  };
}

async function isThere(command: string, folders: readonly string[]): Promise<boolean> {
  const candidates = command.includes('/') ? [command] : folders.map((folder) => path.join(folder, command));
  for (const candidate of candidates) {
    try {
      await fs.access(candidate, constants.X_OK);
      if ((await fs.stat(candidate)).isFile()) return true;
    } catch {
      // Not in this folder.
    }
  }
  return false;
}

function since(startedAt: number): number {
  return Math.round(performance.now() - startedAt);
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}
