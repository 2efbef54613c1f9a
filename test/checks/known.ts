/** What a check may know before it starts, for tests of `prepare`. */
import type { Known } from '../../src/checks/check.ts';
import type { Inputs } from '../../src/checks/inputs.ts';
import type { Evidence } from '../../src/engine/evidence.ts';
import { noInputs } from '../fakes/inputs.ts';

export function known(backend: string | null, inputs: Partial<Inputs> = {}, data: Readonly<Record<string, unknown>> = {}): Known {
  return {
    inputs: { ...noInputs, ...inputs },
    subject: backend === null ? null : { key: backend, backend, mode: 'connect', failures: 1 },
    evidence: (check) => (check in data ? evidence(check, data[check]) : null),
  };
}

export function evidence(check: string, data: unknown): Evidence {
  return {
    id: 'e1',
    check,
    side: 'proxy',
    subject: null,
    key: check,
    startedAt: '2026-01-15T12:00:00Z',
    durationMs: 1,
    status: 'ok',
    outcome: '',
    summary: '',
    remedy: null,
    commands: [],
    data,
  };
}
