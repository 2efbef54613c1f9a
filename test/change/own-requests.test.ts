/** The toggle where nobody else sends requests: GETs of its own, before the change and during it, through a real httpd. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { collect } from '../../src/checks/keepalive-toggle/collect.ts';
import { classify } from '../../src/checks/keepalive-toggle/classify.ts';
import type { KeepaliveToggleFacts } from '../../src/checks/keepalive-toggle/facts.ts';
import { localHost } from '../../src/host/local.ts';
import { freePort, type Httpd, startHttpd } from './httpd.ts';

let backend: Server;
let httpd: Httpd;
let changes: string;
beforeEach(async () => {
  const port = await freePort();
  const served = new WeakSet();
  // Drops what comes on a connection that was used before, but for requests that ask for none of that.
  backend = createServer((request, response) => {
    if (served.has(request.socket) && request.url !== '/fine') request.socket.destroy();
    else response.end('here\n');
    served.add(request.socket);
  });
  await new Promise<void>((resolve) => backend.listen(port, '127.0.0.1', resolve));
  httpd = await startHttpd(`127.0.0.1:${port}`);
  changes = mkdtempSync(join(tmpdir(), 'proxy-doctor-own-'));
});
afterEach(async () => {
  await httpd.stop();
  backend.closeAllConnections();
  await new Promise((resolve) => backend.close(resolve));
  rmSync(changes, { recursive: true, force: true });
});

async function toggle(path: string): Promise<KeepaliveToggleFacts> {
  const { facts } = await collect(
    {
      hosts: { proxy: localHost('proxy'), backend: null },
      signal: new AbortController().signal,
      progress: () => undefined,
      timeLimitMs: 60_000,
      once: (_, work) => work(),
      caseFolder: () => Promise.resolve(changes),
      changesFolder: () => Promise.resolve(changes),
      caseId: 'a-case',
      changed: () => Promise.resolve(),
    },
    {
      backend: 'the backend',
      seconds: 12,
      beforeSeconds: 60,
      accessLogs: [{ path: join(httpd.folder, 'logs/access.log'), format: null }],
      directive: 'SetEnvIfExpr',
      placement: { kind: 'block', file: httpd.config },
      httpd: { pid: httpd.pid(), argv: [...httpd.argv], binary: '/usr/sbin/apache2' },
      listen: { address: '127.0.0.1', port: httpd.port },
      own: { url: `http://127.0.0.1:${httpd.port}${path}`, idleSeconds: null },
      statuses: [502, 504],
    },
  );
  return facts;
}

test('failures that they meet before the change are gone during it', async () => {
  const facts = await toggle('/page');
  expect(facts).toMatchObject({ helped: true, restored: true, during: { failed: 0 } });
  expect(facts.before.failed).toBeGreaterThan(2);
  expect(facts.ownRequests).toBeGreaterThanOrEqual(facts.before.requests + facts.during.requests);
  expect(classify(facts).summary).toMatch(/GETs of our own/);
});

test('when they meet no failure before it, none are sent during it: they would make its share of failures smaller', async () => {
  const facts = await toggle('/fine');
  expect(facts).toMatchObject({ helped: null, restored: true, during: { requests: 0 } });
  expect(facts.ownRequests).toBeUndefined();
  expect(readFileSync(join(httpd.folder, 'logs/access.log'), 'utf8')).toMatch(/GET \/fine/);
});
