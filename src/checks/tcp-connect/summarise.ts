/** Attempts → facts. Pure. */
import type { NumberedConnect } from '../../host/host.ts';
import type { TcpConnectFacts } from './facts.ts';

export type Attempt = TcpConnectFacts['results'][number];

type Counted = Pick<
  TcpConnectFacts,
  | 'attempts'
  | 'connected'
  | 'refused'
  | 'timedOut'
  | 'unreachable'
  | 'denied'
  | 'droppedAfterAccept'
  | 'secondSyn'
  | 'latencyMs'
  | 'unreachableAfterMs'
  | 'byAddress'
  | 'results'
>;

/** Accepted, and ended by the peer before it was asked anything: no HTTP server does that to a new connection. */
export function wasDropped({ outcome, afterwards }: Attempt): boolean {
  return outcome === 'reset' || (outcome === 'connected' && (afterwards === 'reset' || afterwards === 'closed'));
}

/** Linux sends the second SYN after one second (RFC 6298, TCP_TIMEOUT_INIT). */
const secondSynMs = 1000;

export function asAttempt({ address, atMs, outcome, code, latencyMs, afterwards }: NumberedConnect): Attempt {
  return { address, atMs, outcome, code, latencyMs: rounded(latencyMs), afterwards };
}

/** `results` in the order of their starts. */
export function count(results: readonly Attempt[], addresses: readonly string[]): Counted {
  const of = (list: readonly Attempt[], outcome: Attempt['outcome']) => list.filter((one) => one.outcome === outcome).length;
  const tally = (list: readonly Attempt[]) => ({
    attempts: list.length,
    connected: of(list, 'connected'),
    refused: of(list, 'refused'),
    timedOut: of(list, 'timed-out'),
    unreachable: of(list, 'unreachable'),
    denied: of(list, 'denied'),
  });
  const latencies = results
    .filter((one) => one.outcome === 'connected')
    .map((one) => one.latencyMs)
    .sort((a, b) => a - b);
  return {
    ...tally(results),
    droppedAfterAccept: results.filter(wasDropped).length,
    // A path that always takes this long is slow, not lossy.
    secondSyn: (latencies[0] ?? 0) >= secondSynMs / 2 ? 0 : latencies.filter((ms) => ms >= secondSynMs).length,
    latencyMs:
      latencies.length === 0
        ? null
        : { min: quantile(latencies, 0), p50: quantile(latencies, 0.5), p95: quantile(latencies, 0.95), max: quantile(latencies, 1) },
    unreachableAfterMs: results.find((one) => one.outcome === 'unreachable')?.latencyMs ?? null,
    byAddress: addresses.map((address) => ({ address, ...tally(results.filter((one) => one.address === address)) })),
    results: [...results],
  };
}

/** The value that a share of the sorted values does not exceed (nearest rank). */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? 0;
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}

/** `12 refused, 8 accepted`, the most frequent first. */
export function tallyText(results: readonly Attempt[]): string {
  const words: Readonly<Record<Attempt['outcome'], string>> = {
    connected: 'accepted',
    refused: 'refused',
    'timed-out': 'without an answer',
    unreachable: 'unreachable',
    denied: 'denied here',
    reset: 'reset',
    failed: 'failed here',
  };
  const counts = new Map<string, number>();
  for (const one of results) {
    const word = one.outcome === 'connected' && wasDropped(one) ? 'accepted and dropped' : words[one.outcome];
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([word, n]) => `${n} ${word}`)
    .join(', ');
}
