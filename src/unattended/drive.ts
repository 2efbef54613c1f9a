/**
 * The driver without a person: follows the evidence, takes answers from options, answers file and defaults, and stops where a
 * question stays open. Progress goes to a stream as one line a check.
 */
import type { QuestionStep } from '../engine/flow.ts';
import type { Session } from '../run/session.ts';
import { visible } from '../visible.ts';

export interface Policy {
  /** Answers by question, or `question@backend`. */
  readonly answers: Readonly<Record<string, string>>;
  /** Never stop at a question: take its default, or `unknown`. */
  readonly neverAsk: boolean;
}

/** A question that nothing settled: its id, where it was met, and its options. */
export interface OpenQuestion {
  readonly id: string;
  readonly subject: string | null;
  readonly title: string;
  readonly options: readonly string[];
}

export interface Driven {
  readonly open: OpenQuestion | null;
}

/** Drives until the session has ended. The session must have been opened with `follow`. */
export async function drive(session: Session, policy: Policy, say: (line: string) => void): Promise<Driven> {
  let open: OpenQuestion | null = null;
  const told = new Set<string>();
  const look = (): void => {
    const view = session.view();
    for (const evidence of view.state.evidence) {
      if (told.has(evidence.id)) continue;
      told.add(evidence.id);
      const time = new Date(Date.parse(evidence.startedAt) + evidence.durationMs).toTimeString().slice(0, 8);
      const about = evidence.subject === null ? '' : `${evidence.subject}: `;
      const text = evidence.status === 'ok' ? `ok    ${about}${evidence.summary}` : `${evidence.status}: ${about}${evidence.summary}${evidence.remedy ? ` (${evidence.remedy})` : ''}`;
      say(`[${time}] ${evidence.check.padEnd(16)} ${visible(text)}  ${(evidence.durationMs / 1000).toFixed(1)} s`);
    }
    const { awaiting } = view;
    if (awaiting.kind === 'consent') session.send({ type: 'consent', granted: false });
    if (awaiting.kind === 'answer' && open === null) {
      const step = view.flow.steps.get(awaiting.step);
      if (step?.kind !== 'question') return;
      const answer = settled(step, awaiting.subject, policy);
      if (answer !== null) session.send({ type: 'choose', outcome: answer, because: null });
      else {
        open = { id: step.id, subject: awaiting.subject, title: step.title, options: Object.keys(step.routes) };
        void session.stop(null);
      }
    }
  };
  const unsubscribe = session.subscribe(look);
  try {
    await session.start();
  } finally {
    unsubscribe();
  }
  return { open };
}

function settled(step: QuestionStep, subject: string | null, policy: Policy): string | null {
  const given = (subject === null ? undefined : policy.answers[`${step.id}@${subject}`]) ?? policy.answers[step.id];
  if (given !== undefined) return given;
  if (step.default !== null) return step.default;
  return policy.neverAsk ? 'unknown' : null;
}
