#!/usr/bin/env node
/**
 * Reads the command line and loads only the command that was asked for. Node 20 lacks a few methods that the libraries use; they
 * are added before anything else is loaded, and only there. Old versions of Node can read this file and say that they are too old.
 */
import { tooOldNode } from './node-version.ts';

const complaint = tooOldNode(process.versions.node);
if (complaint === null) void start();
else {
  process.exitCode = 1;
  process.stderr.write(`${complaint}\n`);
}

async function start(): Promise<void> {
  if (typeof Set.prototype.union !== 'function') await import('./polyfill.ts');
  // The single executable has no other file to start the supervisor of a change from.
  if (process.argv[2] === 'supervise-change') return void (await import('./change/supervisor.ts'));
  const { main } = await import('./command-line.ts');
  await main(process.argv.slice(2));
}
