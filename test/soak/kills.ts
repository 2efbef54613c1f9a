/** Runs that are killed at random moments and resumed: what the screen had shown is there, nothing comes twice, the diagnosis is the same. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Evidence } from '../../src/engine/evidence.ts';
import type { Report } from '../../src/report/schema.ts';
import { journalOf, rehearsal, type Rehearsal, start, until } from '../commands/rehearsal.ts';
import { inParallel } from '../lab/parallel.ts';
import { Screen } from '../terminal/screen.ts';
import { numbers, program } from './measured.ts';

export interface Killed {
  readonly how: 'unattended' | 'in the middle of a write' | 'interactive';
  /** Whole lines of the journal at that moment; 0: the case had not begun. */
  readonly lines: number;
  /** Findings that had been shown. */
  readonly shown: number;
  /** What is wrong; none is good. */
  readonly wrong: readonly string[];
}

export interface KillOrder {
  readonly unattended: number;
  readonly inAWrite: number;
  readonly interactive: number;
  readonly seed: number;
  readonly atOnce: number;
}

interface Reference {
  /** Without a person, and of somebody who presses Enter at everything: a question is answered then, so the two differ. */
  readonly verdict: string;
  readonly answered: string;
  readonly lines: number;
  readonly unattendedMs: number;
}

interface Event {
  readonly type: string;
  readonly step?: string;
  readonly subject?: string | null;
  readonly action?: string;
  readonly evidence?: Evidence;
}

/** @param later called with what to do in the end */
export async function kills(order: KillOrder, later: (clean: () => void) => void): Promise<readonly Killed[]> {
  const base = await rehearsal(later);
  const random = numbers(order.seed);
  const reference = await referenceOf(base);
  const trials: (() => Promise<Killed>)[] = [];
  // From before the case begins to just before its end.
  const moment = (): number => 250 + random() * (reference.unattendedMs - 250);
  for (let index = 0; index < order.unattended; index += 1) {
    // Most of the time of a run is waiting; half of the kills come right behind a line of the journal.
    const behind = index % 2 === 0 ? null : 1 + Math.floor(random() * reference.lines);
    const ms = behind === null ? moment() : random() * 40;
    trials.push(() => unattended(base, reference, `u${index}`, behind, ms));
  }
  for (let index = 0; index < order.inAWrite; index += 1) {
    const at = { line: 1 + Math.floor(random() * (reference.lines - 1)), share: random() };
    trials.push(() => inAWrite(base, reference, `w${index}`, at));
  }
  for (let index = 0; index < order.interactive; index += 1) {
    const ms = moment();
    trials.push(() => interactive(base, reference, `i${index}`, ms));
  }
  return inParallel(trials, order.atOnce, (trial) => trial());
}

async function referenceOf(base: Rehearsal): Promise<Reference> {
  const state = stateOf(base, 'reference');
  const begun = performance.now();
  const { stdout, stderr } = await start(['run', ...base.options, '--no-input', '--json', '--state-dir', state]).ended;
  const unattendedMs = performance.now() - begun;
  if (stdout === '') throw new Error(`the run that is not killed said nothing: ${stderr}`);
  const person = stateOf(base, 'reference-answered');
  await answering(['run', ...base.options, '--state-dir', person], person);
  const answered = await start(['resume', '--no-input', '--json', '--state-dir', person]).ended;
  return {
    verdict: verdict(JSON.parse(stdout) as Report),
    answered: verdict(JSON.parse(answered.stdout) as Report),
    lines: journalOf(state).split('\n').length - 1,
    unattendedMs,
  };
}

async function unattended(base: Rehearsal, reference: Reference, name: string, behind: number | null, ms: number): Promise<Killed> {
  const state = stateOf(base, name);
  const run = start(['run', ...base.options, '--no-input', '--json', '--state-dir', state]);
  if (behind !== null) await until(run, () => journalOf(state).split('\n').length - 1 >= behind);
  await new Promise((resolve) => setTimeout(resolve, ms));
  run.child.kill('SIGKILL');
  const { stderr } = await run.ended;
  return resumed('unattended', reference, state, stderr, false);
}

async function inAWrite(base: Rehearsal, reference: Reference, name: string, at: { line: number; share: number }): Promise<Killed> {
  const state = stateOf(base, name);
  const preload = join(import.meta.dirname, 'programs/die-in-a-write.mjs');
  const run = start(['run', ...base.options, '--no-input', '--json', '--state-dir', state], {
    NODE_OPTIONS: `--import=${preload}`,
    PROXY_DOCTOR_DIE: `${at.line}:${at.share}`,
  });
  const { stderr, status } = await run.ended;
  const killed = await resumed('in the middle of a write', reference, state, stderr, false);
  return status === null ? killed : { ...killed, wrong: [...killed.wrong, `it was not killed: ${status}`] };
}

