/** Check `dns` (article A08): does the backend's name resolve on the proxy, as httpd asks for it? */
import { isIP } from 'node:net';
import * as z from 'zod';
import { CouldNot, defineCheck, type CheckContext, type Collected } from '../check.ts';
import { nothing, talkTools } from '../may.ts';
import { backendOf, whyNotFromHere } from '../tcp-connect/target.ts';
import { classify, outcomes } from './classify.ts';
import { facts, type DnsFacts } from './facts.ts';

const parameters = z.object({ host: z.string() });

export const dns = defineCheck({
  name: 'dns',
  title: "Resolves the backend's name as the proxy does (hosts file, search domains and DNS)",
  side: 'proxy',
  scope: 'backend',
  load: 'none',
  action: null,
  sendsTraffic: false,
  needs: { commands: [], files: [], rights: [] },
  may: (inputs) => ({ ...nothing, starts: talkTools, connects: inputs.passive ? [] : ['name-server'] }),
  parameters,
  facts,
  outcomes,
  good: ['resolved', 'literal'],
  timeLimitMs: 20_000,
  prepare: (known) => {
    const backend = backendOf(known);
    // A name needs no port to be looked up; a log may give none.
    const bare = backend.ready ? null : bareName(known.subject?.backend ?? known.inputs.backends[0] ?? '');
    if (!backend.ready && bare === null) return backend;
    const host = backend.ready ? backend.host : (bare ?? '');
    if (isIP(host) !== 0) return { ready: true, parameters: { host } };
    if (known.inputs.passive) return { ready: false, reason: 'No name is looked up with --passive.', remedy: 'Leave --passive out.' };
    return whyNotFromHere(known) ?? { ready: true, parameters: { host } };
  },
  describe: ({ host }) => (isIP(host) === 0 ? [`getent ahosts ${host}`] : []),
  collect,
  classify,
});

function bareName(text: string): string | null {
  return /^[a-z0-9_](?:[\w.-]*[\w.])?$/i.test(text) ? text : null;
}

async function collect(context: CheckContext, { host }: { readonly host: string }): Promise<Collected<DnsFacts>> {
  if (isIP(host) !== 0) {
    return { facts: { name: host, literal: true, addresses: [host], code: null, durationMs: 0, how: 'an address' }, commands: [] };
  }
  const { proxy } = context.hosts;
  // The resolver's own patience (resolv.conf: 5 s a server, twice) is what httpd's requests wait for too.
  const answer = await Promise.race([
    proxy.resolve(host),
    new Promise<never>((_resolve, reject) => {
      context.signal.addEventListener('abort', () => reject(new CouldNot('timed-out', `Looking up ${host} took too long.`)), {
        once: true,
      });
    }),
  ]);
  return {
    facts: {
      name: host,
      literal: false,
      addresses: [...answer.addresses],
      code: answer.code,
      durationMs: answer.durationMs,
      how: answer.how,
    },
    commands: [],
  };
}
