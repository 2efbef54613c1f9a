/** Lets at most `atOnce` pieces of work run at a time; the others wait for their turn in the order they came. */
export function turns(atOnce: number): <R>(work: () => Promise<R>) => Promise<R> {
  let free = atOnce;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    else free -= 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}

/** Does `work` for every item, at most `atOnce` at a time; the results keep the items' order. */
export function inParallel<T, R>(items: readonly T[], atOnce: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const turn = turns(atOnce);
  return Promise.all(items.map((item) => turn(() => work(item))));
}
