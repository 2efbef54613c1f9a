/** What looking up a name says. Pure. */
import type { Classified } from '../check.ts';
import { visible } from '../../visible.ts';
import type { DnsFacts } from './facts.ts';

export const outcomes = {
  resolved: 'The name resolves',
  literal: 'The backend is given by its address',
  'not-found': 'There is no such name, or it has no address',
  'temporary-failure': 'The resolver does not answer, or does not say why it has no address',
};

/** A request waits for the look-up; from here on people notice. */
const slowMs = 1000;

/** httpd's log has an address that the name no longer leads to. */
export function nameMoved({ addresses, logged }: DnsFacts): boolean {
  return logged !== undefined && addresses.length > 0 && !addresses.includes(logged);
}

export function classify(facts: DnsFacts): Classified<keyof typeof outcomes> {
  const { name, addresses, code, durationMs } = facts;
  const shown = visible(name);
  if (facts.literal) return { outcome: 'literal', summary: `${shown} is an address, nothing to look up` };
  if (addresses.length > 0) {
    const slow = durationMs >= slowMs ? `, but slowly: after ${(durationMs / 1000).toFixed(1)} s` : '';
    const moved = nameMoved(facts) ? `, and no more to ${visible(facts.logged ?? '')}, which httpd used` : '';
    return { outcome: 'resolved', summary: `${shown} resolves to ${addresses.join(', ')}${moved}${slow}` };
  }
  // EAI_NONAME and EAI_NODATA, which Node gives as ENOTFOUND: the resolver's definite answer.
  if (code === 'ENOTFOUND')
    return { outcome: 'not-found', summary: `${shown} does not resolve: there is no such name, or it has no address (${code})` };
  return {
    outcome: 'temporary-failure',
    summary: `${shown} does not resolve now: the resolver gives no answer (${code ?? 'no code'}, after ${(durationMs / 1000).toFixed(1)} s)`,
  };
}
