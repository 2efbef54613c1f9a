/** From a case to its report: the same facts for every format. Pure. */
import * as z from 'zod';
import type { CaseEvent } from '../engine/events.ts';
import type { Diagnosis } from '../engine/conclusion.ts';
import type { Evidence } from '../engine/evidence.ts';
import type { Flow } from '../engine/flow.ts';
import { sameRemedy } from '../engine/remedies.ts';
import type { State } from '../engine/state.ts';
import type { Entry, Header } from '../case/journal.ts';
import type { Report, ReportEvidence } from './schema.ts';

export interface ReportInput {
  readonly header: Pick<Header, 'id' | 'startedAt' | 'host' | 'mode'>;
  readonly version: string;
  readonly flow: Flow;
  readonly state: State;
  readonly diagnoses: readonly Diagnosis[];
  readonly status: Report['status'];
  /** The journal's lines, for the times of notes and verifications. */
  readonly entries: readonly Entry[];
  readonly endedAt: string | null;
  /** SHA-256 of a text, in hex. */
  readonly digest: (text: string) => string;
}

const fromLog = z.object({
  window: z.object({ from: z.string().nullable(), to: z.string().nullable(), covered: z.boolean() }),
  impact: z.object({ requests: z.number(), failed: z.number(), clients: z.number(), since: z.string().nullable() }).nullable(),
});

export function makeReport(input: ReportInput): Report {
  const { state, flow, header } = input;
  const log = state.evidence.findLast((one) => one.check === 'error-log' && one.status === 'ok' && one.superseded !== true);
  const facts = log === undefined ? undefined : fromLog.safeParse(log.data).data;
  return {
    schema: 'proxy-doctor.report/1',
    tool: { name: 'proxy-doctor', version: input.version },
    case: { id: header.id, startedAt: header.startedAt, endedAt: input.endedAt, host: header.host, mode: header.mode },
    flow: { id: flow.id, version: flow.version },
    status: input.status,
    window:
      facts === undefined
        ? { from: null, to: null, covered: false }
        : { from: facts.window.from, to: facts.window.to, covered: facts.window.covered },
    impact: facts?.impact ?? null,
    diagnoses: input.diagnoses.map(copy),
    path: [...state.path, ...state.ahead].map((visit) => ({ ...visit, title: titleOf(flow, visit.step), evidence: [...visit.evidence] })),
    evidence: state.evidence.map((one) => evidenceOf(one, input.digest)),
    changes: state.changes.map(({ what, file, state }) => ({ what, file, state })),
    leftOut: state.leftOut.map(({ backend, failures }) => ({ backend, failures })),
    verified: timed(input.entries, 'verified').map(({ at, event }) => ({
      at,
      diagnosis: event.diagnosis,
      good: event.good,
      evidence: event.evidence,
    })),
    remediesDone: timed(input.entries, 'remedy').flatMap(({ at, event }, index, all) => {
      // The last word on a remedy counts: a tick may have been taken back.
      const later = all.slice(index + 1).some((other) => sameRemedy(other.event, event));
      return event.done && !later ? [{ at, diagnosis: event.diagnosis, title: event.title }] : [];
    }),
    notes: timed(input.entries, 'note').map(({ at, event }) => ({ at, text: event.text })),
  };
}

/** The conclusion's types are read-only, the report's are plain JSON. */
function copy(diagnosis: Diagnosis): Report['diagnoses'][number] {
  return structuredClone(diagnosis) as Report['diagnoses'][number];
}

function evidenceOf(one: Evidence, digest: (text: string) => string): ReportEvidence {
  const { id, check, side, subject, startedAt, durationMs, status, outcome, summary, remedy, data } = one;
  const commands = one.commands.map((command) => ({ ...command, argv: [...command.argv] }));
  const body = { id, check, side, subject, startedAt, durationMs, status, outcome, summary, remedy, commands, data };
  return { ...body, digest: digest(JSON.stringify(body)), ...(one.superseded === true ? { superseded: true } : {}) };
}

function titleOf(flow: Flow, step: string): string {
  return flow.steps.get(step)?.title ?? step;
}

type Of<T extends CaseEvent['type']> = Extract<CaseEvent, { type: T }>;

function timed<T extends CaseEvent['type']>(entries: readonly Entry[], type: T): { at: string; event: Of<T> }[] {
  return entries.flatMap(({ at, event }) => (event.type === type ? [{ at, event: event as Of<T> }] : []));
}
