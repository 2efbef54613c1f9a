/** Quantiles of very many positive numbers in little memory: buckets that are 3 % wide (32 to an octave of two). */

const perOctave = 32;
const octaves = 48;

/** A number's exponent and the first bits of its fraction, as IEEE 754 stores them, tell its logarithm: Math.log2 takes ten times as long. */
const number = new Float64Array(1);
const halves = new Int32Array(number.buffer);
const highHalf = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0;
const fractionBits = 11;
const ofFraction = Float64Array.from({ length: 1 << fractionBits }, (_, i) => Math.log2(1 + (i + 0.5) / (1 << fractionBits)));

/** Of a positive normal number, to a thousandth. */
function log2(value: number): number {
  number[0] = value;
  const high = halves[highHalf] as number;
  return (high >>> 20) - 1023 + (ofFraction[(high >>> (20 - fractionBits)) & ((1 << fractionBits) - 1)] as number);
}

export class Histogram {
  readonly #buckets = new Uint32Array(perOctave * octaves + 1);
  count = 0;
  max = 0;

  add(value: number): void {
    this.count += 1;
    if (value > this.max) this.max = value;
    const bucket = value < 1e-6 ? 0 : Math.max(0, Math.min(perOctave * octaves, Math.round((log2(value) + 16) * perOctave)));
    this.#buckets[bucket] = (this.#buckets[bucket] as number) + 1;
  }

  /** NaN where nothing was counted. */
  quantile(share: number): number {
    if (this.count === 0) return NaN;
    const wanted = Math.max(1, Math.ceil(share * this.count));
    let seen = 0;
    for (let i = 0; i < this.#buckets.length; i++) {
      seen += this.#buckets[i] as number;
      if (seen >= wanted) return i === 0 ? 0 : Math.min(this.max, 2 ** (i / perOctave - 16));
    }
    return this.max;
  }

  /** p50, p95 and max, rounded to a tenth; null where nothing was counted. */
  summary(): { readonly p50: number; readonly p95: number; readonly max: number } | null {
    if (this.count === 0) return null;
    const rounded = (value: number): number => Math.round(value * 10) / 10;
    return { p50: rounded(this.quantile(0.5)), p95: rounded(this.quantile(0.95)), max: rounded(this.max) };
  }
}
