/** The record of a change: written before anything is touched, enough to undo it from any later process. */
import * as z from 'zod';

export const record = z.object({
  format: z.literal(1),
  id: z.string(),
  caseId: z.string(),
  /** `new-file`: a file that did not exist; `block`: lines at the end of a file that is there. */
  placement: z.enum(['new-file', 'block']),
  file: z.string(),
  /** The exact bytes that are added. */
  text: z.string(),
  /** The file before: null for a new one. */
  before: z.object({ sha256: z.string(), size: z.number(), mode: z.number(), uid: z.number(), gid: z.number() }).nullable(),
  httpd: z.object({
    pid: z.number(),
    /** Clock ticks after boot at which it started (proc(5), stat field 22): tells a reused pid. */
    startTicks: z.string(),
    /** How it was called, for the syntax test. */
    argv: z.array(z.string()),
    /** Its environment: Debian's configuration uses variables of it. */
    environment: z.record(z.string(), z.string()),
    /** A port it listens on, for the test that it still serves. */
    listen: z.object({ address: z.string(), port: z.number() }).nullable(),
  }),
  /** Milliseconds since the epoch. */
  deadline: z.number(),
  supervisor: z.object({ pid: z.number(), startTicks: z.string() }).nullable(),
  state: z.enum(['planned', 'applied', 'reverted', 'kept', 'failed']),
  /** What became of it, in words. */
  told: z.string(),
});

export type ChangeRecord = z.infer<typeof record>;
