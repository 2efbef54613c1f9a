import type { Classified } from '../check.ts';
import { visible } from '../../visible.ts';
import type { ProxyConfigFacts } from './facts.ts';

export type ProxyConfigOutcome = 'backends-found' | 'no-backends';

const namesShown = 4;

export function classify(facts: ProxyConfigFacts): Classified<ProxyConfigOutcome> {
  const names = [...new Set(facts.backends.map((entry) => entry.backend))];
  const where = `${facts.configFile}${facts.httpd === null ? '' : ` of the running ${facts.dialect ?? 'httpd'} (pid ${facts.httpd.pid})`}`;
  const remarks = facts.problems.length === 0 ? '' : `; ${count(facts.problems.length, 'remark')} on what was read`;
  // Where nothing was found, what hindered it is the finding.
  const [first, ...others] = facts.problems;
  const hindered = first === undefined ? '' : `; ${first}${others.length === 0 ? '' : ` (and ${count(others.length, 'more remark')})`}`;
  if (names.length === 0) return { outcome: 'no-backends', summary: visible(`nothing is proxied by ${where}${hindered}`) };
  const shown = names.slice(0, namesShown).join(', ') + (names.length > namesShown ? ` and ${names.length - namesShown} more` : '');
  return { outcome: 'backends-found', summary: visible(`${count(names.length, 'backend')} in ${where}: ${shown}${remarks}`) };
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}
