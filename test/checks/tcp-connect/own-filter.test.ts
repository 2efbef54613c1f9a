import { describe, expect, test } from 'vitest';
import { tcpConnect } from '../../../src/checks/tcp-connect/check.ts';
import type { Parameters } from '../../../src/checks/tcp-connect/parameters.ts';
import { memoryContext, memoryHost, type MemoryTables } from '../../fakes/memory-host.ts';

const parameters: Parameters = { count: 4, intervalMs: 0, timeoutMs: 500, host: '192.0.2.2', port: 8080, addresses: ['192.0.2.2'], daemon: null, capture: false };
const files = { '/proc/net/fib_trie': '|-- 192.0.2.1\n /32 host LOCAL\n', '/proc/net/if_inet6': '' };
const saved = (...rules: readonly string[]): string => `*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [5:300]\n${rules.map((rule) => `${rule}\n`).join('')}COMMIT\n`;
const reject = '[4:240] -A OUTPUT -p tcp -m tcp --dport 8080 -j REJECT --reject-with tcp-reset';

async function look(rules: readonly string[], tables: MemoryTables = {}, more: Partial<Parameters> = {}) {
  const proxy = memoryHost({ files, commands: { 'iptables-save -c': saved(...rules) }, ...tables });
  const { facts, commands } = await tcpConnect.collect(memoryContext({ proxy, backend: null }), { ...parameters, ...more });
  tcpConnect.facts.parse(facts);
  return { proxy, found: facts.ownFilter, commands: commands.map(({ argv }) => argv.join(' ')) };
}

describe('the proxy’s own packet filter', () => {
  test('a rule that refuses what goes to the backend, with what it has counted', async () => {
    const { found, commands } = await look([reject]);
    expect(found).toEqual([{ tool: 'iptables', rule: expect.stringContaining('--dport 8080 -j REJECT'), action: 'reject', packets: 4 }]);
    expect(commands).toEqual(['iptables-save -c']);
  });

  test.each([
    ['another port', ['[4:240] -A OUTPUT -p tcp -m tcp --dport 9999 -j REJECT']],
    ['another way', ['[4:240] -A INPUT -p tcp -m tcp --dport 8080 -j REJECT']],
    ['let through before', ['[4:240] -A OUTPUT -d 192.0.2.0/24 -j ACCEPT', reject]],
    ['the loopback interface alone', ['[4:240] -A OUTPUT -o lo -p tcp -m tcp --dport 8080 -j REJECT']],
  ])('%s: nothing', async (_what, rules) => expect((await look(rules)).found).toEqual([]));

  test('a rule for one user may not be ours', async () => {
    expect((await look(['[4:240] -A OUTPUT -p tcp -m tcp --dport 8080 -m owner --uid-owner 33 -j REJECT'])).found).toMatchObject([{ action: 'other' }]);
  });

  test('is not read where a connect was accepted', async () => {
    const { found, proxy } = await look([reject], { connects: (_address, _port, n) => ({ outcome: n === 3 ? 'connected' : 'refused' }) });
    expect(found).toBeUndefined();
    expect(proxy.ran.filter((line) => line.includes('save'))).toEqual([]);
  });

  test.each<[string, MemoryTables, Partial<Parameters>]>([
    ['the backend is on this machine', {}, { host: '192.0.2.1', addresses: ['192.0.2.1'] }],
    ['one of its addresses is', {}, { host: 'app', addresses: ['127.0.0.1', '192.0.2.2'] }],
    ['what is on this machine can not be told', { files: {} }, {}],
    ['no right to read it', { commands: { 'iptables-save -c': { exitCode: 4, stderr: 'Permission denied' } } }, {}],
    ['no tool to read it with', { commands: {} }, {}],
  ])('is not known: %s', async (_what, tables, more) => expect((await look([reject], tables, more)).found).toBeNull());
});
