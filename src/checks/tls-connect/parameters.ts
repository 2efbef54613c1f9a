/** What the check is told: the backend as the proxy would reach it, and what the proxy's TLS settings demand. Pure. */
import * as z from 'zod';
import type { Known, Prepared } from '../check.ts';
import { facts as proxyVersionFacts } from '../proxy-version/facts.ts';
import { facts as httpRequestFacts } from '../http-request/facts.ts';
import { findTarget, target } from '../http-request/target.ts';
import { nginxTlsOf } from './nginx-settings.ts';
import { proxyTls, proxyTlsOf } from './settings.ts';

const settable = z.object({
  timeoutSeconds: z.number().min(0.1).max(60).default(5),
  /** The check was asked for by name: then it is made even where nothing says that the backend speaks TLS. */
  asked: z.boolean().default(false),
});

export const parameters = z.object({ target, proxyTls, timeoutSeconds: z.number(), spokenTo: z.enum(['tls', 'plain']).nullable().default(null) });
export type Parameters = z.infer<typeof parameters>;

export function prepare(known: Known, set: Readonly<Record<string, unknown>>): Prepared<Parameters> {
  const { timeoutSeconds, asked } = settable.parse(set);
  if (known.inputs.passive) return { ready: false, reason: 'Nothing is sent to backends with --passive.', remedy: 'Leave --passive out.' };
  const found = findTarget(known);
  if (!found.ready) return found;
  // `proxy-doctor check tls-connect HOST:PORT`: a backend named by an option, examined for nothing in particular.
  const named = known.subject?.mode === 'none' && known.inputs.backends.includes(known.subject.backend);
  if (!asked && !named && !found.target.secure && known.subject?.mode !== 'tls' && !dropsPlain(known)) {
    const reason =
      found.settings.length > 0
        ? 'The proxy speaks plain HTTP to this backend.'
        : 'Nothing says that the proxy speaks TLS to this backend.';
    return { ready: false, reason, remedy: `proxy-doctor check tls-connect ${found.target.host}:${found.target.port}` };
  }
  const version = proxyVersionFacts.safeParse(known.evidence('proxy-version')?.data).data?.version ?? null;
  return {
    ready: true,
    parameters: { target: { ...found.target, secure: true }, proxyTls:
        found.config?.dialect === 'nginx' ? nginxTlsOf(found.config, found.settings) : proxyTlsOf(found.config, found.settings, version), timeoutSeconds, spokenTo: found.settings.length === 0 ? null : found.target.secure ? 'tls' : 'plain' },
  };
}

/** Plain requests on fresh connections are dropped without a word, as a server of TLS does it. */
function dropsPlain(known: Known): boolean {
  const { data: asked } = httpRequestFacts.safeParse(known.evidence('http-request')?.data);
  const fresh = asked?.fresh ?? (asked?.through === 'backend' ? asked : null);
  return fresh !== null && fresh !== undefined && fresh.answered === 0 && fresh.dropped > 0;
}
