/** `run` and `resume`: opens a case, and hands it to the wizard or to the unattended driver. */
import { hostname } from 'node:os';
import { boundedText, FileTooBig } from '../bounded-text.ts';
import { CaseError } from '../case/case-error.ts';
import type { CaseRecord, Entry, Header, Journal } from '../case/journal.ts';
import { writeOwnFile } from '../case/own-file.ts';
import { changesFolder, stateDirectory } from '../case/state-directory.ts';
import { newestInterrupted, writeSummary } from '../case/list-cases.ts';
import { continueCase, createCase, newCaseId, openCase } from '../case/store.ts';
import type { Checks } from '../checks/check.ts';
import type { Inputs } from '../checks/inputs.ts';
import { checkNames } from '../checks/names.ts';
import { type Place, UsageError } from '../errors.ts';
import type { Answers } from '../flow/answers.ts';
import { openHosts } from '../host/open.ts';
import { quoteForShell } from '../host/quote.ts';
import { exitStatus } from '../report/exit-status.ts';
import { makeReport } from '../report/make-report.ts';
import { redact } from '../report/redact/redact.ts';
import type { Report } from '../report/schema.ts';
import { stateOf } from '../report/words.ts';
import { textReport } from '../report/text.ts';
import { openSession } from '../run/run-session.ts';
import type { Session } from '../run/session.ts';
import type { Opening } from '../ui/opening.ts';
import { drive, type Driven } from '../unattended/drive.ts';
import { version } from '../version.ts';
import { sha256 } from './digest.ts';
import { foldJournal } from './fold-journal.ts';
import { defaultFlow, type LoadedFlow } from './find-flow.ts';
import { shippedFlow, shippedFlowOf } from './shipped-flow.ts';
import { isInteractive, isPlain } from './interactive.ts';
import { checkFiles, checkReportFiles, lookAt, lookHere, type RawOptions, readInputs, readTimeLimit } from './options.ts';
import type { Output } from './output.ts';
import { beNice } from './nice.ts';
import { putBackLeftOvers, stillChanged } from './rollback.ts';
import { steadyClock } from './steady-clock.ts';
import { formatOf, formatReport } from './report-formats.ts';

interface Plan {
  readonly raw: RawOptions;
  readonly loaded: LoadedFlow;
  readonly inputs: Inputs;
  readonly answers: Readonly<Record<string, string>>;
  readonly interactive: boolean;
  /** An interrupted case to go on with. */
  readonly before: CaseRecord | null;
  readonly title: string | null;
  /** The wizard's screen, where it is there already. */
  readonly opening?: Opening | undefined;
}

/** What has been found out, and shown, before this was loaded. */
export interface Begun {
  readonly loaded: LoadedFlow | null;
  readonly opening: Opening | null;
}

/** @returns the exit status */
export async function runCommand(wanted: string | undefined, given: RawOptions, io: Output, extra: { title?: string; begun?: Begun } = {}): Promise<number> {
  const { raw, answers, flow } = await withAnswers(given, wanted);
  const loaded = flow ?? extra.begun?.loaded ?? (await load(wanted ?? defaultFlow));
  checkReportFiles(raw.report ?? []);
  const inputs = readInputs(raw, checkNames, Date.now());
  if (inputs.via.proxy === null && inputs.bundle === undefined) await checkFiles(inputs, lookHere);
  return carry({ raw, loaded, inputs, answers, interactive: isInteractive(raw), before: null, title: extra.title ?? null, opening: extra.begun?.opening ?? undefined }, io);
}

