/** What a session shows before it has been opened: a case at the first step of its flow. Pure. */
import type { Flow } from '../engine/flow.ts';
import { begin } from '../engine/step.ts';
import type { SessionView } from './session.ts';

/** @param caseId empty where there is no case yet. @param startedAt milliseconds since the epoch */
export function firstView(flow: Flow, caseId: string, host: string, startedAt: number): SessionView {
  return {
    caseId,
    host,
    startedAt,
    flow,
    state: begin(flow).state,
    running: [],
    awaiting: { kind: 'none' },
    soFar: null,
    diagnoses: null,
    liveChange: null,
    verifying: null,
    status: 'running',
    complaint: null,
    stale: [],
    evidenceOf: () => null,
  };
}
