/** Commands to copy: they name the backend that is under examination, and nothing that a log could smuggle in. */
import { expect, test } from 'vitest';
import { namingBackend } from '../../src/ui/by-hand.ts';

test.each([
  ['nc -vz -w 3 BACKEND PORT', '10.0.0.5:8080', 'nc -vz -w 3 10.0.0.5 8080'],
  ["ssh BACKEND ss -ltnp 'sport = :PORT'", 'app-1.example:9000', "ssh app-1.example ss -ltnp 'sport = :9000'"],
  ['curl http://BACKEND:PORT/', '[2001:db8::1]:80', 'curl http://[2001:db8::1]:80/'],
  ["printf 'Host: BACKEND' | nc BACKEND PORT", '[2001:db8::1]:80', "printf 'Host: [2001:db8::1]' | nc 2001:db8::1 80"],
  ['ping -c 3 BACKEND', null, 'ping -c 3 BACKEND'],
  ['ping -c 3 BACKEND', 'unix:/run/app.sock', 'ping -c 3 BACKEND'],
  ['ping -c 3 BACKEND', '$(reboot):80', 'ping -c 3 BACKEND'],
  ['ping -c 3 BACKEND', '-f:80', 'ping -c 3 BACKEND'],
  ['SUPPORT PORTS', '10.0.0.5:8080', 'SUPPORT PORTS'],
])('%s, for %s', (command, backend, named) => {
  expect(namingBackend(command, backend)).toBe(named);
});
