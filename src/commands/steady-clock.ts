/**
 * A clock that is right at the start and then only goes forward: a run with a time limit must not end at once, or never, because
 * somebody set the machine's clock meanwhile.
 */
export function steadyClock(): () => number {
  const begun = Date.now();
  const from = performance.now();
  return () => Math.round(begun + performance.now() - from);
}
