/** Facts → outcome. Pure. */
import type { Classified } from '../check.ts';
import { count, plural, shareWords } from '../logs/words.ts';
import type { AccessLogFacts } from './facts.ts';

export const outcomes = {
  pattern: 'The failed requests keep to one operation or method',
  'no-pattern': 'Requests failed, and nothing they asked for sets them apart',
  'application-errors': 'The errors are the application’s own answers, passed on by the proxy',
  'no-failures': 'The log covers the window, and no request failed on its way to a backend',
  'not-covered': 'The log has no request of the window, or could not be read: it tells nothing',
} as const;
export type AccessLogOutcome = keyof typeof outcomes;

export function classify(facts: AccessLogFacts): Classified<AccessLogOutcome> {
  if (!facts.window.covered) return { outcome: 'not-covered', summary: `The access log does not tell: ${facts.window.because}` };
  const matched = Object.values(facts.matchedWithErrorLog).reduce((sum, requests) => sum + requests, 0);
  const application = facts.applicationErrors ?? 0;
  const serverErrors = Object.entries(facts.statuses).reduce(
    (sum, [status, requests]) => sum + (Number(status) >= 500 && facts.failed > 0 ? requests : 0),
    0,
  );
  const failing = facts.timeline?.failed.reduce((sum, requests) => sum + requests, 0) ?? 0;
  if (matched === 0 && application > 0 && application >= serverErrors) {
    return {
      outcome: 'application-errors',
      summary: `${plural(application, 'answer')} of ${plural(facts.requests, 'request')} with a 5xx status came from the application itself`,
    };
  }
  if (failing === 0)
    return { outcome: 'no-failures', summary: `${plural(facts.requests, 'request')}, none of which failed on its way to a backend` };
  const [strongest] = facts.patterns;
  const cluster =
    facts.durationCluster === null
      ? ''
      : `; ${shareWords(facts.durationCluster.share, 1)} of them ended after ${facts.durationCluster.seconds} s`;
  const failedText = `${count(failing)} of ${plural(facts.requests, 'request')} failed`;
  if (strongest === undefined)
    return { outcome: 'no-pattern', summary: `${failedText}; nothing they asked for sets them apart${cluster}` };
  const what =
    strongest.path === null
      ? `all ${strongest.method ?? ''}`
      : [strongest.method, strongest.path].filter((part) => part !== null).join(' ');
  return {
    outcome: 'pattern',
    summary: `${failedText}, ${shareWords(strongest.failed, failing)} of them ${what} (${count(strongest.failed)} of its ${plural(strongest.requests, 'request')})${cluster}`,
  };
}
