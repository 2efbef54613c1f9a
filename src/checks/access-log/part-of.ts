/** What the access log says of one backend: another's patterns and time limit are not this one's. Pure. */
import type { AccessLogFacts } from './facts.ts';

/** @param names what the backend is called, by its address and by its names */
export function partOf(facts: AccessLogFacts, names: readonly string[]): AccessLogFacts {
  const mine = ({ backend }: { readonly backend?: string | null | undefined }): boolean => backend == null || backend.split(' ').some((name) => names.includes(name));
  const patterns = facts.patterns.filter(mine).map((pattern) => ({ ...pattern, share: pattern.shareOfBackend ?? pattern.share }));
  const clusters = facts.durationClusters;
  return { ...facts, patterns, durationCluster: clusters === undefined ? facts.durationCluster : (clusters.find(mine) ?? null) };
}
