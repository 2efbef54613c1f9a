/** All worlds, in the order of the diagnoses in the contract. */
import type { World } from '../world.ts';
import { backendCrashed } from './backend-crashed.ts';
import { backendNotFound } from './backend-not-found.ts';
import { backendNotRunning } from './backend-not-running.ts';
import { backendOverloaded } from './backend-overloaded.ts';
import { backendStalled } from './backend-stalled.ts';
import { backendTls } from './backend-tls.ts';
import { hardwareSuspected } from './hardware-suspected.ts';
import { keepaliveRace } from './keepalive-race.ts';
import { networkBlocked } from './network-blocked.ts';
import { networkLoss } from './network-loss.ts';
import { nginxWorlds } from './nginx.ts';
import { noProxyErrors } from './no-proxy-errors.ts';
import { proxyBug } from './proxy-bug.ts';
import { proxyExhausted } from './proxy-exhausted.ts';
import { requestNotSent } from './request-not-sent.ts';
import { severalCauses } from './several-causes.ts';
import { undetermined } from './undetermined.ts';

export const worlds: readonly World[] = [
  ...backendNotRunning,
  ...backendOverloaded,
  ...networkBlocked,
  ...backendNotFound,
  ...hardwareSuspected,
  ...backendCrashed,
  ...backendStalled,
  ...keepaliveRace,
  ...requestNotSent,
  ...networkLoss,
  ...proxyExhausted,
  ...proxyBug,
  ...backendTls,
  ...noProxyErrors,
  ...severalCauses,
  ...undetermined,
];

export { nginxWorlds } from './nginx.ts';

export function worldNamed(name: string): World {
  const all = [...worlds, ...nginxWorlds];
  const found = all.find((world) => world.name === name);
  if (found === undefined) throw new Error(`no world ${name}; there are: ${all.map((world) => world.name).join(', ')}`);
  return found;
}
