/**
 * Operations that clients ask for: method and path template on a virtual host, with their number of requests. Memory is bounded: the
 * templates are kept exactly up to a limit; beyond it, places of paths where names are very many are folded to `{id}`, and what is still
 * too much goes into a sketch, lightest first (`estimated` says so).
 */
import { Hasher } from '../../httpd/access-log/hasher.ts';
import { HashIndex } from './hash-index.ts';
import { CountMin } from './sketch.ts';
import { templateOf, variable } from './path-template.ts';

export interface Operation {
  readonly method: string | null;
  readonly path: string | null;
  readonly vhost: string | null;
  /** Requests so far, failed ones included. */
  requests: number;
  /** Requests that may have failed, and how many of them have a row in the suspect table. */
  suspects: number;
  kept: number;
  readonly group: number;
}

/** Templates that are kept exactly. */
const mostOperations = 20_000;
/** Hashes of paths as they are written → operation; forgotten when there are more. */
const mostHashes = 200_000;
/** A place with so many different names holds ids, whatever they look like. */
const manyNames = 200;

export class Operations {
  /** By number; a folded or forgotten operation is null. */
  readonly list: (Operation | null)[] = [];
  readonly #byName = new Map<string, number>();
  #byHash = new HashIndex();
  readonly #folded = new Set<string>();
  readonly #sketch = new CountMin();
  readonly #hasher = new Hasher();
  #kept = 0;

  /** Some counts of rare operations are estimates. */
  get estimated(): boolean {
    return this.#sketch.used;
  }

  /** Numbers given out before this changed may lead to operations that are gone. */
  generation = 0;

  /** The operation whose path hashes to this; -1: not seen yet. */
  find(first: number, second: number): number {
    return this.#byHash.get(first, second);
  }

  /**
   * Makes known an operation that `find` did not know.
   * @param groupOf its group, asked once
   */
  add(
    first: number,
    second: number,
    operation: { readonly method: string | null; readonly path: string | null; readonly vhost: string | null },
    keep: ReadonlySet<string> | null,
    groupOf: () => number,
  ): number {
    const template = operation.path === null ? null : this.#fold(templateOf(operation.path, keep));
    const name = nameOf(operation.vhost, operation.method, template);
    let index = this.#byName.get(name);
    if (index === undefined) {
      this.#hashOf(name);
      const before = this.#sketch.estimate(this.#hasher.first, this.#hasher.second);
      index = this.list.length;
      this.list.push({ ...operation, path: template, requests: before, suspects: 0, kept: 0, group: groupOf() });
      this.#byName.set(name, index);
      this.#kept += 1;
      if (this.#kept > mostOperations) index = this.#makeRoom(index);
    }
    if (this.#byHash.size >= mostHashes) this.#renew();
    this.#byHash.set(first, second, index);
    return index;
  }

  #renew(): void {
    this.#byHash = new HashIndex();
    this.generation += 1;
  }

  /** Replaces names at places that were found to hold ids. */
  #fold(template: string): string {
    if (this.#folded.size === 0) return template;
    const segments = template.split('/');
    for (let depth = 1; depth < segments.length; depth++) {
      if (this.#folded.has(segments.slice(0, depth).join('/'))) segments[depth] = variable;
    }
    return segments.join('/');
  }

  /** Folds the places with the most names, then forgets the lightest half if that was not enough. @returns where `index` is now */
  #makeRoom(index: number): number {
    const moved = new Map<number, number>();
    for (let round = 0; round < 20 && this.#kept > mostOperations / 2; round++) {
      const place = this.#busiestPlace();
      if (place === null) break;
      this.#folded.add(place);
      this.#refold(moved);
    }
    if (this.#kept > mostOperations / 2) this.#forget();
    // Hashes lead to operations that are gone.
    this.#renew();
    let now = index;
    while (moved.has(now)) now = moved.get(now) ?? now;
    return now;
  }

  #busiestPlace(): string | null {
    const names = new Map<string, Set<string>>();
    for (const operation of this.list) {
      const segments = operation?.path?.split('/') ?? [];
      for (let depth = 1; depth < segments.length; depth++) {
        if (segments[depth] === variable) continue;
        const place = segments.slice(0, depth).join('/');
        const known = names.get(place) ?? new Set();
        known.add(segments[depth] ?? '');
        names.set(place, known);
      }
    }
    let best: string | null = null;
    let most = manyNames;
    for (const [place, known] of names) {
      if (known.size > most) {
        most = known.size;
        best = place;
      }
    }
    return best;
  }

  #refold(moved: Map<number, number>): void {
    this.#byName.clear();
    this.#kept = 0;
    this.list.forEach((operation, index) => {
      if (operation === null) return;
      const path = operation.path === null ? null : this.#fold(operation.path);
      const name = nameOf(operation.vhost, operation.method, path);
      const same = this.#byName.get(name);
      if (same === undefined) {
        this.list[index] = { ...operation, path };
        this.#byName.set(name, index);
        this.#kept += 1;
        return;
      }
      const other = this.list[same];
      if (other) {
        other.requests += operation.requests;
        other.suspects += operation.suspects;
        other.kept += operation.kept;
      }
      this.list[index] = null;
      moved.set(index, same);
      this.#redirected.set(index, same);
    });
  }

  readonly #redirected = new Map<number, number>();

  /** Where the counts of an operation are now, that was folded into another one after its number was given out. */
  now(index: number): number {
    let at = index;
    for (let next = this.#redirected.get(at); next !== undefined; next = this.#redirected.get(at)) at = next;
    return at;
  }

  #forget(): void {
    const kept = [...this.#byName]
      .map(([name, index]) => ({ name, index, requests: this.list[index]?.requests ?? 0 }))
      .sort((a, b) => a.requests - b.requests);
    for (const { name, index, requests } of kept.slice(0, Math.max(0, kept.length - mostOperations / 2))) {
      this.#hashOf(name);
      this.#sketch.add(this.#hasher.first, this.#hasher.second, requests);
      this.#byName.delete(name);
      this.#kept -= 1;
      this.#forgotten.set(index, this.list[index] ?? null);
      this.list[index] = null;
      if (this.#forgotten.size > mostOperations * 2) this.#forgotten.clear();
    }
  }

  /** Operations that went into the sketch, for failed requests that name them. */
  readonly #forgotten = new Map<number, Operation | null>();

  /** The operation by a number that was given out once; null where it is no longer known. */
  get(index: number): Operation | null {
    // Nearly always: nothing was folded since its number was given out.
    const here = this.list[index];
    if (here !== null && here !== undefined) return here;
    const at = this.now(index);
    return this.list[at] ?? this.#forgotten.get(at) ?? null;
  }

  #hashOf(name: string): void {
    const bytes = Buffer.from(name);
    this.#hasher.reset();
    this.#hasher.bytes(bytes, 0, bytes.length);
    this.#hasher.finish();
  }
}

function nameOf(vhost: string | null, method: string | null, path: string | null): string {
  return `${vhost ?? ''}\u0000${method ?? ''}\u0000${path ?? ''}`;
}
