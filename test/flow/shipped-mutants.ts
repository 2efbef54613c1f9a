/** Mutants of what diagnoses declare: each differs in one sign, group or rival, as a careless edit would make it. */
import type { Declared } from '../../src/diagnosis/declared.ts';

export interface Weakened {
  readonly title: string;
  readonly id: string;
  readonly changed: Readonly<Record<string, Declared>>;
}

const without = <T>(list: readonly T[], index: number): T[] => list.filter((_one, at) => at !== index);

export function* weakened(all: Readonly<Record<string, Declared>>): Generator<Weakened> {
  for (const [id, declared] of Object.entries(all)) {
    const mutant = (title: string, change: Partial<Declared>): Weakened => ({
      title: `${id}: ${title}`,
      id,
      changed: { ...all, [id]: { ...declared, ...change } },
    });
    for (const [at, group] of declared.mechanism.entries()) {
      yield mutant(`mechanism [${group.join(', ')}] left out`, { mechanism: without(declared.mechanism, at) });
      // A group of one without its sign is the group left out.
      for (const [index, sign] of group.length > 1 ? group.entries() : [])
        yield mutant(`mechanism [${group.join(', ')}] without ${sign}`, { mechanism: declared.mechanism.with(at, without(group, index)) });
    }
    for (const [rival, signs] of Object.entries(declared.rivals)) {
      const { [rival]: _gone, ...others } = declared.rivals;
      yield mutant(`rival ${rival} left out`, { rivals: others });
      for (const [index, sign] of signs.entries())
        yield mutant(`${sign} does not refute ${rival}`, { rivals: { ...declared.rivals, [rival]: without(signs, index) } });
    }
  }
}
