/** Facts of the check `keepalive-toggle`: failures before and while connections to the backend are not reused. */
import { z } from 'zod';
export const period = z.object({
  requests: z.number(),
  failed: z.number(),
  p50: z.number().nullable(),
  p95: z.number().nullable(),
  seconds: z.number(),
});
export const facts = z.object({
  before: period,
  during: period,
  after: period.nullable(),
  pValue: z.number().nullable(),
  helped: z.boolean().nullable(),
  stoppedBecause: z.string(),
  file: z.string(),
  directive: z.string(),
  restored: z.boolean(),
  kept: z.boolean(),
});
export type KeepaliveToggleFacts = z.infer<typeof facts>;
