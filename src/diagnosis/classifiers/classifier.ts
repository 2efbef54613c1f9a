/** The contract of a decide step's classifier: pure, over the evidence that its step reads, one outcome of a closed set. */
import type { SignName } from '../signs/all.ts';
import type { Sign } from '../signs/sign.ts';
import type { View } from '../view.ts';

export interface Verdict {
  readonly outcome: string;
  /** Why, in words with numbers; the reason that stands beside the favoured choice. */
  readonly because: string;
  readonly evidence: readonly string[];
}

export interface Classifier {
  readonly name: string;
  /** The closed set, each outcome with what it means. */
  readonly outcomes: Readonly<Record<string, string>>;
  /** Checks that it knows how to use; a step may let it read these and no others. */
  readonly reads: readonly string[];
  readonly classify: (view: View, sign: (name: SignName) => Sign) => Verdict;
}

export type Reader = (name: SignName) => Sign;

/** Does the sign hold? Unknown counts as no: use `refuted` where the difference matters. */
export const holds = (sign: Reader, name: SignName): boolean => sign(name).state === 'yes';

/** A verdict that rests on these signs: those that hold give the reason and the evidence. */
export function verdict(sign: Reader, outcome: string, names: readonly SignName[], otherwise = ''): Verdict {
  const held = names.map(sign).filter((one) => one.state === 'yes');
  const because = held.map((one) => one.text).join('; ');
  return { outcome, because: because || otherwise, evidence: [...new Set(held.flatMap((one) => one.evidence))] };
}
