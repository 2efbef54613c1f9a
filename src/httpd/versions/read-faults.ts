/** Reads flows/mod-proxy-http/fixes.yaml. Only the generator and its test do: the program has the table in it. */
import { load } from 'js-yaml';
import * as z from 'zod';
import { families } from '../../checks/error-log/facts.ts';
import type { KnownFault } from './faults.ts';

const release = z.string().regex(/^\d+\.\d+\.\d+$/);
const family = z.enum(families);
/** `status-line-failed` or `status-line-failed/ECONNRESET`. */
const sign = z.string().transform((text) => {
  const [name, errno] = text.split('/');
  return { family: family.parse(name), errno: errno ?? null };
});
const entry = z.strictObject({
  id: z.string().min(1),
  modules: z.array(z.string().regex(/^(?:mod_\w+|core|http|event|worker|prefork)$/)).min(1),
  introduced: release.optional(),
  fixed: z.array(release).min(1),
  title: z.string().min(20),
  when: z.string().min(5),
  shows: z.array(sign).optional(),
});
const list = z.strictObject({ faults: z.array(entry) });

/** @throws {z.ZodError} where the file has another form */
export function readFaults(text: string): KnownFault[] {
  return list
    .parse(load(text))
    .faults.map(({ introduced, shows, ...rest }) => ({ ...rest, introduced: introduced ?? null, shows: shows ?? [] }));
}
