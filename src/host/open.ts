/** The two ends of a run, from its options. */
import { bundleHost } from '../bundle/bundle-host.ts';
import { readBundle } from '../bundle/read-bundle.ts';
import type { Inputs } from '../checks/inputs.ts';
import type { Host, Hosts } from './host.ts';
import { localHost } from './local.ts';
import { vantageHost } from './vantage.ts';

/**
 * The proxy is this machine unless `--via proxy` says otherwise; the backend is out of reach unless `--via backend` is given. Waits
 * until the vantages have been entered and measured (or could not be: `reach()` tells).
 * @throws {UsageError} a bundle that can not be read
 */
export async function openHosts(inputs: Inputs): Promise<Hosts> {
  const proxy: Host = inputs.bundle !== undefined ? bundleHost(await readBundle(inputs.bundle)) : inputs.via.proxy === null ? localHost('proxy') : vantageHost('proxy', inputs.via.proxy);
  const backend: Host | null = inputs.via.backend === null ? null : vantageHost('backend', inputs.via.backend);
  await Promise.all([proxy.reach(), backend?.reach()]);
  return { proxy, backend };
}
