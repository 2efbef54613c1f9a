/** What counters of interfaces and retransmissions say. Pure. */
import type { Classified } from '../check.ts';
import { visible } from '../../visible.ts';
import type { InterfaceErrorsFacts } from './facts.ts';

export const outcomes = {
  errors: 'An interface on the way shows faults',
  retransmissions: 'The interfaces are clean, but many segments to the backend had to be sent again',
  clean: 'Neither faults nor many retransmissions',
};
export type Outcome = keyof typeof outcomes;

type Device = InterfaceErrorsFacts['devices'][number];

/** Old totals alone are no fault; beyond this share of all packets, and this number, the link has never been sound. */
const chronicShare = 1e-3;
const chronicErrors = 100;
/** On a path within one network less than one segment in a thousand is sent twice; one in a hundred is felt. */
const lossShare = 0.01;
const lossCount = 3;
/** The whole machine's count includes clients far away, with whom a few per cent are usual. */
const anyLossShare = 0.05;
const anyLossCount = 20;

export function classify(facts: InterfaceErrorsFacts): Classified<Outcome> {
  const { outcome, summary } = judge(facts);
  return { outcome, summary: visible(`${summary}${notReadText(facts)}`) };
}

function notReadText({ toBackend }: InterfaceErrorsFacts): string {
  const count = toBackend?.notRead ?? 0;
  return count === 0 ? '' : `; ${count} ${count === 1 ? 'connection waits' : 'connections wait'} for the backend to read what was sent (its receive window is closed)`;
}

function judge(facts: InterfaceErrorsFacts): Classified<Outcome> {
  const { devices, kernelMessages, toBackend, loopback } = facts;
  const told = [...devices.flatMap(faultsOf), ...kernelMessages.slice(-1).map((message) => `the kernel says: ${message}`)];
  if (!loopback && told.length > 0) return { outcome: 'errors', summary: told.join('; ') };
  const losses = lossesOf(facts);
  if (!loopback && losses !== null) return { outcome: 'retransmissions', summary: losses };
  if (loopback) return { outcome: 'clean', summary: 'The backend is on this machine: its packets cross no interface' };
  const names = devices.map((one) => `${one.name} (${one.side})`).join(', ');
  const sent =
    toBackend === null || toBackend.connections === 0
      ? ''
      : `; ${toBackend.retransmitted} of ${toBackend.sent} segments to the backend sent again`;
  return { outcome: 'clean', summary: `No faults on ${names} while looking, ${totals(devices)} since the interface came up${sent}` };
}

function faultsOf(device: Device): readonly string[] {
  const { name, side, faultsGrewBy, overMs, rxErrors, txErrors, rxPackets, txPackets, duplex, speedMbit, state, driver } = device;
  const where = `${name} on the ${side}'s side`;
  const found: string[] = [];
  if (faultsGrewBy > 0) found.push(`${where}: ${faultsGrewBy} errors or carrier changes within ${(overMs / 1000).toFixed(1)} s`);
  const errors = rxErrors + txErrors;
  if (errors >= chronicErrors && errors / Math.max(1, rxPackets + txPackets) >= chronicShare) {
    found.push(`${where}: ${errors} errors in ${rxPackets + txPackets} packets`);
  }
  // Half duplex on a wire of today is a failed negotiation with the switch.
  if (duplex === 'half')
    found.push(`${where}: half duplex${speedMbit === null ? '' : ` at ${speedMbit} Mbit/s`}, so the two ends of the cable do not agree`);
  if (state === 'DOWN' || state === 'LOWERLAYERDOWN') found.push(`${where}: it is down`);
  const crc = Object.entries(driver).filter(([counter]) => /crc|err/i.test(counter));
  if (faultsGrewBy === 0 && crc.length > 0)
    found.push(`${where}: ${crc.map(([counter, rose]) => `${counter} rose by ${rose}`).join(', ')}`);
  return found;
}

function lossesOf({ toBackend, fromBackend, retransmissions }: InterfaceErrorsFacts): string | null {
  for (const [losses, way] of [
    [toBackend, 'to the backend'],
    [fromBackend, 'from the backend'],
  ] as const) {
    if (losses === null || losses.retransmitted < lossCount || losses.retransmitted < lossShare * losses.sent) continue;
    const { retransmitted, sent, connections } = losses;
    return `Of ${sent} segments ${way} (${connections} connections) ${retransmitted} had to be sent again (${percent(retransmitted / Math.max(1, sent))})`;
  }
  for (const { side, grewBy } of retransmissions) {
    if (grewBy !== undefined && grewBy.retransmitted >= anyLossCount && grewBy.retransmitted >= anyLossShare * grewBy.sent) {
      return `While looking, ${grewBy.retransmitted} of ${grewBy.sent} segments that the ${side}'s side sent (to anybody) were sent again (${percent(grewBy.retransmitted / Math.max(1, grewBy.sent))})`;
    }
  }
  return null;
}

function totals(devices: readonly Device[]): string {
  const sum = (of: (device: Device) => number) => devices.reduce((total, device) => total + of(device), 0);
  const changes = devices.map((one) => one.carrierChanges).filter((one) => one !== null);
  return `${sum((one) => one.rxErrors + one.txErrors)} errors, ${sum((one) => one.rxDropped + one.txDropped)} drops${changes.length === 0 ? '' : `, ${changes.reduce((total, one) => total + one, 0)} carrier changes`}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}
