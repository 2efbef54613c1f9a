/** `collect`: prints the collector, or runs it on this machine. */
import { spawn } from 'node:child_process';
import { collectScript } from '../bundle/script.ts';
import { UsageError } from '../errors.ts';
import type { Output } from './output.ts';

export interface CollectOptions {
  readonly output?: string;
  readonly script?: boolean;
  readonly errorLog?: readonly string[];
  readonly accessLog?: readonly string[];
  readonly proxyConfig?: string;
  readonly megabytes?: string;
}

/** @returns the script's own status. @throws {UsageError} */
export async function collectCommand(options: CollectOptions, io: Output): Promise<number> {
  if (options.script === true) {
    io.out(collectScript);
    return 0;
  }
  const size = options.megabytes ?? '64';
  if (!/^[1-9]\d{0,3}$/.test(size)) throw new UsageError(`--megabytes ${size}: not a size`, 'Write a whole number from 1 to 9999');
  const named = [...(options.errorLog ?? []), ...(options.accessLog ?? [])];
  const args = [
    ...(options.output === undefined ? [] : ['-o', options.output]),
    ...named.flatMap((log) => ['-l', absolute(log)]),
    ...(options.proxyConfig === undefined ? [] : ['-c', absolute(options.proxyConfig)]),
    '-m',
    size,
  ];
  // The script comes on standard input: no file of ours has to be there.
  const child = spawn('/bin/sh', ['-s', '--', ...args], { stdio: ['pipe', 'inherit', 'inherit'] });
  child.stdin.on('error', () => undefined);
  child.stdin.end(collectScript);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

function absolute(path: string): string {
  return path.startsWith('/') ? path : `${process.cwd()}/${path}`;
}
