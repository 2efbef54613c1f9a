/** Small JSON reports, as `compare` reads them, written as: this proxy, these backends, in these states. */
import { report as schema, type Report, type ReportEvidence } from '../../src/report/schema.ts';

export interface Small {
  readonly host?: string;
  readonly at?: string;
  /** Backend → diagnosis. */
  readonly fails?: Readonly<Record<string, string>>;
  /** Of those: not any more. */
  readonly over?: readonly string[];
  /** Backends that a live check connected to. */
  readonly connects?: readonly string[];
  /** Backends of the configuration. */
  readonly configured?: readonly string[];
  readonly covered?: boolean;
  readonly requests?: number;
  /** Other names in the log. */
  readonly names?: Readonly<Record<string, readonly string[]>>;
  /** `name:port` → addresses. */
  readonly resolves?: Readonly<Record<string, readonly string[]>>;
  readonly status?: Report['status'];
  readonly leftOut?: readonly string[];
  /** Diagnoses without a backend. */
  readonly also?: readonly string[];
}

export function smallReport(small: Small): Report {
  const { host = 'px1', at = '2026-11-22T03:10:00Z', fails = {}, over = [], covered = true, requests = 1000 } = small;
  const evidence: ReportEvidence[] = [];
  const add = (check: string, outcome: string, data: unknown, subject: string | null = null): void => {
    evidence.push({
      id: `e${evidence.length + 1}`,
      check,
      side: 'proxy',
      subject,
      startedAt: at,
      durationMs: 1,
      status: 'ok',
      outcome,
      summary: '',
      remedy: null,
      commands: [],
      data,
      digest: '',
    });
  };
  const failing = Object.keys(fails);
  add('proxy-config', 'backends-found', { backends: (small.configured ?? failing).map((backend) => ({ backend })) });
  add('error-log', failing.length > 0 ? 'failures' : 'no-failures', {
    window: { covered },
    backends: [...failing, ...(small.leftOut ?? [])].map((backend) => ({ backend, names: small.names?.[backend] ?? [], failures: 100 })),
  });
  add('access-log', 'no-pattern', { requests });
  for (const [backend, addresses] of Object.entries(small.resolves ?? {})) {
    add('dns', 'resolved', { name: backend, literal: false, addresses: addresses.map((one) => one.replace(/:\d+$/, '')) }, backend);
  }
  for (const backend of small.connects ?? []) add('tcp-connect', 'connected', {}, backend);
  const diagnosis = (id: string, backend: string | null): Report['diagnoses'][number] => ({
    id,
    backend,
    confidence: 'likely',
    ongoing: backend === null ? null : !over.includes(backend),
    summary: '',
    evidence: [],
    for: [],
    against: [],
    open: [],
    rivals: [],
    pattern: null,
    remedies: [],
  });
  const diagnoses = [
    ...Object.entries(fails).map(([backend, id]) => diagnosis(id, backend)),
    ...(small.also ?? []).map((id) => diagnosis(id, null)),
  ];
  return schema.parse({
    schema: 'proxy-doctor.report/1',
    tool: { name: 'proxy-doctor', version: '0.0.0' },
    case: { id: 'c', startedAt: at, endedAt: at, host, mode: 'unattended' },
    flow: { id: 'mod-proxy-http', version: 1 },
    status: small.status ?? 'diagnosed',
    window: { from: at, to: at, covered },
    impact: null,
    diagnoses: diagnoses.length > 0 ? diagnoses : [diagnosis('no-proxy-errors', null)],
    path: [],
    evidence,
    changes: [],
    leftOut: (small.leftOut ?? []).map((backend) => ({ backend, failures: 5 })),
    verified: [],
    remediesDone: [],
    notes: [],
  });
}