export async function resumeCommand(wanted: string | undefined, raw: RawOptions, io: Output): Promise<number> {
  const stateDir = stateDirectory(raw.stateDir ?? null);
  // Where each case has its end, the newest is shown again.
  const record = await openCase(stateDir, wanted ?? (await newestInterrupted(stateDir)));
  const { flow } = record.header;
  const loaded = shippedFlowOf(flow) ?? (await import('./load-flow.ts')).loadFlowText(flow.source, `case ${record.header.id}`);
  if (record.warning !== null) io.err(`case ${record.header.id}: ${record.warning}`);
  foldJournal(record, loaded.flow);
  return carry({ raw, loaded, inputs: record.header.inputs, answers: {}, interactive: isInteractive(raw), before: record, title: null }, io);
}

const loadAll = async (): Promise<Checks> => (await import('../checks/registry.ts')).checks;

/** One after the other, so that a screen answers to keys in between. */
async function loadInTurn(): Promise<Checks> {
  const { loadCheck } = await import('../checks/one.ts');
  for (const name of checkNames) {
    await loadCheck(name);
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
  return loadAll();
}

/** As the build has proven it, else read anew. @throws {UsageError} */
async function load(wanted: string): Promise<LoadedFlow> {
  return shippedFlow(wanted) ?? (await import('./load-flow.ts')).loadFlow(wanted);
}

/** Options of the answers file under those of the command line. @throws {UsageError} */
async function withAnswers(raw: RawOptions, wanted: string | undefined): Promise<{ raw: RawOptions; answers: Readonly<Record<string, string>>; flow: LoadedFlow | null }> {
  if (raw.answers === undefined) return { raw, answers: {}, flow: null };
  const { answersBytes, flowOfAnswers, placeOfFlow, readAnswers } = await import('../flow/answers.ts');
  const text = readAnswersText(raw.answers, answersBytes);
  const named = flowOfAnswers(text, raw.answers);
  const flow = await load(wanted ?? named ?? defaultFlow).catch((error: unknown) => {
    // The file names a flow that there is none of: it is the file that is to be mended.
    if (wanted === undefined && error instanceof UsageError && error.place === null) throw new UsageError(error.message, error.remedy, placeOfFlow(text, raw.answers ?? ''));
    throw error;
  });
  const read = readAnswers(text, raw.answers, flow.flow);
  const inputs = Object.fromEntries(Object.entries(read.inputs).map(([name, value]) => [name.replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase()), value]));
  const merged: RawOptions = { ...inputs, ...raw };
  return { raw: { ...merged, allow: [...(raw.allow ?? []), ...read.allow] }, answers: read.answers, flow };
}

function readAnswersText(file: string, most: number): string {
  const place: Place = { file };
  try {
    return boundedText(file, most);
  } catch (error) {
    if (error instanceof FileTooBig) throw new UsageError(error.message, 'Give a smaller file; this one can not be an answers file', { file, line: error.line });
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ENOENT') throw new UsageError('there is no such answers file', 'Make one with: proxy-doctor flow answers', place);
    if (code === 'EISDIR') throw new UsageError('this is a folder, not an answers file', 'Name a YAML or JSON file', place);
    throw new UsageError(`the answers file can not be read (${code})`, 'Name a file that can be read', place);
  }
}

