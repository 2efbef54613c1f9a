/** What the idle times say: can a request of the proxy meet a connection that has just ended? Pure. */
import type { Classified } from '../check.ts';
import type { KeepaliveProbeFacts, Rung } from './facts.ts';
import { failedByChance, failedByIdleTime } from './idle-matters.ts';

export const outcomes = {
  'can-race': 'The backend ends idle connections (or resets reused ones) that the proxy still keeps: requests can meet a dying connection',
  forgotten:
    'An idle connection is swallowed or reset without a close: something in between forgets it, or the backend drops it without a word',
  'no-race': 'Idle connections last as long as the proxy keeps them, or the proxy keeps none',
  'fresh-fails': 'A first request on a fresh connection fails already: reuse is not what breaks it',
} as const;
export type Outcome = keyof typeof outcomes;

/** A connection that fails on a second request this soon (seconds) was not idle: the backend does not bear reuse. */
export const atOnceSeconds = 0.5;
/** A reuse that fails this near to the time of the backend's own close has met that close: the race itself. */
export const nearCloseSeconds = 0.5;

export function classify(facts: KeepaliveProbeFacts): Classified<Outcome> {
  const { fresh, proxyKeeps: keeps, announced, idleSeconds } = facts;
  const failed = fresh.dropped + fresh.noAnswer;
  if (failed > 0) {
    const how = fresh.dropped > 0 ? (fresh.noAnswer > 0 ? 'were dropped or got no answer' : 'were dropped') : 'got no answer';
    return {
      outcome: 'fresh-fails',
      summary: `${failed} of ${fresh.attempts} first requests on fresh connections ${how}: reuse is not what breaks them`,
    };
  }
  if (keeps !== null && !keeps.reuse) {
    return { outcome: 'no-race', summary: `the proxy does not reuse connections to this backend: ${keeps.because}` };
  }
  const limit = keeps?.seconds ?? Number.POSITIVE_INFINITY;
  const kept =
    keeps === null
      ? 'the proxy’s settings are not known; by default it keeps connections without limit'
      : limit === Number.POSITIVE_INFINITY
        ? `the proxy keeps them without limit: ${keeps.because}`
        : `the proxy keeps them for ${limit} s: ${keeps.because}`;
  const mend = facts.advice ? `; what ends it: ${facts.advice}` : '';

  const failures = failedByIdleTime(idleSeconds);
  const atOnce = failures.find((rung) => rung.seconds < atOnceSeconds && rung.byItself !== true);
  if (atOnce) {
    return {
      outcome: 'can-race',
      summary: `a second request on the same connection ${broken(atOnce)} ${after(atOnce)}, while fresh connections are answered${mend}`,
    };
  }
  const closes = facts.backendTimeoutSeconds;
  const metClose = (rung: Rung): boolean => closes !== null && rung.seconds > closes - nearCloseSeconds;
  const lost = failures
    .filter((rung) => (rung.outcome === 'reset' || rung.outcome === 'no-answer') && !metClose(rung))
    .sort((a, b) => a.seconds - b.seconds)[0];
  if (lost && lost.seconds <= limit) {
    const lasted = longest(idleSeconds.filter((rung) => rung.outcome === 'reused' && rung.seconds < lost.seconds));
    const worked = lasted === null ? '' : `, after ${show(lasted)} s it still worked`;
    return {
      outcome: 'forgotten',
      summary: `after ${show(lost.seconds)} s idle a connection ${broken(lost)} without a close before${worked}; ${kept}${mend}`,
    };
  }
  if (facts.backendTimeoutSeconds !== null && facts.backendTimeoutSeconds <= limit) {
    return {
      outcome: 'can-race',
      summary: `the backend closes idle connections after ${show(facts.backendTimeoutSeconds)} s; ${kept}${mend}`,
    };
  }
  const announcedTimeout = announced.timeoutSeconds;
  if (
    announcedTimeout !== null &&
    announcedTimeout <= limit &&
    facts.backendTimeoutSeconds === null &&
    !coversAnnounced(idleSeconds, announcedTimeout)
  ) {
    return { outcome: 'can-race', summary: `the backend says that it closes idle connections after ${announcedTimeout} s; ${kept}${mend}` };
  }
  if (announced.close && idleSeconds.length === 0) {
    return { outcome: 'no-race', summary: 'the backend closes after each answer and says so, so nothing is reused' };
  }
  const reused = longest(idleSeconds.filter((rung) => rung.outcome === 'reused'));
  const timeout =
    facts.backendTimeoutSeconds === null ? '' : `the backend closes idle connections after ${show(facts.backendTimeoutSeconds)} s, but `;
  if (limit !== Number.POSITIVE_INFINITY)
    return { outcome: 'no-race', summary: `${timeout}${kept}${reused === null ? '' : `; reuse worked after ${show(reused)} s idle`}` };
  const [chance] = failedByChance(idleSeconds);
  if (chance !== undefined && reused !== null) {
    return {
      outcome: 'no-race',
      summary: `one reuse failed after ${show(chance.seconds)} s idle, another worked after ${show(reused)} s: it is not the idle time that breaks it; ${kept}`,
    };
  }
  const unproven = facts.unprovenBeyondSeconds ?? null;
  return {
    outcome: 'no-race',
    summary: `reuse worked after every idle time that was tried${reused === null ? '' : `, up to ${show(reused)} s`}${unproven === null ? '' : '; longer ones were not tried'}; ${kept}`,
  };
}

/** Was a connection seen to outlive what the backend announces? */
function coversAnnounced(rungs: readonly Rung[], seconds: number): boolean {
  return rungs.some((rung) => rung.outcome === 'reused' && rung.seconds > seconds + 1);
}

function longest(rungs: readonly Rung[]): number | null {
  return rungs.length === 0 ? null : Math.max(...rungs.map((rung) => rung.seconds));
}

function broken(rung: Rung): string {
  switch (rung.outcome) {
    case 'reset':
      return 'was reset';
    case 'closed':
      return 'was closed';
    case 'no-answer':
      return 'got no answer';
    case 'reused':
      return 'was answered';
  }
}

function after(rung: Rung): string {
  return rung.seconds < 0.5 ? 'at once' : `after ${show(rung.seconds)} s`;
}

function show(seconds: number): string {
  return String(Math.round(seconds * 10) / 10);
}
