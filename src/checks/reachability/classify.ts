/** What the other ways to the backend's host say. Pure. */
import type { Classified } from '../check.ts';
import { visible } from '../../visible.ts';
import type { ReachabilityFacts } from './facts.ts';
import { noWay } from './route.ts';

export const outcomes = {
  'host-answers': 'The host answers in another way than on its port',
  'no-answer': 'Nothing of that host answers',
  'no-route': 'No route leads there, or one that says no',
  'mtu-hole': 'The host answers, but large packets vanish on the way',
};

export function classify(facts: ReachabilityFacts): Classified<keyof typeof outcomes> {
  const { address, route, routeOf, pathMtu, hostAnswers, because } = facts;
  if (route === null)
    return { outcome: 'no-route', summary: `This machine has no route to ${address} (${visible(facts.routeError ?? 'no entry')})` };
  if (noWay.has(route.type)) {
    const whose = routeOf === null ? '' : ` for ${visible(routeOf)}, whom httpd runs as`;
    return { outcome: 'no-route', summary: `This machine's own routes say no to ${address}${whose}: a route of type ${route.type}` };
  }
  if (hostAnswers === true && pathMtu?.hole === true) {
    return {
      outcome: 'mtu-hole',
      summary: `${address} answers, but packets of ${pathMtu.device ?? '?'} bytes vanish without a word; ${pathMtu.bytes ?? '?'} bytes pass`,
    };
  }
  return hostAnswers === true
    ? { outcome: 'host-answers', summary: visible(`${address} is there: ${because}`) }
    : { outcome: 'no-answer', summary: visible(`Nothing of ${address} answers: ${because}`) };
}
