/** `plan`: what a run with these options may do, step by step. It runs nothing. */
import type { Known } from '../checks/check.ts';
import { checkNames } from '../checks/names.ts';
import { checks } from '../checks/registry.ts';
import type { Flow } from '../engine/flow.ts';
import { defaultFlow, loadFlow } from './load-flow.ts';
import { type RawOptions, readInputs } from './options.ts';
import type { Output } from './output.ts';

interface Planned {
  readonly step: string;
  readonly title: string;
  readonly check: string;
  readonly side: string;
  readonly load: string;
  readonly sendsTraffic: boolean;
  readonly changes: string | null;
  readonly needs: { readonly commands: readonly (readonly string[])[]; readonly files: readonly string[]; readonly rights: readonly string[] };
  /** As they would be typed, where the options alone settle them. */
  readonly commands: readonly string[];
  /** Why it will not be carried out with these options; null: it may be. */
  readonly leftOut: string | null;
  readonly timeLimitSeconds: number;
}

export function planCommand(wanted: string | undefined, raw: RawOptions, io: Output): Promise<number> {
  const { flow } = loadFlow(wanted ?? defaultFlow);
  const planned = planOf(flow, raw);
  if (raw.json === true) io.out(`${JSON.stringify({ flow: flow.id, steps: planned })}\n`);
  else io.out(asText(flow, planned));
  return Promise.resolve(0);
}

function planOf(flow: Flow, raw: RawOptions): Planned[] {
  const inputs = readInputs(raw, checkNames, Date.now());
  const backend = inputs.backends[0];
  return [...flow.steps.values()].flatMap((step): Planned[] => {
    if (step.kind !== 'check' && step.kind !== 'action') return [];
    const check = checks[step.check];
    if (check === undefined) return [];
    const subject = check.scope === 'backend' && backend !== undefined ? { key: backend, backend, mode: 'none', failures: 0 } : null;
    const known: Known = { inputs, subject, evidence: () => null };
    const prepared = check.scope === 'backend' && subject === null ? null : check.prepare(known, step.with);
    const leftOut = inputs.skip.includes(check.name)
      ? 'left out by --skip'
      : inputs.passive && check.sendsTraffic
        ? 'sends traffic, and --passive forbids it'
        : step.kind === 'action' && !inputs.allow.includes(step.action)
          ? `needs consent: --allow ${step.action}, or asked on the terminal`
          : null;
    return [
      {
        step: step.id,
        title: step.title,
        check: check.name,
        side: check.side,
        load: check.load,
        sendsTraffic: check.sendsTraffic,
        changes: check.action,
        needs: check.needs,
        commands: prepared?.ready === true ? check.describe(prepared.parameters) : [],
        leftOut,
        timeLimitSeconds: Math.round(check.timeLimitMs / 1000),
      },
    ];
  });
}

function asText(flow: Flow, planned: readonly Planned[]): string {
  const lines = [`What a run of ${flow.id} may do with these options, by step. Nothing of it has been run.`, ''];
  for (const one of planned) {
    lines.push(`${one.step}: ${one.title}`);
    lines.push(`  ${one.check}, on the ${one.side}'s side, ${one.load === 'none' ? 'reads what is there' : one.load === 'brief' ? 'a few short connections' : 'holds connections or time'}, at most ${one.timeLimitSeconds} s`);
    if (one.leftOut !== null) lines.push(`  not carried out: ${one.leftOut}`);
    if (one.changes !== null) lines.push(`  changes or captures: ${one.changes}`);
    if (one.needs.commands.length > 0) lines.push(`  commands: ${one.needs.commands.map((choice) => choice.join(' or ')).join(', ')}`);
    if (one.needs.files.length > 0) lines.push(`  files: ${one.needs.files.join(', ')}`);
    if (one.needs.rights.length > 0) lines.push(`  rights: ${one.needs.rights.join(', ')}`);
    for (const command of one.commands) lines.push(`  $ ${command}`);
    lines.push('');
  }
  lines.push('Besides: the case file in the state directory, and the reports that --report and --record name.');
  return `${lines.join('\n')}\n`;
}
