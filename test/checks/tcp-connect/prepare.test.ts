import { expect, test } from 'vitest';
import { tcpConnect } from '../../../src/checks/tcp-connect/check.ts';
import { known } from '../known.ts';

const dns = (name: string, addresses: readonly string[]) => ({
  dns: { name, literal: false, addresses, code: null, durationMs: 1, how: 'test' },
});

test.each([
  ['10.0.0.5:8080', '10.0.0.5', 8080],
  ['[2001:db8::1]:443', '2001:db8::1', 443],
  ['app.example:80', 'app.example', 80],
])('%s is ready', (backend, host, port) => {
  expect(tcpConnect.prepare(known(backend), {})).toMatchObject({
    ready: true,
    parameters: { host, port, addresses: [], count: 20, intervalMs: 250, timeoutMs: 3500, daemon: null, capture: false },
  });
});

test.each([
  ['--passive, a socket in the file system', known('unix:/run/app.sock', { passive: true }), '--passive'],
  ['no port', known('app.example'), 'names no port'],
  ['no backend', known(null), 'No backend'],
  ['--passive', known('10.0.0.5:8080', { passive: true }), '--passive'],
  ['--offline', known('10.0.0.5:8080', { offline: true }), '--offline'],
])('not ready: %s', (_what, what, reason) => {
  expect(tcpConnect.prepare(what, {})).toMatchObject({
    ready: false,
    reason: expect.stringContaining(reason),
    remedy: expect.stringMatching(/\w/),
  });
});

test('offline, but a vantage leads to the proxy', () => {
  const via = { proxy: ['ssh', 'px'], backend: null };
  expect(tcpConnect.prepare(known('10.0.0.5:8080', { offline: true, via }), {})).toMatchObject({ ready: true });
});

test('--backend counts where there is no subject', () => {
  expect(tcpConnect.prepare(known(null, { backends: ['10.0.0.9:81'] }), {})).toMatchObject({ parameters: { host: '10.0.0.9', port: 81 } });
});

test('addresses that dns found are used, but not those of another name', () => {
  expect(tcpConnect.prepare(known('app:80', {}, dns('app', ['192.0.2.1'])), {})).toMatchObject({
    parameters: { addresses: ['192.0.2.1'] },
  });
  expect(tcpConnect.prepare(known('app:80', {}, dns('other', ['192.0.2.1'])), {})).toMatchObject({ parameters: { addresses: [] } });
});

test('a flow sets count and interval; consent allows the capture', () => {
  expect(tcpConnect.prepare(known('app:80', { allow: ['packet-capture'] }), { count: 5, intervalMs: 10 })).toMatchObject({
    parameters: { count: 5, intervalMs: 10, capture: true },
  });
});
