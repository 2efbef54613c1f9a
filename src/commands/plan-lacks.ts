/** What a check of the plan would do without here. Looks at what is there, and at who this is; starts nothing. */
import type { Check } from '../checks/check.ts';
import type { Inputs } from '../checks/inputs.ts';
import { localHost } from '../host/local.ts';
import { lackingRight } from '../host/rights.ts';

export interface Lack {
  readonly what: string;
  /** The command that gives it. */
  readonly gives: string;
}

/** Of a side that is elsewhere nothing can be told without going there. */
export async function lacksOf(check: Check, inputs: Inputs): Promise<readonly Lack[]> {
  if (inputs.via[check.side] !== null || inputs.bundle !== undefined) return [];
  const here = localHost(check.side);
  const lacks: Lack[] = [];
  for (const choice of check.needs.commands) {
    const there = await Promise.all(choice.map((command) => here.has(command)));
    if (!there.includes(true)) lacks.push({ what: `${choice.join(' or ')} is not there`, gives: `install ${choice[0] ?? ''}` });
  }
  if (process.getuid?.() === 0) return lacks;
  const logs = check.name === 'error-log' ? inputs.errorLogs : check.name === 'access-log' ? inputs.accessLogs : [];
  for (const file of check.name === 'proxy-config' && inputs.proxyConfig !== null ? [inputs.proxyConfig] : logs) {
    const lacking = await lackingRight(here, file);
    if (lacking !== null) lacks.push({ what: lacking.reason, gives: lacking.remedy });
  }
  for (const right of check.needs.rights) {
    // Which logs and which configuration there are is found by the run.
    if (/root/.test(right) && logs.length === 0) lacks.push({ what: `perhaps the right to ${right}`, gives: 'sudo proxy-doctor run …' });
  }
  return lacks;
}
