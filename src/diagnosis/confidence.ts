/**
 * Confidence is computed, never written: mechanism not seen → possible; seen but a rival stands → likely; seen and every rival
 * refuted → confirmed. What rests on overruled evidence is at most possible, what rests on an answer at most likely.
 */
import type { Claim, Confidence, Rival } from '../engine/conclusion.ts';
import type { Declared } from './declared.ts';
import type { Reader } from './classifiers/classifier.ts';
import type { SignName } from './signs/all.ts';

export interface Judgement {
  readonly confidence: Confidence;
  readonly rivals: readonly Rival[];
  readonly for: readonly Claim[];
  readonly against: readonly Claim[];
}

export interface Way {
  /** Evidence was overruled on the way to this diagnosis. */
  readonly overruled: boolean;
  /** An answer of the engineer stands for a measurement. */
  readonly answered: boolean;
}

export function judge(declared: Declared, sign: Reader, way: Way): Judgement {
  const holds = (name: SignName): boolean => sign(name).state === 'yes';
  const seen = declared.mechanism.some((group) => group.length > 0 && group.every(holds));
  const rivals = Object.entries(declared.rivals).map(([id, refutedBy]): Rival => {
    const refuting = refutedBy.find(holds);
    if (refuting !== undefined) return { id, state: 'refuted', because: sign(refuting).text };
    const open = refutedBy.filter((name) => sign(name).state === 'unknown');
    return { id, state: 'not-tested', because: open.length > 0 ? `what would refute it could not be checked (${whereOpen(open, sign)})` : 'nothing that was seen refutes it' };
  });
  const confidence: Confidence = !seen ? 'possible' : rivals.every((rival) => rival.state === 'refuted') ? 'confirmed' : 'likely';
  return { confidence: capped(confidence, way), rivals, for: claims(declared.for, sign), against: claims(declared.against, sign) };
}

/** The checks that could have told; the signs' own names where they do not say. */
function whereOpen(open: readonly SignName[], sign: Reader): string {
  return [...new Set(open.flatMap((name) => sign(name).asked ?? [name]))].join(', ');
}

function capped(confidence: Confidence, way: Way): Confidence {
  if (way.overruled) return 'possible';
  if (way.answered && confidence === 'confirmed') return 'likely';
  return confidence;
}

function claims(names: readonly SignName[], sign: Reader): Claim[] {
  return names
    .map(sign)
    .filter((one) => one.state === 'yes' && one.text !== '')
    .map((one) => ({ text: one.text, evidence: one.evidence }));
}
