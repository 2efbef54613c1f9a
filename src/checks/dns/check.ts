/** Check `dns` (article A08): does the backend's name resolve on the proxy, as httpd asks for it? */
import { isIP } from 'node:net';
import * as z from 'zod';
import { parseEndpoint } from '../../httpd/wire/endpoint.ts';
import { CouldNot, defineCheck, type CheckContext, type Collected, type Known } from '../check.ts';
import { facts as errorLogFacts } from '../error-log/facts.ts';
import { nothing, talkTools } from '../may.ts';
import { backendOf, whyNotFromHere } from '../tcp-connect/target.ts';
import { classify, outcomes } from './classify.ts';
import { facts, type DnsFacts } from './facts.ts';

/** `name`: what the log calls this address besides. */
const parameters = z.object({ host: z.string(), name: z.string().nullable().default(null) });

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
    if (isIP(host) !== 0) return { ready: true, parameters: { host, name: mayAsk(known) ? otherName(known) : null } };
    if (known.inputs.passive) return { ready: false, reason: 'No name is looked up with --passive.', remedy: 'Leave --passive out.' };
    return whyNotFromHere(known) ?? { ready: true, parameters: { host, name: null } };
  },
  describe: ({ host, name }) => {
    const asked = name ?? host;
    return isIP(asked) === 0 ? [`getent ahosts ${asked}`] : [];
  },
  collect,
  classify,
});

function bareName(text: string): string | null {
  return /^[a-z0-9_](?:[\w.-]*[\w.])?$/i.test(text) ? text : null;
}

function mayAsk(known: Known): boolean {
  return !known.inputs.passive && whyNotFromHere(known) === null;
}

/** The one name that this address has in the log (httpd writes ADDRESS:PORT (NAME:PORT)). */
function otherName(known: Known): string | null {
  const log = errorLogFacts.safeParse(known.evidence('error-log')?.data).data;
  const own = log?.backends.find((one) => one.backend === known.subject?.backend);
  const names = new Set((own?.names ?? []).map((name) => parseEndpoint(name)?.host ?? '').filter((name) => name !== '' && isIP(name) === 0));
  return names.size === 1 ? ([...names][0] ?? null) : null;
}

/** Its name may lead elsewhere by now; a name that does not resolve says nothing of an address that httpd has. */
async function movedTo({ hosts }: CheckContext, host: string, name: string): Promise<DnsFacts | null> {
  const { addresses, code, durationMs, how } = await hosts.proxy.resolve(name);
  return addresses.length === 0 ? null : { name, literal: false, addresses: [...addresses], code, durationMs, how, logged: host };
}

async function collect(context: CheckContext, { host, name }: z.infer<typeof parameters>): Promise<Collected<DnsFacts>> {
  if (isIP(host) !== 0) {
    const moved = name === null ? null : await movedTo(context, host, name);
    if (moved !== null) return { facts: moved, commands: [] };
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
