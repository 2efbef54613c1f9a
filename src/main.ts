#!/usr/bin/env node
/**
 * Reads the command line and loads only the command that was asked for. Node 20 lacks a few methods that the libraries use; they
 * are added before anything else is loaded, and only there.
 */
if (typeof Set.prototype.union !== 'function') await import('./polyfill.ts');
const { main } = await import('./command-line.ts');
await main(process.argv.slice(2));
