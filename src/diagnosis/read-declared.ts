/** Reads the parsed content of a diagnoses.yaml: every sign named there must exist. Pure. */
import * as z from 'zod';
import { UsageError } from '../errors.ts';
import type { Declared } from './declared.ts';
import { isSign, type SignName } from './signs/all.ts';

const sign = z.custom<SignName>((value) => typeof value === 'string' && isSign(value), { error: (issue) => `there is no sign ${String(issue.input)}` });

const remedy = z.strictObject({
  title: z.string(),
  'first-aid': z.boolean().default(false),
  undo: z.string().nullable().default(null),
  steps: z.array(z.string()),
  commands: z.array(z.string()),
  verify: z.string(),
});

export const schema = z.record(
  z.string(),
  z.strictObject({
    title: z.string(),
    summary: z.string(),
    mechanism: z.array(z.array(sign).min(1)),
    rivals: z.record(z.string(), z.array(sign)),
    for: z.array(sign),
    against: z.array(sign),
    'decided-by': z.array(z.string()),
    remedies: z.array(remedy).min(1),
  }),
);

/** @throws {UsageError} naming the diagnosis and the key */
export function readDeclared(content: unknown, file: string): Record<string, Declared> {
  const result = schema.safeParse(content);
  if (!result.success) {
    const issue = result.error.issues[0];
    throw new UsageError(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not of the expected form'}`, 'See docs/writing-flows.md, “Diagnoses”', { file });
  }
  for (const [id, entry] of Object.entries(result.data)) {
    const strange = Object.keys(entry.rivals).find((rival) => !Object.hasOwn(result.data, rival));
    if (strange !== undefined) throw new UsageError(`${id}.rivals.${strange}: there is no such diagnosis`, 'Name a diagnosis of this file', { file });
  }
  return Object.fromEntries(
    Object.entries(result.data).map(([id, entry]) => [
      id,
      {
        id,
        title: entry.title,
        summary: entry.summary,
        mechanism: entry.mechanism,
        rivals: entry.rivals,
        for: entry.for,
        against: entry.against,
        decidedBy: entry['decided-by'],
        remedies: entry.remedies.map((one) => ({ title: one.title, firstAid: one['first-aid'], undo: one.undo, steps: one.steps, commands: one.commands, verify: one.verify })),
      },
    ]),
  );
}
