/** What became of the requests. Pure. */
import type { Classified } from '../check.ts';
import type { HttpRequestFacts } from './facts.ts';

export const outcomes = {
  answered: 'Every request was answered, none with a server error',
  'server-errors': 'Every request was answered, some or all with a status of 500 or more',
  dropped: 'Connections were accepted and ended without a whole answer, or with one that is no HTTP',
  'no-answer': 'Requests got no answer within the time limit',
  mixed: 'Some requests were answered, others were dropped or got no answer',
} as const;
export type Outcome = keyof typeof outcomes;

export function classify(facts: HttpRequestFacts): Classified<Outcome> {
  const { attempts, answered, good, serverErrors, dropped, noAnswer } = facts;
  const total = attempts.length;
  const whose = facts.through === 'proxy' ? 'GETs through the proxy' : 'GETs straight to the backend, each on a fresh connection,';
  const statuses = [...new Set(attempts.flatMap(({ status }) => (status === null ? [] : [status])))].sort((a, b) => a - b).join(', ');
  const notHttp = facts.notHttp ?? 0;
  const said = facts.said == null ? '' : ` (“${facts.said}”)`;
  const lost = [dropped > notHttp ? `${dropped - notHttp} dropped` : '', notHttp > 0 ? `${notHttp} got something that is no HTTP${said}` : '', noAnswer > 0 ? `${noAnswer} without an answer` : ''].filter(Boolean).join(', ');
  const seen =
    facts.mark === null || (facts.lookedIn ?? []).length === 0
      ? ''
      : facts.foundIn.length > 0
        ? `; found again in ${[...new Set(facts.foundIn.map(({ file }) => file))].join(', ')}`
        : '; not found in the logs that were read';
  const straight = facts.through === 'proxy' ? straightText(facts.fresh) : '';
  if (dropped + noAnswer === 0) {
    if (serverErrors === 0) return { outcome: 'answered', summary: `${good} of ${total} ${whose} were answered (${statuses})${straight}${seen}` };
    return { outcome: behind(facts) ?? 'server-errors', summary: `${serverErrors} of ${total} ${whose} got a server error (${statuses})${straight}${seen}` };
  }
  if (answered > 0) return { outcome: 'mixed', summary: `${answered} of ${total} ${whose} were answered (${statuses}), ${lost}${straight}${seen}` };
  return { outcome: dropped >= noAnswer ? 'dropped' : 'no-answer', summary: `none of ${total} ${whose} was answered: ${lost}${straight}${seen}` };
}

/** The proxy's own error page hides what its backend does: where none that went straight there was answered, that is what happened. */
function behind({ through, fresh }: HttpRequestFacts): 'dropped' | 'no-answer' | null {
  if (through !== 'proxy' || fresh == null || fresh.attempts === 0 || fresh.answered > 0) return null;
  return fresh.dropped >= fresh.noAnswer ? 'dropped' : 'no-answer';
}

function straightText(fresh: HttpRequestFacts['fresh']): string {
  if (fresh === null || fresh === undefined) return '';
  return `; straight to the backend ${fresh.answered} of ${fresh.attempts} were answered`;
}
