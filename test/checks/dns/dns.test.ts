import { expect, test } from 'vitest';
import { dns } from '../../../src/checks/dns/check.ts';
import { memoryContext, memoryHost } from '../../fakes/memory-host.ts';
import { known } from '../known.ts';

async function look(backend: string, names: Readonly<Record<string, readonly string[] | { readonly code: string }>> = {}) {
  const prepared = dns.prepare(known(backend), {});
  if (!prepared.ready) throw new Error(prepared.reason);
  const { facts } = await dns.collect(memoryContext({ proxy: memoryHost({ names }), backend: null }), prepared.parameters);
  return dns.classify(facts, null);
}

test.each([
  ['10.0.0.5:8080', 'literal', 'nothing to look up'],
  ['[2001:db8::1]:80', 'literal', '2001:db8::1'],
  ['app.example:80', 'resolved', '192.0.2.2, 2001:db8::2'],
  ['typo.example:80', 'not-found', 'ENOTFOUND'],
  ['lost.example:80', 'temporary-failure', 'EAI_AGAIN'],
  ['odd.example:80', 'temporary-failure', 'EAI_FAIL'],
])('%s: %s', async (backend, outcome, words) => {
  const names = { 'app.example': ['192.0.2.2', '2001:db8::2'], 'lost.example': { code: 'EAI_AGAIN' }, 'odd.example': { code: 'EAI_FAIL' } };
  expect(await look(backend, names)).toMatchObject({ outcome, summary: expect.stringContaining(words) });
});

test('a slow resolver is named', () => {
  const facts = { name: 'app', literal: false, addresses: ['192.0.2.2'], code: null, durationMs: 5012, how: 'getaddrinfo' };
  expect(dns.classify(facts, null)).toEqual({ outcome: 'resolved', summary: 'app resolves to 192.0.2.2, but slowly: after 5.0 s' });
});

test.each([
  ['a name with --passive', 'app.example:80', { passive: true }, false],
  ['an address with --passive', '10.0.0.5:80', { passive: true }, true],
  ['a name with --offline', 'app.example:80', { offline: true }, false],
  ['an address with --offline', '10.0.0.5:80', { offline: true }, true],
  ['a unix socket', 'unix:/run/app.sock', {}, false],
])('%s', (_what, backend, inputs, ready) => {
  expect(dns.prepare(known(backend, inputs), {}).ready).toBe(ready);
});

test('a look-up that hangs is a check that took too long', async () => {
  const abort = new AbortController();
  const proxy = { ...memoryHost(), resolve: () => new Promise<never>(() => {}) };
  const failure = dns.collect(memoryContext({ proxy, backend: null }, { signal: abort.signal }), { host: 'app' });
  abort.abort();
  await expect(failure).rejects.toMatchObject({ status: 'timed-out' });
});
