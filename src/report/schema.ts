/** The JSON report (`proxy-doctor.report/1`): its schema is the contract, and the JSON Schema that `report --schema` prints. */
import * as z from 'zod';

const iso = z.string().describe('ISO 8601');
const claim = z.object({ text: z.string(), evidence: z.array(z.string()) });

export const command = z.object({
  argv: z.array(z.string()),
  exitCode: z.number().int().nullable(),
  durationMs: z.number(),
  output: z.string().optional(),
});

export const evidence = z.object({
  id: z.string(),
  check: z.string(),
  side: z.enum(['proxy', 'backend']),
  subject: z.string().nullable(),
  startedAt: iso,
  durationMs: z.number(),
  status: z.enum(['ok', 'failed', 'skipped', 'timed-out']).describe('whether the check could be carried out, never what it found'),
  outcome: z.string(),
  summary: z.string(),
  remedy: z.string().nullable(),
  commands: z.array(command),
  data: z.unknown(),
  digest: z.string().describe('SHA-256 of the other fields, for report --verify'),
  superseded: z.boolean().optional(),
});

export const diagnosis = z.object({
  id: z.string(),
  backend: z.string().nullable(),
  confidence: z.enum(['confirmed', 'likely', 'possible']),
  ongoing: z.boolean().nullable(),
  summary: z.string(),
  evidence: z.array(z.string()),
  for: z.array(claim),
  against: z.array(claim),
  open: z.array(claim),
  rivals: z.array(z.object({ id: z.string(), state: z.enum(['refuted', 'not-tested']), because: z.string() })),
  pattern: z.object({ method: z.string().nullable(), path: z.string().nullable(), share: z.number() }).nullable(),
  remedies: z.array(
    z.object({
      title: z.string(),
      steps: z.array(z.string()),
      commands: z.array(z.string()),
      verify: z.string(),
      firstAid: z.boolean(),
      undo: z.string().nullable(),
    }),
  ),
});

export const report = z.object({
  schema: z.literal('proxy-doctor.report/1'),
  tool: z.object({ name: z.literal('proxy-doctor'), version: z.string() }),
  case: z.object({
    id: z.string(),
    startedAt: iso,
    endedAt: iso.nullable(),
    host: z.string(),
    mode: z.enum(['interactive', 'unattended']),
  }),
  flow: z.object({ id: z.string(), version: z.number() }),
  status: z.enum(['diagnosed', 'undetermined', 'needs-input', 'interrupted', 'failed']),
  window: z.object({ from: iso.nullable(), to: iso.nullable(), covered: z.boolean() }),
  impact: z.object({ requests: z.number(), failed: z.number(), clients: z.number(), since: iso.nullable() }).nullable(),
  diagnoses: z.array(diagnosis),
  path: z.array(
    z.object({
      step: z.string(),
      subject: z.string().nullable(),
      title: z.string(),
      outcome: z.string(),
      suggested: z.string().nullable(),
      decidedBy: z.enum(['evidence', 'answer', 'operator', 'default']),
      because: z.string(),
      evidence: z.array(z.string()),
    }),
  ),
  evidence: z.array(evidence),
  changes: z.array(z.object({ what: z.string(), file: z.string(), state: z.enum(['applied', 'reverted', 'kept', 'failed']) })),
  leftOut: z.array(z.object({ backend: z.string(), failures: z.number() })).describe('backends under suspicion that were not examined'),
  verified: z.array(z.object({ at: iso, diagnosis: z.string(), good: z.boolean(), evidence: z.string() })),
  remediesDone: z.array(z.object({ at: iso, diagnosis: z.string(), title: z.string() })).default([]).describe('remedies that the engineer ticked off'),
  notes: z.array(z.object({ at: iso, text: z.string() })),
});

export type Report = z.infer<typeof report>;
export type ReportEvidence = z.infer<typeof evidence>;

/** The JSON Schema of the report, for editors and other programs. */
export function reportJsonSchema(): unknown {
  return z.toJSONSchema(report, { target: 'draft-2020-12', unrepresentable: 'any' });
}
