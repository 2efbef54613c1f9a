/** The two ends of a run, from its options. What reaches another machine, or reads an archive of one, is loaded only for that. */
import type { Inputs } from '../checks/inputs.ts';
import type { Side } from '../engine/evidence.ts';
import type { Host, Hosts } from './host.ts';
import { localHost } from './local.ts';

/**
 * The proxy is this machine unless `--via proxy` says otherwise; the backend is out of reach unless `--via backend` is given. Waits
 * until the vantages have been entered and measured (or could not be: `reach()` tells).
 * @throws {UsageError} a bundle that can not be read
 */
export async function openHosts(inputs: Inputs): Promise<Hosts> {
  const proxy = inputs.bundle !== undefined ? await bundled(inputs.bundle) : inputs.via.proxy === null ? localHost('proxy') : await elsewhere('proxy', inputs.via.proxy);
  const backend = inputs.via.backend === null ? null : await elsewhere('backend', inputs.via.backend);
  await Promise.all([proxy.reach(), backend?.reach()]);
  return { proxy, backend };
}

async function bundled(file: string): Promise<Host> {
  const { bundleHost } = await import('../bundle/bundle-host.ts');
  const { readBundle } = await import('../bundle/read-bundle.ts');
  return bundleHost(await readBundle(file));
}

async function elsewhere(side: Side, prefix: readonly string[]): Promise<Host> {
  const { vantageHost } = await import('./vantage.ts');
  return vantageHost(side, prefix);
}
