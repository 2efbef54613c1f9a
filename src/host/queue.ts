/** Values that are pushed from callbacks, read as an async iterable by one reader. */
export interface Queue<T> {
  readonly push: (value: T) => void;
  /** No more values; with an error, the reader gets it after the values before it. */
  readonly end: (error?: unknown) => void;
  readonly values: AsyncIterable<T>;
}

/** `left` is called once when the reader leaves, at the end or before; the reader's loop waits for what it returns. */
export function queue<T>(left: () => Promise<void> | void): Queue<T> {
  const waiting: T[] = [];
  let ended = false;
  let failure: { readonly error: unknown } | null = null;
  let wake: () => void = () => {};
  async function* read(): AsyncGenerator<T> {
    try {
      for (;;) {
        const [value] = waiting.splice(0, 1);
        if (value !== undefined) {
          yield value;
        } else if (ended) {
          if (failure !== null) throw failure.error;
          return;
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } finally {
      await left();
    }
  }
  return {
    push(value) {
      waiting.push(value);
      wake();
    },
    end(error) {
      ended = true;
      if (error !== undefined) failure = { error };
      wake();
    },
    values: read(),
  };
}