async function carry(plan: Plan, io: Output): Promise<number> {
  const { raw, loaded, inputs } = plan;
  if (raw.nice === true) beNice();
  const hosts = await openHosts(inputs);
  if (inputs.via.proxy !== null || inputs.bundle !== undefined) await checkFiles(inputs, lookAt(hosts.proxy));
  // A wizard may stay open while the machine sleeps, and has no limit of its own: it goes by the machine's clock.
  const now = plan.interactive ? Date.now : steadyClock();
  const startedAt = now();
  const header: Header = plan.before?.header ?? {
    journal: 1,
    id: newCaseId(startedAt),
    startedAt: new Date(startedAt).toISOString(),
    host: hosts.proxy.name !== undefined ? hosts.proxy.name : inputs.via.proxy === null ? hostname() : `${hostname()} via ${inputs.via.proxy.join(' ')}`,
    tool: version,
    mode: plan.interactive ? 'interactive' : 'unattended',
    inputs,
    flow: { id: loaded.flow.id, version: loaded.flow.version, hash: loaded.hash, source: loaded.source },
  };
  const stateDir = stateDirectory(raw.stateDir ?? null);
  const leftOvers = await putBackLeftOvers(stateDir);
  const sayThem = (): void => leftOvers.forEach((line) => io.err(line));
  if (leftOvers.length > 0 && plan.opening !== undefined) plan.opening.beside(sayThem);
  else sayThem();
  const journal = plan.before === null ? await createCase(stateDir, header, now) : await continueCase(plan.before, now);
  const entries: Entry[] = [...(plan.before?.entries ?? [])];
  const limit = readTimeLimit(raw, plan.interactive);
  const session = openSession({
    flow: loaded.flow,
    flowHash: loaded.hash,
    declared: loaded.declared,
    loadChecks: plan.interactive ? loadInTurn : loadAll,
    hosts,
    inputs,
    journal: remembering(journal, entries),
    changesFolder: () => changesFolder(stateDir),
    before: (plan.before?.entries ?? []).map((entry) => entry.event),
    caseId: header.id,
    hostName: header.host,
    startedAt: Date.parse(header.startedAt),
    now,
    deadline: limit === null ? null : startedAt + limit,
    follow: !plan.interactive,
  });
  const report = (status: Report['status']): Report => {
    const view = session.view();
    const made = makeReport({ header, version, flow: loaded.flow, state: view.state, diagnoses: view.diagnoses ?? [], status, entries, endedAt: new Date(now()).toISOString(), digest: sha256 });
    return raw.redact === true ? redact(made, sha256) : made;
  };
  try {
    const status = plan.interactive ? await attended(plan, session, report, io) : await unattended(plan, session, report, journal, io);
    if (status === 5) for (const line of await stillChanged(stateDir)) io.err(line);
    return status;
  } finally {
    await summarise(journal, header, session);
    await journal.close();
  }
}

