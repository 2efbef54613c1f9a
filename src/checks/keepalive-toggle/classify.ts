import type { Classified } from '../check.ts';
import type { KeepaliveToggleFacts } from './facts.ts';

export type Outcome = 'helped' | 'no-change' | 'too-little-traffic' | 'worse';

/** The verdict of the sequential test, with the cost in latency (article A22, A23). */
export function classify(facts: KeepaliveToggleFacts): Classified<Outcome> {
  const { before, during } = facts;
  const own = facts.ownRequests === undefined ? '' : `, ${facts.ownRequests} of them GETs of our own`;
  const counts = `before ${before.failed} of ${before.requests} requests failed, without reuse ${during.failed} of ${during.requests} in ${during.seconds} s${own}`;
  const cost = before.p50 === null || during.p50 === null ? '' : `; latency p50 ${before.p50.toFixed(1)} → ${during.p50.toFixed(1)} ms, p95 ${before.p95?.toFixed(1) ?? '?'} → ${during.p95?.toFixed(1) ?? '?'} ms`;
  const back = facts.kept ? `; ${facts.told}` : facts.restored ? (facts.told.startsWith('not kept') ? `; ${facts.told}` : '') : `; NOT put back: ${facts.told}`;
  if (facts.helped === true) return { outcome: 'helped', summary: `the failures vanished: ${counts}${cost}${back}` };
  if (facts.stoppedBecause === 'it got worse') return { outcome: 'worse', summary: `it got worse and was put back at once: ${counts}${back}` };
  if (facts.helped === false) return { outcome: 'no-change', summary: `no change: ${counts}${cost}${back}` };
  const needed = facts.needed === null ? 'too few failures before to compare with' : `${facts.needed} requests without a failure would be needed`;
  return { outcome: 'too-little-traffic', summary: `not enough to tell (${facts.stoppedBecause}): ${counts}; ${needed}${back}` };
}
