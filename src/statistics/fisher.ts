/** Fisher's exact test of a 2×2 table, by the hypergeometric distribution. Pure. */

/** ln Γ(x) for x > 0 (Lanczos, g = 7, nine terms; relative error below 1e-13). */
function logGamma(x: number): number {
  const terms = [
    0.999_999_999_999_809_93, 676.520_368_121_885_1, -1259.139_216_722_402_8, 771.323_428_777_653_13, -176.615_029_162_140_59, 12.507_343_278_686_905,
    -0.138_571_095_265_720_12, 9.984_369_578_019_571_6e-6, 1.505_632_735_149_311_6e-7,
  ];
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const y = x - 1;
  const t = y + 7.5;
  const sum = terms.reduce((sofar, term, index) => (index === 0 ? term : sofar + term / (y + index)), 0);
  return 0.5 * Math.log(2 * Math.PI) + (y + 0.5) * Math.log(t) - t + Math.log(sum);
}

const logChoose = (n: number, k: number): number => logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);

/**
 * p-value of the table [[a, b], [c, d]] with its margins fixed.
 * @param side `greater`: a is this large or larger by chance; `two-sided`: any table as unlikely as this one or more
 */
export function fisher(a: number, b: number, c: number, d: number, side: 'greater' | 'two-sided'): number {
  const row = a + b;
  const column = a + c;
  const all = a + b + c + d;
  const lowest = Math.max(0, column - (all - row));
  const highest = Math.min(row, column);
  const base = logChoose(all, column);
  const logP = (k: number): number => logChoose(row, k) + logChoose(all - row, column - k) - base;
  const here = logP(a);
  let total = 0;
  for (let k = side === 'greater' ? a : lowest; k <= highest; k += 1) {
    const one = logP(k);
    // The tolerance takes in tables that are equally likely but for rounding.
    if (side === 'greater' || one <= here + 1e-7) total += Math.exp(one);
  }
  return Math.min(1, total);
}
