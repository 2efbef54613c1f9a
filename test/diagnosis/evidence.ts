/** Evidence for tests: facts of which only the fields that matter are written, judged by the check itself. */
import { checks } from '../../src/checks/registry.ts';
import type { Evidence } from '../../src/engine/evidence.ts';
import type { Subject } from '../../src/engine/events.ts';
import type { Visit } from '../../src/engine/state.ts';
import { complete, type Unfit } from '../../src/flow/scenarios/complete.ts';

export const app: Subject = { key: '10.0.0.5:8080', backend: '10.0.0.5:8080', mode: 'connect', failures: 0 };
export const inFlight: Subject = { ...app, mode: 'in-flight' };

/** What a check found. @param id only to be told apart */
export function found(name: string, facts: Readonly<Record<string, unknown>>, subject: string | null = null, id = 'e1'): Evidence {
  const check = checks[name];
  if (check === undefined) throw new Error(`there is no check ${name}`);
  const unfit: Unfit[] = [];
  const data = check.facts.parse(complete(check.facts, facts, [], unfit));
  if (unfit.length > 0) throw new Error(unfit.map((one) => one.message).join('; '));
  return { ...could(name, subject, id), status: 'ok', data, ...check.classify(data, null) };
}

/** A check that could not be carried out. */
export function could(
  name: string,
  subject: string | null = null,
  id = 'e1',
  status: 'skipped' | 'failed' | 'timed-out' = 'skipped',
): Evidence {
  return {
    id,
    check: name,
    side: 'proxy',
    subject,
    key: `${name}@${subject ?? ''}`,
    startedAt: '2026-03-01T02:00:00.000Z',
    durationMs: 1,
    status,
    outcome: status,
    summary: 'it could not be carried out',
    remedy: 'give it what it needs',
    commands: [],
    data: null,
  };
}

/** One backend's part of an error log that covers the window. */
export function log(
  backend: Readonly<Record<string, unknown>>,
  more: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return { window: { covered: true }, backends: [{ backend: app.backend, ...backend }], ...more };
}

export function visit(step: string, outcome: string, more: Partial<Visit> = {}): Visit {
  return { step, subject: null, outcome, suggested: outcome, decidedBy: 'evidence', because: '', evidence: [], ...more };
}
