/** Every sign by name: the vocabulary in which diagnoses.yaml declares mechanisms, rivals and reasons. */
import type { View } from '../view.ts';
import { backendSigns } from './backend.ts';
import { liveSigns } from './live.ts';
import { logSigns } from './log.ts';
import type { Sign, SignOf } from './sign.ts';

export const signs = { ...logSigns, ...liveSigns, ...backendSigns };
export type SignName = keyof typeof signs;

export function isSign(name: string): name is SignName {
  return Object.hasOwn(signs, name);
}

/** Signs of one view, each worked out once. */
export function read(view: View): (name: SignName) => Sign {
  const known = new Map<SignName, Sign>();
  return (name) => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const asked = new Set<string>();
    const noted: View = {
      ...view,
      of: (check) => {
        asked.add(check);
        return view.of(check);
      },
    };
    const found = (signs[name] as SignOf)(noted);
    const sign = found.state === 'unknown' ? { ...found, asked: [...asked] } : found;
    known.set(name, sign);
    return sign;
  };
}
