/**
 * The last strings that were read, and what they stood for. They are found by comparing: a Map interns every string that it is asked
 * for, which costs more than reading it again.
 */
export class Recent<T> {
  readonly #keys: string[];
  readonly #values: (T | undefined)[];
  readonly #mask: number;

  /** @param size a power of two */
  constructor(size: number) {
    this.#keys = Array.from({ length: size }, () => '');
    this.#values = Array.from({ length: size }, () => undefined);
    this.#mask = size - 1;
  }

  get(key: string): T | undefined {
    const place = this.#place(key);
    return this.#keys[place] === key ? this.#values[place] : undefined;
  }

  set(key: string, value: T): void {
    const place = this.#place(key);
    this.#keys[place] = key;
    this.#values[place] = value;
  }

  clear(): void {
    this.#keys.fill('');
    this.#values.fill(undefined);
  }

  /** Strings of one log differ in their length and towards their end: numbers, names, ports. */
  #place(key: string): number {
    const { length } = key;
    return (
      (length * 31 +
        key.charCodeAt(length - 1) * 7 +
        key.charCodeAt(length - 4) * 17 +
        key.charCodeAt(length - 9) * 3 +
        key.charCodeAt(length >> 1)) &
      this.#mask
    );
  }
}
