import { visible } from '../../visible.ts';
import type { Classified } from '../check.ts';
import { count, plural } from '../logs/words.ts';
import type { ProxyResourcesFacts } from './facts.ts';

export type ProxyResourcesOutcome = 'at-limit' | 'near-limit' | 'within-limits';

/**
 * Shares of a limit. What is counted is one moment: ports and descriptors come and go within milliseconds, so a resource that is nearly
 * used up when it is looked at was used up a moment before or will be. Fewer than one in twenty left is taken for that.
 */
export const atLimitShare = 0.95;
/** Four fifths: a burst of a quarter more than now reaches the limit. */
export const nearLimitShare = 0.8;
/** The request for the status page holds one worker itself, and idle ones may be about to end: so near to the limit none is free. */
export const workersAtLimitShare = 0.98;

type Standing = 'at' | 'near' | 'within';

interface Judged {
  readonly standing: Standing;
  readonly text: string;
}

export function classify(facts: ProxyResourcesFacts): Classified<ProxyResourcesOutcome> {
  const judged = [...judge(facts)];
  const at = judged.filter((one) => one.standing === 'at');
  const near = judged.filter((one) => one.standing === 'near');
  const gaps = facts.missing.length === 0 ? '' : `; not looked at: ${plural(facts.missing.length, 'limit')}`;
  if (at.length > 0) return { outcome: 'at-limit', summary: visible(`the proxy is at a limit of its own: ${texts(at)}${gaps}`) };
  if (near.length > 0) return { outcome: 'near-limit', summary: visible(`the proxy is near a limit of its own: ${texts(near)}${gaps}`) };
  return { outcome: 'within-limits', summary: visible(`${texts(judged)}${gaps}`) };
}

function* judge(facts: ProxyResourcesFacts): Generator<Judged> {
  const { localPorts, descriptors, systemDescriptors, conntrack, workers, acceptQueue } = facts;
  if (localPorts !== null) {
    const held = localPorts.timeWaitReused === true ? localPorts.used - localPorts.timeWait : localPorts.used;
    const towards = localPorts.destination === null ? '' : ` towards ${localPorts.destination}`;
    const waiting = localPorts.timeWait > 0 ? `, ${localPorts.timeWait} of them in TIME_WAIT` : '';
    yield { standing: standing(held, localPorts.limit), text: `${count(localPorts.used)} of ${count(localPorts.limit)} local ports${towards}${waiting}` };
  }
  if (descriptors !== null) {
    yield {
      standing: standing(descriptors.used, descriptors.limit),
      text: `${count(descriptors.used)} of ${count(descriptors.limit)} descriptors in process ${descriptors.pid} of the proxy`,
    };
  }
  if (systemDescriptors !== null) {
    const { used, limit } = systemDescriptors;
    yield { standing: standing(used, limit), text: `${count(used)} of ${count(limit)} descriptors of the system` };
  }
  if (conntrack !== null) {
    const drops = conntrack.drops !== null && conntrack.drops > 0 ? `, ${conntrack.drops} packets dropped for want of room since boot` : '';
    yield {
      standing: standing(conntrack.used, conntrack.limit),
      text: `${count(conntrack.used)} of ${count(conntrack.limit)} tracked connections${drops}`,
    };
  }
  if (workers !== null)
    yield {
      standing: standing(workers.used, workers.limit, workersAtLimitShare),
      text: `${workers.used} of ${workers.limit} workers busy`,
    };
  if (acceptQueue && acceptQueue.used > 0) {
    yield {
      standing: standing(acceptQueue.used, acceptQueue.limit),
      text: `${acceptQueue.used} connections wait on port ${acceptQueue.port} to be accepted`,
    };
  }
  if (facts.memoryPressure === true) yield { standing: 'at', text: 'TCP is short of memory (net.ipv4.tcp_mem)' };
}

function standing(used: number, limit: number, atShare = atLimitShare): Standing {
  if (limit <= 0) return 'within';
  const share = used / limit;
  return share >= atShare ? 'at' : share >= nearLimitShare ? 'near' : 'within';
}

function texts(all: readonly Judged[]): string {
  return all.map((one) => one.text).join('; ');
}
