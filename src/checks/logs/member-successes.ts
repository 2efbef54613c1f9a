/**
 * Attempts that succeeded on one member of a balancer. The access log knows the balancer's requests, not who served them; a member gets its
 * share while it is in use, and nothing for `retry` seconds after a connect to it failed (proxy_util.c ap_proxy_retry_worker, retry 60 by default).
 */
import { Successes } from './successes.ts';

export interface Member {
  /** Its part of the balancer's requests, 0 to 1: by load factor, a hot standby none. */
  readonly share: number;
  /** After a failed connect it is left alone for so long. */
  readonly retryMs: number;
}

/**
 * A member that comes back into use waits for its turn. So many of its supposed attempts before a failure are only that wait, and the
 * uncertainty of counts per second: two or three attempts in a row that fail after each retry period are a dead member, not a lucky one.
 */
const waitingForTurn = 1.5;

/**
 * @param requests all requests to the balancer, per bucket
 * @param failures moments of this member's failures; `disabling` those that took it out of use (failed connects), ascending
 */
export function memberSuccesses(
  requests: { readonly start: number; readonly widthMs: number; readonly counts: ArrayLike<number> },
  member: Member,
  failures: ArrayLike<number>,
  disabling: ArrayLike<number>,
): Successes {
  const { start, widthMs, counts } = requests;
  const inUse = new Float64Array(counts.length).fill(1);
  let until = -Infinity;
  for (let i = 0; i < disabling.length; i++) {
    const from = Math.max(disabling[i] ?? 0, until);
    until = Math.max(until, (disabling[i] ?? 0) + member.retryMs);
    takeOut(inUse, (from - start) / widthMs, (until - start) / widthMs);
  }
  const succeeded = new Float64Array(counts.length);
  for (let i = 0; i < counts.length; i++) succeeded[i] = (counts[i] ?? 0) * (inUse[i] ?? 0) * member.share;
  for (let i = 0; i < failures.length; i++) {
    // What failed was an attempt too; the request itself went on to another member and stands in the log as a success.
    takeBack(succeeded, Math.floor(((failures[i] ?? 0) - start) / widthMs), 1);
  }
  if (member.retryMs > 0) {
    for (let i = 0; i < disabling.length; i++) takeBack(succeeded, Math.floor(((disabling[i] ?? 0) - start) / widthMs), waitingForTurn);
    // It waits for its turn after the last time too.
    const back = Math.floor((until - start) / widthMs);
    if (disabling.length > 0) takeBack(succeeded, Math.min(counts.length - 1, back + 2), 1 + waitingForTurn);
  }
  return new Successes(start, widthMs, succeeded);
}

/** Takes so many successes out of a bucket and the two before it. */
function takeBack(succeeded: Float64Array, bucket: number, many: number): void {
  let rest = many;
  for (let at = Math.min(bucket, succeeded.length - 1); at >= Math.max(0, bucket - 2) && rest > 0; at--) {
    const taken = Math.min(rest, succeeded[at] ?? 0);
    succeeded[at] = (succeeded[at] ?? 0) - taken;
    rest -= taken;
  }
}

function takeOut(inUse: Float64Array, from: number, to: number): void {
  const last = Math.min(inUse.length - 1, Math.floor(to));
  for (let bucket = Math.max(0, Math.floor(from)); bucket <= last; bucket++) {
    const part = Math.min(to, bucket + 1) - Math.max(from, bucket);
    inUse[bucket] = Math.max(0, (inUse[bucket] ?? 0) - Math.max(0, part));
  }
}
