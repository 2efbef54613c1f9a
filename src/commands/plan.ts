/** `plan`: what a run with these options may do, step by step. It runs nothing. */
import { resolve } from 'node:path';
import { casesFolder, stateDirectory } from '../case/state-directory.ts';
import type { Check, Known } from '../checks/check.ts';
import type { Inputs } from '../checks/inputs.ts';
import { type Destination, type May, nameOf, nothing, type Place, vantageTools } from '../checks/may.ts';
import { checkNames } from '../checks/names.ts';
import { checks } from '../checks/registry.ts';
import type { ActionStep, CheckStep, Flow } from '../engine/flow.ts';
import { visible } from '../visible.ts';
import { defaultFlow } from './find-flow.ts';
import { loadFlow } from './load-flow.ts';
import { type RawOptions, readInputs } from './options.ts';
import type { Output } from './output.ts';
import { type Lack, lacksOf } from './plan-lacks.ts';

interface Planned {
  readonly step: string;
  readonly title: string;
  readonly check: string;
  readonly side: string;
  readonly load: string;
  readonly sendsTraffic: boolean;
  readonly changes: string | null;
  readonly needs: Check['needs'];
  /** As they would be typed, where the options alone settle them. */
  readonly commands: readonly string[];
  /** The bounds that it keeps. Empty where it is left out. */
  readonly may: Bounds;
  /** Why it will not be carried out with these options; null: it may be. */
  readonly leftOut: string | null;
  readonly timeLimitSeconds: number;
  /** What it lacks here, as far as that can be told without running anything: it is skipped then, or says what it could not see. */
  readonly lacks: readonly Lack[];
}

interface Bounds {
  /** Names of programs, without their folders. */
  readonly starts: readonly string[];
  /** `at`: HOST:PORT that the options name; empty: known once configuration and logs are read. */
  readonly connects: readonly { readonly to: Destination; readonly at: readonly string[] }[];
  /** Folders and files; `httpd-configuration`: the place that the change's diff shows. */
  readonly writes: readonly string[];
  readonly signals: readonly string[];
}

interface Plan {
  readonly flow: string;
  /** Whatever the steps do: entering the vantages, the case file, the reports. */
  readonly always: Bounds;
  readonly steps: readonly Planned[];
}

export async function planCommand(wanted: string | undefined, raw: RawOptions, io: Output): Promise<number> {
  const { flow } = loadFlow(wanted ?? defaultFlow);
  const plan = await planOf(flow, raw);
  io.out(raw.json === true ? `${JSON.stringify(plan)}\n` : asText(flow, plan));
  return 0;
}

async function planOf(flow: Flow, raw: RawOptions): Promise<Plan> {
  const inputs = readInputs(raw, checkNames, Date.now());
  const stateDir = resolve(stateDirectory(raw.stateDir ?? null));
  const lacks = new Map<string, readonly Lack[]>();
  for (const check of Object.values(checks)) lacks.set(check.name, await lacksOf(check, inputs));
  const steps = [...flow.steps.values()].flatMap((step) => {
    const check = step.kind === 'check' || step.kind === 'action' ? checks[step.check] : undefined;
    return check === undefined || (step.kind !== 'check' && step.kind !== 'action') ? [] : [planStep(step, check, inputs, stateDir, lacks.get(check.name) ?? [])];
  });
  const prefixes = [inputs.via.proxy, inputs.via.backend].flatMap((prefix) => prefix?.[0] ?? []);
  const files = [...(raw.report ?? []), ...(raw.record === undefined ? [] : [raw.record])].map((file) => resolve(file));
  return {
    flow: flow.id,
    always: {
      starts: prefixes.length === 0 ? [] : [...new Set([...prefixes.map(nameOf), ...vantageTools])],
      connects: [],
      writes: [casesFolder(stateDir), placeOf('changes', stateDir), `${stateDir}/newest`, ...files],
      signals: [],
    },
    steps,
  };
}

