import { describe, expect, test } from 'vitest';
import { dns } from '../../../src/checks/dns/check.ts';
import { found, log as errorLog } from '../../diagnosis/evidence.ts';
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

describe('an address that the log gives a name', () => {
  const log = (...names: string[]) => ({ 'error-log': found('error-log', errorLog({ backend: '10.0.0.5:8080', names })).data });
  const seen = async (data: Readonly<Record<string, unknown>>, addresses: readonly string[], inputs = {}) => {
    const prepared = dns.prepare(known('10.0.0.5:8080', inputs, data), {});
    if (!prepared.ready) throw new Error(prepared.reason);
    const names: Readonly<Record<string, readonly string[]>> = addresses.length === 0 ? {} : { 'app.internal': addresses };
    const { facts } = await dns.collect(memoryContext({ proxy: memoryHost({ names }), backend: null }), prepared.parameters);
    return dns.classify(facts, null);
  };
  test('and the name leads elsewhere by now', async () => {
    expect(await seen(log('app.internal:8080'), ['10.0.0.9'])).toEqual({
      outcome: 'resolved',
      summary: 'app.internal resolves to 10.0.0.9, and no more to 10.0.0.5, which httpd used',
    });
  });
  test('and still leads there', async () => {
    expect((await seen(log('app.internal:8080'), ['10.0.0.9', '10.0.0.5'])).summary).toBe('app.internal resolves to 10.0.0.9, 10.0.0.5');
  });
  test.each([
    ['a name that does not resolve', log('app.internal:8080'), [], {}],
    ['several names', log('app.internal:8080', 'other.internal:8080'), ['10.0.0.9'], {}],
    ['with --passive', log('app.internal:8080'), ['10.0.0.9'], { passive: true }],
    ['without a log', {}, ['10.0.0.9'], {}],
  ])('%s: it is an address, no more', async (_what, data, addresses, inputs) => {
    expect((await seen(data, addresses, inputs)).outcome).toBe('literal');
  });
});

test('a look-up that hangs is a check that took too long', async () => {
  const abort = new AbortController();
  const proxy = { ...memoryHost(), resolve: () => new Promise<never>(() => {}) };
  const failure = dns.collect(memoryContext({ proxy, backend: null }, { signal: abort.signal }), { host: 'app', name: null });
  abort.abort();
  await expect(failure).rejects.toMatchObject({ status: 'timed-out' });
});
