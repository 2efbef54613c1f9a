/**
 * Answers that broke off have a good status in the access log (traps 15). Where it has no durations either and a client asks for much in
 * the same second, time alone does not tell which of its requests it was; what happens second after second may: as many answers break
 * off as one operation is asked for, and none in seconds without it. Pure.
 */
import { logChoose } from './statistics.ts';

/** What one client asked for in one second. */
export interface Second {
  readonly broken: number;
  /** Requests of each operation that may be the ones. */
  readonly asked: ReadonlyMap<string, number>;
}

/** Shares of the operation's answers that break off, and how likely each is thought beforehand: all of them, or a part. */
const shares: readonly (readonly [share: number, before: number])[] = [
  [0.98, 0.5],
  [0.8, 0.125],
  [0.5, 0.125],
  [0.3, 0.125],
  [0.15, 0.125],
];
/** Of the other operations': a second's edge lies between start and end of a request, and nothing is quite without exception. */
const elsewhere = 0.002;
/** Chance alone points at some operation in one of a hundred logs (the mean of the likelihood ratio is 1 where nothing does). */
const byChance = 0.01;
/** Operations that are looked at, those asked for in most of the seconds with a broken answer first; and how many of them together. */
const mostOperations = 40;
const mostTogether = 3;
const mostSeconds = 5000;

/** The operations that the broken answers belong to; null where the seconds do not tell. */
export function operationsThatBreak(seconds: readonly Second[]): ReadonlySet<string> | null {
  const counted = seconds.length <= mostSeconds ? seconds : seconds.filter(({ broken }) => broken > 0).slice(0, mostSeconds);
  const totals = counted.map(({ asked }) => sum(asked.values()));
  const broken = sum(counted.map((one) => one.broken));
  const rate = broken / Math.max(1, sum(totals));
  if (broken === 0 || rate >= 1) return null;
  const anyOf = counted.map(({ broken: count }, i) => logBinomial(count, totals[i] ?? 0, rate));
  const candidates = candidatesOf(counted);
  if (candidates.length < 2) return null;

  let chosen: readonly string[] = [];
  let best = -Infinity;
  let found: { readonly operations: readonly string[]; readonly weight: number } | null = null;
  for (let together = 1; together <= Math.min(mostTogether, candidates.length - 1); together++) {
    const tried = candidates
      .filter((operation) => !chosen.includes(operation))
      .map((operation) => ({ operations: [...chosen, operation], weight: ratio(counted, totals, anyOf, [...chosen, operation]) }))
      .sort((a, b) => b.weight - a.weight)[0];
    if (tried === undefined) break;
    // Each further operation has to earn its place as the first one did.
    const weight = tried.weight - together * Math.log(candidates.length);
    if (weight <= best) break;
    chosen = tried.operations;
    best = weight;
    if (weight > Math.log(1 / byChance) && weight > (found?.weight ?? 0)) found = { operations: chosen, weight };
  }
  return found === null ? null : new Set(found.operations);
}

function candidatesOf(seconds: readonly Second[]): readonly string[] {
  const met = new Map<string, number>();
  for (const { broken, asked } of seconds) for (const operation of asked.keys()) met.set(operation, (met.get(operation) ?? 0) + Math.min(broken, asked.get(operation) ?? 0));
  return [...met]
    .sort((a, b) => b[1] - a[1])
    .slice(0, mostOperations)
    .map(([operation]) => operation);
}

/** ln of how much better the broken answers are explained by these operations than by any requests alike. */
function ratio(seconds: readonly Second[], totals: readonly number[], anyOf: readonly number[], operations: readonly string[]): number {
  const asked = seconds.map((one) => sum(operations.map((operation) => one.asked.get(operation) ?? 0)));
  const weights = shares.map(([share, before]) => {
    let weight = Math.log(before);
    seconds.forEach(({ broken }, i) => {
      const own = asked[i] ?? 0;
      const others = (totals[i] ?? 0) - own;
      let likelihood = 0;
      for (let here = Math.max(0, broken - others); here <= Math.min(broken, own); here++)
        likelihood += Math.exp(logBinomial(here, own, share) + logBinomial(broken - here, others, elsewhere));
      weight += Math.log(Math.max(likelihood, Number.MIN_VALUE)) - (anyOf[i] ?? 0);
    });
    return weight;
  });
  const highest = Math.max(...weights);
  return highest + Math.log(sum(weights.map((weight) => Math.exp(weight - highest))));
}

function logBinomial(hits: number, tries: number, p: number): number {
  if (hits > tries) return Math.log(Number.MIN_VALUE);
  return logChoose(tries, hits) + hits * Math.log(p) + (tries - hits) * Math.log1p(-p);
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
