/**
 * The few statistics that logs are judged with. Exact where numbers are small enough for it to matter (hypergeometric tail), the usual
 * approximations elsewhere; each is tested against published values.
 */

// Lanczos' approximation with g = 7 and nine terms (Numerical Recipes, 3rd ed., 6.1 describes the method); relative error below 1e-13.
const lanczos = [
  0.9999999999998099, 676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
  -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
] as const;

/** ln Γ(x) for x > 0. */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const shifted = x - 1;
  let sum: number = lanczos[0];
  for (let i = 1; i < lanczos.length; i++) sum += (lanczos[i] ?? 0) / (shifted + i);
  const base = shifted + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(base) - base + Math.log(sum);
}

/** ln of "n choose k". */
export function logChoose(n: number, k: number): number {
  if (k < 0 || k > n) return -Infinity;
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
}

/**
 * Fisher's exact test, one-sided: the chance that of `failed` failures among `all` requests `hits` or more fall on a kind with `kind`
 * requests, if kind and failure had nothing to do with each other. 0 to 1.
 */
export function fisherTail(hits: number, kind: number, failed: number, all: number): number {
  const highest = Math.min(kind, failed);
  if (hits <= Math.max(0, kind + failed - all)) return 1;
  const total = logChoose(all, failed);
  let term = Math.exp(logChoose(kind, hits) + logChoose(all - kind, failed - hits) - total);
  let sum = term;
  for (let k = hits; k < highest; k++) {
    // The next term from this one: ratio of neighbouring hypergeometric probabilities.
    term *= ((kind - k) * (failed - k)) / ((k + 1) * (all - kind - failed + k + 1));
    sum += term;
    if (term < sum * 1e-16) break;
  }
  return Math.min(1, sum);
}

/** Sample odds ratio of a two by two table, half added to each cell (Haldane and Anscombe) so that an empty cell gives a number. */
export function oddsRatio(hits: number, kind: number, failed: number, all: number): number {
  const a = hits + 0.5;
  const b = kind - hits + 0.5;
  const c = failed - hits + 0.5;
  const d = all - kind - failed + hits + 0.5;
  return (a * d) / (b * c);
}

/** Holm's step-down correction for `tried` tests, of which the p-values given are the smallest. In the order given. */
export function holm(pValues: readonly number[], tried: number): readonly number[] {
  const order = pValues.map((p, index) => ({ p, index })).sort((left, right) => left.p - right.p);
  const corrected: number[] = [];
  let before = 0;
  order.forEach(({ p, index }, rank) => {
    before = Math.max(before, Math.min(1, p * Math.max(1, tried - rank)));
    corrected[index] = before;
  });
  return corrected;
}

/** Upper tail of the standard normal distribution (Abramowitz and Stegun 26.2.17; error below 7.5e-8). */
export function normalTail(z: number): number {
  if (z < 0) return 1 - normalTail(-z);
  const t = 1 / (1 + 0.2316419 * z);
  const polynomial = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * polynomial;
}

/** Lower bound of Wilson's interval for `hits` of `all`, one-sided 95 %. */
export function wilsonLower(hits: number, all: number): number {
  return wilson(hits, all, -1.6449);
}

/** Upper bound of the same. */
export function wilsonUpper(hits: number, all: number): number {
  return wilson(hits, all, 1.6449);
}

function wilson(hits: number, all: number, z: number): number {
  if (all <= 0) return z < 0 ? 0 : 1;
  const share = hits / all;
  const middle = share + (z * z) / (2 * all);
  return (middle + z * Math.sqrt((share * (1 - share)) / all + (z * z) / (4 * all * all))) / (1 + (z * z) / all);
}

/**
 * Spearman's rank correlation, ties given their mean rank, and its two-sided p-value (normal approximation with n - 1; good from ten pairs on).
 * Null with fewer than five pairs or where one side does not vary.
 */
export function spearman(left: readonly number[], right: readonly number[]): { readonly r: number; readonly pValue: number } | null {
  const n = Math.min(left.length, right.length);
  if (n < 5) return null;
  const a = ranks(left);
  const b = ranks(right);
  const mean = (n + 1) / 2;
  let cross = 0;
  let spreadA = 0;
  let spreadB = 0;
  for (let i = 0; i < n; i++) {
    const x = (a[i] ?? 0) - mean;
    const y = (b[i] ?? 0) - mean;
    cross += x * y;
    spreadA += x * x;
    spreadB += y * y;
  }
  if (spreadA === 0 || spreadB === 0) return null;
  const r = cross / Math.sqrt(spreadA * spreadB);
  return { r, pValue: Math.min(1, 2 * normalTail(Math.abs(r) * Math.sqrt(n - 1))) };
}

function ranks(values: readonly number[]): readonly number[] {
  const order = values.map((value, index) => ({ value, index })).sort((left, right) => left.value - right.value);
  const ranked: number[] = [];
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to + 1 < order.length && order[to + 1]?.value === order[from]?.value) to += 1;
    for (let i = from; i <= to; i++) ranked[order[i]?.index ?? 0] = (from + to) / 2 + 1;
    from = to + 1;
  }
  return ranked;
}

/** The value below which a share of sorted values lies (nearest rank); NaN for none. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  if (sorted.length === 0) return NaN;
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? NaN;
}
