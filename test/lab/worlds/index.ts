/** All worlds, in the order of the diagnoses in the contract. */
import type { World } from '../world.ts';
import { backendCrashed } from './backend-crashed.ts';
import { backendNotFound } from './backend-not-found.ts';
import { backendNotRunning } from './backend-not-running.ts';
import { backendStalled } from './backend-stalled.ts';
import { noProxyErrors } from './no-proxy-errors.ts';

export const worlds: readonly World[] = [...backendNotRunning, ...backendNotFound, ...backendCrashed, ...backendStalled, ...noProxyErrors];

export function worldNamed(name: string): World {
  const found = worlds.find((world) => world.name === name);
  if (found === undefined) throw new Error(`no world ${name}; there are: ${worlds.map((world) => world.name).join(', ')}`);
  return found;
}
