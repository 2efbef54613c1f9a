/** The longest chain of checks of a report that had to wait for each other: of the case and of one suspect, one after the other. Pure. */

export interface Timed {
  readonly subject: string | null;
  readonly startedAt: string;
  readonly durationMs: number;
}

/** In ms. Checks that ran side by side count once, the longer one; suspects do not wait for each other by their nature. */
export function longestChain(evidence: readonly Timed[]): number {
  const subjects = new Set(evidence.map((one) => one.subject));
  return Math.max(0, ...[...subjects].map((subject) => chainOf(evidence.filter((one) => one.subject === null || one.subject === subject))));
}

function chainOf(evidence: readonly Timed[]): number {
  const spans = evidence
    .map(({ startedAt, durationMs }) => ({ from: Date.parse(startedAt), to: Date.parse(startedAt) + durationMs, sum: durationMs }))
    .toSorted((a, b) => a.to - b.to);
  for (const [index, span] of spans.entries()) {
    const before = spans.slice(0, index).filter((one) => one.to <= span.from);
    span.sum += Math.max(0, ...before.map((one) => one.sum));
  }
  return Math.max(0, ...spans.map((span) => span.sum));
}