async function interactive(base: Rehearsal, reference: Reference, name: string, ms: number): Promise<Killed> {
  const state = stateOf(base, name);
  const screen = open(['run', ...base.options, '--state-dir', state]);
  let seen = '';
  const end = performance.now() + ms;
  while (performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, Math.min(100, Math.max(1, end - performance.now()))));
    seen += screen.text();
    screen.press('enter');
  }
  screen.kill('SIGKILL');
  await screen.ends();
  seen += screen.text();
  screen.close();
  return resumed('interactive', reference, state, seen, true);
}

/** Presses Enter until there is a diagnosis, and leaves. */
async function answering(args: readonly string[], state: string): Promise<void> {
  const screen = open(args);
  await screen.shows('mod-proxy-http');
  const end = performance.now() + 60_000;
  while (!/"type":"concluded"/.test(journalOf(state)) && performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    screen.press('enter');
  }
  await screen.shows('verify');
  screen.press('q');
  await screen.ends();
  screen.close();
}

function open(args: readonly string[]): Screen {
  return new Screen(process.execPath, [program, ...args], { columns: 220, rows: 50 });
}

/** Goes on with it, without a person or (`inTerminal`) by pressing Enter, and compares with what was there. */
async function resumed(how: Killed['how'], reference: Reference, state: string, shown: string, inTerminal: boolean): Promise<Killed> {
  const wrong: string[] = [];
  const before = journalOf(state);
  const lines = before.split('\n').length - 1;
  const had = new Set(findingsIn(eventsIn(before)).map(identity));
  if (lines === 0) {
    const { status, stderr } = await start(['resume', '--no-input', '--state-dir', state]).ended;
    if (!/there is no case|cut off before its first line was whole/.test(stderr)) wrong.push(`resume without a case (${status}): ${stderr}`);
    return { how, lines, shown: 0, wrong };
  }
  if (inTerminal) {
    await answering(['resume', '--state-dir', state], state);
  }
  const ran = await start(['resume', '--no-input', '--json', '--state-dir', state]).ended;
  if (ran.status !== 0 || ran.stdout === '') return { how, lines, shown: 0, wrong: [`resume ended with ${ran.status}: ${ran.stderr}`] };
  const report = JSON.parse(ran.stdout) as Report;
  const after = eventsIn(journalOf(state));
  const found = findingsIn(after);

  const onScreen = squashed(shown);
  let count = 0;
  for (const evidence of found) {
    // Why a check was left out is said of several in the same words.
    if (evidence.status !== 'ok' || !onScreen.includes(squashed(evidence.summary).slice(0, 60))) continue;
    count += 1;
    if (!had.has(identity(evidence))) wrong.push(`shown before the kill, and lost: ${evidence.check}: ${evidence.summary}`);
  }
  for (const one of had) if (!found.some((evidence) => identity(evidence) === one)) wrong.push(`in the journal before the kill, and gone: ${one}`);
  for (const [what, all] of [
    ['measured', found.map((one) => `${one.check} ${one.key} ${one.subject ?? ''}`)],
    ['asked or decided', after.filter((one) => one.type === 'chosen' || one.type === 'consent').map((one) => `${one.step ?? one.action ?? ''} ${one.subject ?? ''}`)],
    ['visited', report.path.map((one) => `${one.step} ${one.subject ?? ''}`)],
  ] as const)
    for (const [index, one] of all.entries()) if (all.indexOf(one) !== index) wrong.push(`${what} twice: ${one}`);
  const expected = inTerminal ? reference.answered : reference.verdict;
  if (verdict(report) !== expected) wrong.push(`another diagnosis: ${verdict(report)}, not ${expected}`);
  const verified = await start(['report', '--verify', '--state-dir', state]).ended;
  if (verified.status !== 0) wrong.push(`report --verify: ${verified.stderr}`);
  return { how, lines, shown: count, wrong };
}

function stateOf(base: Rehearsal, name: string): string {
  const state = join(base.folder, name);
  mkdirSync(state);
  return state;
}

const identity = (one: Evidence): string => `${one.id} ${one.check} ${one.startedAt}`;
const squashed = (text: string): string => text.replaceAll(/[\s│─╭╮╰╯]+/g, '');

function eventsIn(journal: string): Event[] {
  return journal.split('\n').flatMap((line) => {
    try {
      const { event } = JSON.parse(line) as { event?: Event };
      return event === undefined ? [] : [event];
    } catch {
      return [];
    }
  });
}

function findingsIn(events: readonly Event[]): Evidence[] {
  return events.flatMap(({ type, evidence }) => (type === 'evidence' && evidence !== undefined ? [evidence] : []));
}

function verdict(report: Report): string {
  return JSON.stringify([
    report.status,
    report.diagnoses.map((one) => [one.id, one.confidence, one.ongoing, one.backend, one.for.map((fact) => fact.text.replaceAll(/\d\d:\d\d(:\d\d)?/g, 'TIME'))]),
  ]);
}
