/** What the access log says of one backend: another's patterns and time limit are not this one's. Pure. */
import type { Mode, Part } from '../error-log/facts.ts';
import type { AccessLogFacts } from './facts.ts';

/**
 * @param names what the backend is called, by its address and by its names
 * @param part of its failures; null: all of them
 */
export function partOf(facts: AccessLogFacts, names: readonly string[], part: Part | Mode | null = null): AccessLogFacts {
  const own = part === null ? undefined : facts.parts?.find((one) => one.part === part && names.includes(one.backend));
  if (own !== undefined) {
    const { failed, patterns, patternsTried, failedDurations, durationCluster } = own;
    return { ...facts, failed, patterns, patternsTried, durationCluster, durations: { ...facts.durations, failed: failedDurations } };
  }
  const mine = ({ backend }: { readonly backend?: string | null | undefined }): boolean => backend == null || backend.split(' ').some((name) => names.includes(name));
  const patterns = facts.patterns.filter(mine).map((pattern) => ({ ...pattern, share: pattern.shareOfBackend ?? pattern.share }));
  const clusters = facts.durationClusters;
  return { ...facts, patterns, durationCluster: clusters === undefined ? facts.durationCluster : (clusters.find(mine) ?? null) };
}
