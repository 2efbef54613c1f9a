import { expect, test } from 'vitest';
import { backendProcess } from '../../../src/checks/backend-process/check.ts';
import { facts as schema, type BackendProcessFacts } from '../../../src/checks/backend-process/facts.ts';

const base: BackendProcessFacts = schema.parse({
  reached: 'vantage',
  port: 8080,
  addresses: ['192.0.2.2'],
  ownsAddress: true,
  listeners: [{ address: '0.0.0.0', port: 8080, process: 'java', pid: 40, queue: 0, backlog: 100 }],
  otherPorts: [22, 8081],
  overflows: { listenOverflows: 0, listenDrops: 0, grewBy: 0, overMs: 1000 },
  abortOnOverflow: false,
  connections: {},
  firewall: [],
  firewallUnread: null,
  localConnect: [],
  crashes: [],
  listenerStartedAt: null,
  missing: [],
});
const at = (address: string, queue: number | null = 0, backlog: number | null = 100) => ({
  address,
  port: 8080,
  process: 'java',
  pid: 40,
  queue,
  backlog,
});
const rule = (action: 'drop' | 'reject' | 'limit' | 'other', packets: number | null) => ({
  tool: 'iptables',
  rule: '-A INPUT -p tcp --dport 8080 -j X',
  action,
  packets,
});
const connect = (outcome: string) => [{ address: '192.0.2.2', outcome, code: null }];
const overflow = (grewBy: number) => ({ listenOverflows: 70, listenDrops: 70, grewBy, overMs: 1000 });
const crashes = [{ time: '2026-01-15T12:00:00Z', text: 'app.service: Main process exited' }];

test.each<[string, string, Partial<BackendProcessFacts>]>([
  ['listening', 'java listens on 0.0.0.0:8080, 0 of 100 waiting', {}],
  ['not-listening', "Nothing listens on port 8080 on the backend's side (other ports in use there: 22, 8081)", { listeners: [] }],
  // Handed on by the kernel: Docker without its proxy, for instance.
  ['listening', 'accepts connects on its own side, though no socket', { listeners: [], localConnect: connect('connected') }],
  ['other-address', 'java listens on 127.0.0.1:8080, not on 192.0.2.2', { listeners: [at('127.0.0.1')] }],
  ['other-address', 'not on 192.0.2.2', { listeners: [at('::')] }],
  ['listening', '127.0.0.1:8080, 192.0.2.2:8080', { listeners: [at('127.0.0.1'), at('192.0.2.2')] }],
  // Something in between hands on: which address it uses is not known here.
  ['listening', 'something in between hands connections on', { listeners: [at('10.0.0.9')], ownsAddress: false }],
  ['filtered', 'iptables -A INPUT -p tcp --dport 8080 -j X (12 packets so far)', { firewall: [rule('drop', 12)] }],
  ['filtered', 'a packet filter there stops it', { firewall: [rule('reject', null)] }],
  // A rule that has counted nothing stopped nothing, although the proxy tried.
  ['listening', 'has counted nothing yet', { firewall: [rule('drop', 0)] }],
  ['listening', 'java listens', { firewall: [rule('other', 500)] }],
  ['listening', 'a limit is in force', { firewall: [rule('limit', 5)] }],
  ['queue-full', '101 of 100 waiting', { listeners: [at('0.0.0.0', 101)] }],
  ['queue-full', '1 of 0 waiting', { listeners: [at('0.0.0.0', 1, 0)] }],
  ['queue-full', '3 of them just now', { listeners: [at('0.0.0.0', 60)], overflows: overflow(3) }],
  ['queue-full', 'what does not fit is refused', { listeners: [at('0.0.0.0', 101)], abortOnOverflow: true }],
  ['queue-full', 'just now', { listeners: [at('0.0.0.0', null, null)], overflows: overflow(3) }],
  // Another program's queue.
  ['listening', 'overflowed 70 times since boot', { overflows: overflow(3) }],
  ['crashed', 'its process ended lately: app.service', { crashes }],
  ['not-listening', 'app.service: Main process exited', { listeners: [], crashes }],
  ['listening', '60 connections that their clients have closed', { connections: { 'CLOSE-WAIT': 60 } }],
  ['listening', 'takes root', { firewall: null, firewallUnread: 'iptables-save gave no rules: reading them takes root on that side.' }],
])('%s: %s', (outcome, words, change) => {
  const classified = backendProcess.classify({ ...base, ...change }, null);
  expect(classified.outcome).toBe(outcome);
  expect(classified.summary).toContain(words);
});

test('what stops first is said first', () => {
  const all = { firewall: [rule('drop', 3)], listeners: [at('0.0.0.0', 101)], crashes };
  expect(backendProcess.classify({ ...base, ...all }, null).outcome).toBe('filtered');
  expect(backendProcess.classify({ ...base, ...all, firewall: [] }, null).outcome).toBe('queue-full');
});

test('text from the other machine can not steer a terminal', () => {
  expect(backendProcess.classify({ ...base, crashes: [{ time: null, text: 'x\u001b[2J' }] }, null).summary).not.toContain('\u001b');
});
