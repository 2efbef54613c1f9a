/**
 * Do packets as large as the device allows get through whole? A path that swallows them without a word (an ICMP "fragmentation needed"
 * that a filter drops) lets connects and small answers pass and stalls on large ones.
 */
import type { Echo } from './echo.ts';
import type { ReachabilityFacts } from './facts.ts';

/** Usual sizes below: Ethernet, tunnels, the least that IPv6 asks for, the least that every IPv4 host takes. */
const sizes = [1500, 1460, 1400, 1280, 1006, 576];
/** A large packet counts as swallowed when so many in a row get no answer. */
const tries = 3;

export async function pathMtu(echo: Echo, address: string, device: number | null): Promise<ReachabilityFacts['pathMtu']> {
  if (device === null) return null;
  const largest = await echo.send(address, 1, device);
  if (largest === null) return null;
  if (largest.received > 0) return { bytes: device, device, hole: false };
  if (largest.mtu !== null && largest.mtu < device) return { bytes: largest.mtu, device, hole: false };
  const again = await echo.send(address, tries - 1, device);
  if (again === null) return null;
  if (again.received > 0) return { bytes: device, device, hole: false };
  // The path told of its size in the meantime: that is how it should be.
  if (again.mtu !== null && again.mtu < device) return { bytes: again.mtu, device, hole: false };
  for (const bytes of sizes.filter((size) => size < device)) {
    const smaller = await echo.send(address, 1, bytes);
    if (smaller !== null && smaller.received > 0) return { bytes, device, hole: true };
  }
  // Not even small ones that may not be fragmented: the test says nothing.
  return { bytes: null, device, hole: null };
}