function planStep(step: CheckStep | ActionStep, check: Check, inputs: Inputs, stateDir: string, lacks: readonly Lack[]): Planned {
  const backend = inputs.backends[0];
  const subject = check.scope === 'backend' && backend !== undefined ? { key: backend, backend, mode: 'none' as const, failures: 0 } : null;
  const known: Known = { inputs, subject, evidence: () => null };
  const prepared = check.scope === 'backend' && subject === null ? null : check.prepare(known, step.with);
  const leftOut = inputs.skip.includes(check.name)
    ? 'left out by --skip'
    : inputs.passive && check.sendsTraffic && check.readsWhenPassive !== true
      ? 'sends traffic, and --passive forbids it'
      : step.kind === 'action' && !inputs.allow.includes(step.action)
        ? `needs consent: --allow ${step.action}, or asked on the terminal`
        : null;
  return {
    step: step.id,
    title: step.title,
    check: check.name,
    side: check.side,
    load: check.load,
    sendsTraffic: check.sendsTraffic,
    changes: check.action,
    needs: check.needs,
    commands: prepared?.ready === true ? check.describe(prepared.parameters) : [],
    // On a terminal consent can still be given, so what an action may do is told in any case.
    may: bounds(leftOut === null || step.kind === 'action' ? check.may(inputs, step.with) : nothing, inputs, stateDir),
    leftOut,
    timeLimitSeconds: Math.round(check.timeLimitMs / 1000),
    lacks: leftOut === null ? lacks : [],
  };
}

function bounds(may: May, inputs: Inputs, stateDir: string): Bounds {
  const at = (to: Destination): readonly string[] => (to === 'backend' ? inputs.backends : to === 'url' && inputs.url !== null ? [addressOf(inputs.url)] : []);
  return {
    starts: [...new Set(may.starts)],
    connects: [...new Set(may.connects)].map((to) => ({ to, at: at(to) })),
    writes: may.writes.map((place) => placeOf(place, stateDir)),
    signals: may.signals,
  };
}

function placeOf(place: Place, stateDir: string): string {
  switch (place) {
    case 'case':
      return casesFolder(stateDir);
    case 'changes':
      return `${stateDir}/changes`;
    case 'httpd-configuration':
      return place;
  }
}

function addressOf(url: string): string {
  const { hostname, port, protocol } = new URL(url);
  return `${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`;
}

const destinations: Readonly<Record<Destination, string>> = {
  backend: 'the backend',
  'backend-host': 'the backend’s host (ping, other ports)',
  proxy: 'httpd itself',
  url: 'the URL of --url',
  'name-server': 'the name servers',
};

function asText(flow: Flow, { steps, always }: Plan): string {
  const lines = [`What a run of ${flow.id} may do with these options, by step. Nothing of it has been run.`, ''];
  for (const one of steps) {
    lines.push(`${one.step}: ${one.title}`);
    lines.push(`  ${one.check}, on the ${one.side}'s side, ${one.load === 'none' ? 'reads what is there' : one.load === 'brief' ? 'a few short connections' : 'holds connections or time'}, at most ${one.timeLimitSeconds} s`);
    if (one.leftOut !== null) lines.push(`  not carried out: ${one.leftOut}`);
    if (one.changes !== null) lines.push(`  changes or captures: ${one.changes}`);
    if (one.needs.commands.length > 0) lines.push(`  commands: ${one.needs.commands.map((choice) => choice.join(' or ')).join(', ')}`);
    if (one.needs.files.length > 0) lines.push(`  files: ${one.needs.files.join(', ')}`);
    if (one.needs.rights.length > 0) lines.push(`  rights: ${one.needs.rights.join(', ')}`);
    for (const lack of one.lacks) lines.push(`  lacking here: ${lack.what}; to have it: ${lack.gives}`);
    lines.push(...boundsAsText(one.may));
    for (const command of one.commands) lines.push(`  $ ${command}`);
    lines.push('');
  }
  lines.push('Besides, whatever the steps do:', ...boundsAsText(always));
  return `${lines.map(visible).join('\n')}\n`;
}

function boundsAsText({ starts, connects, writes, signals }: Bounds): string[] {
  const to = connects.map((one) => (one.at.length === 0 ? destinations[one.to] : `${destinations[one.to]} (${one.at.join(', ')})`));
  return [
    ...(starts.length === 0 ? [] : [`  starts at most: ${starts.join(', ')}`]),
    ...(to.length === 0 ? [] : [`  connects at most to: ${to.join(', ')}`]),
    ...(writes.length === 0 ? [] : [`  writes at most: ${writes.map((one) => (one === 'httpd-configuration' ? 'httpd’s configuration, as its diff shows, and puts it back' : one)).join(', ')}`]),
    ...(signals.length === 0 ? [] : [`  signals: ${signals.join(', ')} (a graceful reload)`]),
  ];
}