async function unattended(plan: Plan, session: Session, report: (status: Report['status']) => Report, journal: Journal, io: Output): Promise<number> {
  const { raw } = plan;
  let stoppedBy: NodeJS.Signals | null = null;
  const onSignal = (signal: NodeJS.Signals): void => {
    stoppedBy = signal;
    void session.stop(signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  if (plan.title !== null) io.err(plan.title);
  let driven: Driven;
  try {
    driven = await drive(session, { answers: plan.answers, neverAsk: raw.answers === undefined || raw.input === false }, io.err);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    if (error instanceof CaseError) throw new CaseError(error.message, `${error.remedy}. What was written is kept; go on with: ${resumeWith(plan, journal)}`);
    io.err(`proxy-doctor failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    io.err(`The case ${journal.id} holds what was found so far; go on with: ${resumeWith(plan, journal)}`);
    return 1;
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
  }
  const status = driven.open !== null ? 'needs-input' : stoppedBy !== null ? 'interrupted' : session.view().status;
  const made = report(status === 'running' ? 'failed' : status);
  await writeReports(plan, made, io);
  if (raw.record !== undefined) await writeRecord(raw.record, plan, session);
  for (const diagnosis of made.diagnoses) {
    io.err(`${diagnosis.id} (${stateOf(diagnosis)}) ${diagnosis.summary}`);
  }
  io.out(raw.json === true ? `${JSON.stringify(made)}\n` : textReport(made));
  if (driven.open !== null) {
    const key = driven.open.subject === null ? driven.open.id : `${driven.open.id}@${driven.open.subject}`;
    io.err(`The question “${driven.open.title}” (${driven.open.id}) is not settled. Add to the answers file, under answers:  ${key}: ${driven.open.options.join(' | ')}`);
  }
  if (stoppedBy !== null) {
    io.err(`Interrupted; go on with: ${resumeWith(plan, journal)}`);
    return stoppedBy === 'SIGHUP' ? 129 : stoppedBy === 'SIGTERM' ? 143 : 130;
  }
  return exitStatus(made);
}

async function attended(plan: Plan, session: Session, report: (status: Report['status']) => Report, io: Output): Promise<number> {
  const { runWizard } = await import('../ui/wizard.tsx');
  const now = (): Report => {
    const { status } = session.view();
    return report(status === 'running' ? 'interrupted' : status);
  };
  const { signal } = await runWizard({
    session,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    opening: plan.opening,
    plain: isPlain(plan.raw),
    writeReport: async (path) => {
      await writeOwnFile(path, await formatReport(now(), formatOf(path)));
      return path;
    },
    ending: () => {
      const made = now();
      return made.diagnoses.length > 0 ? textReport(made, process.stdout.columns ?? 80, 'short') : '';
    },
  });
  const made = now();
  await writeReports(plan, made, io);
  if (plan.raw.record !== undefined) await writeRecord(plan.raw.record, plan, session);
  if (signal !== null) return signal === 'SIGHUP' ? 129 : signal === 'SIGTERM' ? 143 : 130;
  // Leaving the wizard before its end is no failure: the case is saved.
  return made.status === 'interrupted' ? 0 : exitStatus(made);
}

/** As it has to be typed. */
function resumeWith(plan: Plan, journal: Journal): string {
  const { stateDir } = plan.raw;
  return `proxy-doctor resume ${journal.id}${stateDir === undefined ? '' : ` --state-dir ${quoteForShell(stateDir)}`}`;
}

async function writeReports(plan: Plan, made: Report, io: Output): Promise<void> {
  for (const file of plan.raw.report ?? []) {
    try {
      await writeOwnFile(file, await formatReport(made, formatOf(file)));
    } catch (error) {
      io.err(`--report ${file}: could not be written (${error instanceof Error ? error.message : String(error)}); write it again with: proxy-doctor report ${made.case.id} --output FILE`);
    }
  }
}

async function writeRecord(file: string, plan: Plan, session: Session): Promise<void> {
  const { writeAnswers } = await import('../flow/answers.ts');
  await writeOwnFile(file, writeAnswers(recorded(plan, session)));
}

function recorded(plan: Plan, session: Session): Answers {
  const { state } = session.view();
  const answers = [...state.path, ...state.ahead]
    .filter((visit) => visit.suggested === null)
    .map((visit) => [visit.subject === null ? visit.step : `${visit.step}@${visit.subject}`, visit.outcome] as const);
  const { inputs, raw } = plan;
  const named: Record<string, unknown> = {
    error_log: inputs.errorLogs,
    access_log: inputs.accessLogs,
    access_log_format: raw.accessLogFormat,
    backend: inputs.backends,
    proxy_config: raw.proxyConfig,
    httpd: raw.httpd,
    url: raw.url,
    since: raw.since,
    until: raw.until,
    via: raw.via,
    skip: inputs.skip,
    passive: inputs.passive || undefined,
    offline: inputs.offline || undefined,
  };
  const kept = Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0)));
  return { flow: plan.loaded.flow.id, inputs: kept, answers: Object.fromEntries(answers), allow: [...inputs.allow] };
}

/** The journal, with the lines also at hand for the report. */
function remembering(journal: Journal, entries: Entry[]): Journal {
  return {
    ...journal,
    append: async (event) => {
      const entry = await journal.append(event);
      entries.push(entry);
      return entry;
    },
  };
}

async function summarise(journal: Journal, header: Header, session: Session): Promise<void> {
  const view = session.view();
  const first = view.diagnoses?.[0];
  await writeSummary(journal.folder, {
    id: header.id,
    startedAt: header.startedAt,
    host: header.host,
    flow: header.flow.id,
    state: view.status,
    diagnosis: first === undefined ? null : `${first.id} (${first.confidence})${first.backend === null ? '' : ` ${first.backend}`}`,
  });
}
