/** `--passive`: what sends is left out; what can do without sending still reads tables and counters. */
import { expect, test } from 'vitest';
import { checks } from '../../src/checks/registry.ts';
import { oneBackend } from './small.ts';

const passive = { ...oneBackend, url: 'http://192.0.2.1/', passive: true };

test.each(Object.values(checks).map((check) => [check.name, check] as const))('%s connects to no backend', (_, check) => {
  expect(check.may(passive, {}).connects.filter((to) => to === 'backend' || to === 'backend-host' || to === 'url')).toEqual([]);
});

test('the backend’s own side and the tables of the way are still read', () => {
  const reading = Object.values(checks).filter((check) => check.sendsTraffic && check.readsWhenPassive === true);
  expect(reading.map((check) => check.name).toSorted()).toEqual(['backend-process', 'reachability']);
  for (const check of reading) {
    const subject = { key: '192.0.2.2:9000', backend: '192.0.2.2:9000', mode: 'connect' as const, failures: 1 };
    const via = { ...passive, via: { proxy: null, backend: ['ssh', 'web1'] } };
    const prepared = check.prepare({ inputs: via, subject, evidence: () => null }, {});
    expect(prepared).toMatchObject({ ready: true, parameters: check.name === 'reachability' ? { send: false } : { connect: false } });
  }
});
