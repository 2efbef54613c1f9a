/**
 * GETs of our own through the proxy (`--url`), for where the traffic of others is too thin to compare. They are sent at the same pace before the
 * change and during it: what the access log then counts for both, theirs and ours, is fair to compare.
 */
import { setTimeout as pause } from 'node:timers/promises';

/** As often as the log is looked at. */
const usualGapMs = 500;
/** Several at once: each on a connection of the pool of its own, which is then idle until the next round. */
const together = { usual: 2, afterIdling: 4 } as const;
/** Much more than the idle time that does harm, and there are too few rounds. */
const mostGapMs = 8000;
const beyondIdleMs = 300;

export class OwnRequests {
  sent = 0;
  readonly #url: string;
  readonly #gapMs: number;
  readonly #together: number;

  /** @param idleSeconds an idle time after which the probe saw a connection fail; null: none is known */
  constructor(url: string, idleSeconds: number | null) {
    const wanted = idleSeconds === null ? Infinity : idleSeconds * 1000 + beyondIdleMs;
    this.#url = url;
    this.#gapMs = wanted <= mostGapMs ? wanted : usualGapMs;
    this.#together = wanted <= mostGapMs ? together.afterIdling : together.usual;
  }

  /** Sends rounds of them until the signal says so. Never rejects: what became of them stands in the access log. */
  async until(signal: AbortSignal): Promise<void> {
    // Loaded here: they cost every start of a check more than all the rest of it.
    const { get } = this.#url.startsWith('https:') ? await import('node:https') : await import('node:http');
    const options = { agent: false, timeout: 5000, rejectUnauthorized: false, headers: { 'user-agent': 'proxy-doctor' } };
    while (!signal.aborted) {
      for (let i = 0; i < this.#together; i++) {
        const request = get(this.#url, options, (response) => response.resume().on('error', () => undefined));
        request.on('error', () => undefined);
        request.on('timeout', () => request.destroy());
        this.sent += 1;
      }
      await pause(this.#gapMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
