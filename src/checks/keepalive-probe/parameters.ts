/** What the probe is told, and how it is worked out from options and other checks' facts. Pure. */
import * as z from 'zod';
import type { Known, Prepared } from '../check.ts';
import { dialect } from '../dialect.ts';
import type { BackendSetting } from '../proxy-config/facts.ts';
import { facts as proxyVersionFacts } from '../proxy-version/facts.ts';
import { answerWithin, proxyWaits } from '../http-request/proxy-waits.ts';
import { findTarget, target, whyNotHttp, whyNotTalk } from '../http-request/target.ts';
import { facts } from './facts.ts';
import { prefixMatches } from '../proxy-config/routes.ts';
import { proxyKeeps } from './proxy-keeps.ts';

/** What a flow (or `check`) may set. */
export const settable = z.object({
  /** Bound on the whole probe, in seconds. */
  seconds: z.number().min(1).max(300).default(30),
  /** Idle times after which the connection is used again, in seconds; between them they fit into `seconds`. */
  ladder: z.array(z.number().min(0).max(300)).max(20).default([1, 2, 5, 10, 20]),
  /** How long an answer is waited for. */
  answerSeconds: z.number().min(0.1).max(60).optional(),
});

/** Unless told otherwise or the proxy gives up sooner. */
const usualAnswerSeconds = 5;

export const parameters = settable.extend({
  answerSeconds: z.number(),
  target,
  path: z.string(),
  proxyKeeps: facts.shape.proxyKeeps,
  prefork: z.boolean(),
  ping: z.boolean(),
  dialect: dialect.optional(),
});
export type Parameters = z.infer<typeof parameters>;

export function prepare(known: Known, set: Readonly<Record<string, unknown>>): Prepared<Parameters> {
  const found = findTarget(known);
  if (!found.ready) return found;
  const why = whyNotTalk(known) ?? whyNotHttp(found);
  if (why !== null) return why;
  const asked = settable.parse(set);
  const { config, settings } = found;
  const aprUtil = proxyVersionFacts.safeParse(known.evidence('proxy-version')?.data).data?.aprUtil ?? null;
  return {
    ready: true,
    parameters: {
      ...asked,
      answerSeconds: answerWithin(asked.answerSeconds, usualAnswerSeconds, proxyWaits(config, settings)),
      target: found.target,
      path: backendPath(known.inputs.url, settings),
      proxyKeeps: proxyKeeps(settings, config, aprUtil),
      prefork: config?.mpm?.toLowerCase() === 'prefork',
      dialect: config?.dialect,
      ping: settings.some((setting) => setting.parameters['ping'] !== undefined),
    },
  };
}

/**
 * The path to ask the backend for: what --url (safe to request, says the engineer) leads to behind the proxy, else `/`. GET, not HEAD or
 * OPTIONS: it is what every backend knows, and what its real requests look like.
 */
export function backendPath(url: string | null, settings: readonly BackendSetting[]): string {
  const asked = url !== null && URL.canParse(url) ? new URL(url) : null;
  if (asked === null) return '/';
  for (const setting of settings) {
    if (setting.path === null || setting.pathIsPattern) continue;
    if (!prefixMatches(asked.pathname, setting.path)) continue;
    // httpd puts the rest of the path right behind the URL, as text.
    const to = setting.url + asked.pathname.slice(setting.path.length) + asked.search;
    if (URL.canParse(to)) return new URL(to).pathname + new URL(to).search;
  }
  return '/';
}
