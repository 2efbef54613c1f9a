/** What is captured, and for how long. Pure. */
import * as z from 'zod';
import type { Known, Prepared } from '../check.ts';
import { findTarget, target } from '../http-request/target.ts';

const settable = z.object({
  seconds: z.number().min(1).max(300).default(15),
  packets: z.number().int().min(10).max(200_000).default(20_000),
  /** Bytes kept of each packet: headers of TCP and HTTP, hardly anything of bodies. */
  snapLength: z.number().int().min(96).max(65_535).default(512),
});

export const parameters = settable.extend({
  target,
  /** Requested through the proxy once a second while the capture runs; null: the proxy's real traffic alone. */
  url: z.string().nullable(),
});
export type Parameters = z.infer<typeof parameters>;

export function prepare(known: Known, set: Readonly<Record<string, unknown>>): Prepared<Parameters> {
  const found = findTarget(known);
  if (!found.ready) return found;
  const { url, passive } = known.inputs;
  return { ready: true, parameters: { ...settable.parse(set), target: found.target, url: passive ? null : url } };
}
