/** Facts of the check `keepalive-toggle`: failures before and while connections to the backend are not reused. */
import * as z from 'zod';

/** `p50` and `p95` in milliseconds, null where the access log has no durations. */
export const period = z.object({ requests: z.number(), failed: z.number(), p50: z.number().nullable(), p95: z.number().nullable(), seconds: z.number() });

export const facts = z.object({
  before: period,
  during: period,
  after: period.nullable(),
  /** Fisher's exact test of before against during. */
  pValue: z.number().nullable(),
  /** Null: too little traffic to tell. */
  helped: z.boolean().nullable(),
  stoppedBecause: z.string(),
  file: z.string(),
  directive: z.string(),
  restored: z.boolean(),
  kept: z.boolean(),
  /** What the supervisor said at the end. */
  told: z.string(),
  /** GETs of our own among the requests of `before` and `during`; left out: none. */
  ownRequests: z.number().optional(),
  /** Requests without a failure that a verdict would have needed; null: too few failures before. */
  needed: z.number().nullable(),
});
export type KeepaliveToggleFacts = z.infer<typeof facts>;
