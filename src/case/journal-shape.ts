/** What the lines of a journal must look like before anything is built on them. */
import * as z from 'zod';
import type { CaseEvent } from '../engine/events.ts';

const argv = z.array(z.string());

/** Options that came later than a journal are at their default in it. */
const inputs = z.looseObject({
  errorLogs: argv.default([]),
  accessLogs: argv.default([]),
  accessLogFormat: z.string().nullable().default(null),
  backends: argv.default([]),
  proxyConfig: z.string().nullable().default(null),
  httpd: argv.nullable().default(null),
  url: z.string().nullable().default(null),
  since: z.number().nullable().default(null),
  until: z.number().nullable().default(null),
  via: z.object({ proxy: argv.nullable().default(null), backend: argv.nullable().default(null) }).default({ proxy: null, backend: null }),
  allow: z.array(z.enum(['keepalive-toggle', 'packet-capture'])).default([]),
  passive: z.boolean().default(false),
  skip: argv.default([]),
  offline: z.boolean().default(false),
});

export const header = z.looseObject({
  journal: z.literal(1),
  id: z.string(),
  startedAt: z.string(),
  host: z.string(),
  tool: z.string(),
  mode: z.enum(['interactive', 'unattended']),
  inputs,
  flow: z.object({ id: z.string(), version: z.number(), hash: z.string(), source: z.string() }),
});

/** For the message to people whose journal is of another make. */
export const anyHeader = z.looseObject({ journal: z.unknown(), tool: z.string().optional() });

const types: Readonly<Record<CaseEvent['type'], true>> = {
  opened: true,
  started: true,
  evidence: true,
  suggested: true,
  chosen: true,
  suspects: true,
  consent: true,
  back: true,
  forward: true,
  rerun: true,
  change: true,
  note: true,
  concluded: true,
  verified: true,
  remedy: true,
  interrupted: true,
};

export const entry = z.looseObject({ seq: z.number().int(), at: z.string(), event: z.looseObject({ type: z.string() }) });

export function isKnownEvent(type: string): type is CaseEvent['type'] {
  return Object.hasOwn(types, type);
}
