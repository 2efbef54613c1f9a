/** The toggle's setting kept for good: on a real httpd, put back first, then made as a setting with a name and a reason. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { collect } from '../../src/checks/keepalive-toggle/collect.ts';
import { classify } from '../../src/checks/keepalive-toggle/classify.ts';
import type { KeepaliveToggleFacts } from '../../src/checks/keepalive-toggle/facts.ts';
import { localHost } from '../../src/host/local.ts';
import { type Httpd, startHttpd, until } from './httpd.ts';

let httpd: Httpd;
let original: string;
let changes: string;
beforeAll(async () => {
  httpd = await startHttpd();
  original = readFileSync(httpd.config, 'utf8');
});
afterAll(() => httpd.stop());
beforeEach(() => {
  changes = mkdtempSync(join(tmpdir(), 'proxy-doctor-keep-'));
  return () => rmSync(changes, { recursive: true, force: true });
});

/** What a request through the proxy has in force. */
async function setting(): Promise<string> {
  const log = join(httpd.folder, 'logs/access.log');
  const before = existsSync(log) ? statSync(log).size : 0;
  await fetch(`http://127.0.0.1:${httpd.port}/${Math.random()}`).then((answer) => answer.arrayBuffer());
  await until(() => existsSync(log) && statSync(log).size > before, 'the request is in the access log');
  return /nokeepalive=(\S+)/.exec(readFileSync(log, 'utf8').trim().split('\n').at(-1) ?? '')?.[1] ?? '';
}

async function toggle(asked: boolean, signal = new AbortController().signal): Promise<{ facts: KeepaliveToggleFacts; told: string[] }> {
  const told: string[] = [];
  const { facts } = await collect(
    {
      hosts: { proxy: localHost('proxy'), backend: null },
      signal,
      progress: () => undefined,
      timeLimitMs: 60_000,
      once: (_, work) => work(),
      caseFolder: () => Promise.resolve(changes),
      changesFolder: () => Promise.resolve(changes),
      caseId: 'a-case',
      keepAsked: () => asked,
      changed: ({ state }) => {
        told.push(state);
        return Promise.resolve();
      },
    },
    {
      backend: '127.0.0.1:9',
      seconds: 3,
      beforeSeconds: 60,
      accessLogs: [{ path: join(httpd.folder, 'logs/access.log'), format: null }],
      directive: 'SetEnvIfExpr',
      placement: { kind: 'block', file: httpd.config },
      httpd: { pid: httpd.pid(), argv: [...httpd.argv], binary: '/usr/sbin/apache2' },
      listen: { address: '127.0.0.1', port: httpd.port },
      own: null,
      statuses: [502],
    },
  );
  return { facts, told };
}

test('nobody asked for it: put back, and nothing stays', async () => {
  const { facts, told } = await toggle(false);
  expect([facts.kept, facts.restored, told]).toEqual([false, true, ['applied', 'reverted']]);
  expect(readFileSync(httpd.config, 'utf8')).toBe(original);
  expect(readdirSync(changes)).toEqual([]);
});

test('asked for, but the test was given up: put back', async () => {
  const { facts, told } = await toggle(true, AbortSignal.abort());
  expect([facts.kept, told]).toEqual([false, ['applied', 'reverted']]);
  expect(readFileSync(httpd.config, 'utf8')).toBe(original);
});

test('asked for: put back first, then in force without an end, with who, why and how to take it back', async () => {
  const { facts, told } = await toggle(true);
  expect([facts.kept, facts.restored, told]).toEqual([true, true, ['applied', 'reverted', 'applied', 'kept']]);
  expect(classify(facts).summary).toContain(`kept as ${httpd.config}`);
  const added = readFileSync(httpd.config, 'utf8').slice(original.length);
  expect(added).toMatch(/^\n# BEGIN proxy-doctor \w+\n# Connections to backends are not reused.*\n# Kept .* UTC, proxy-doctor case a-case\. To take it back: remove these lines/);
  expect(added).toContain('\nSetEnvIf Request_URI . proxy-nokeepalive=1\n# END');
  expect(added).not.toContain('TIME');
  expect(await setting()).toBe('1');
  // Settled: nothing that a later start would put back.
  expect(readdirSync(changes)).toEqual([]);
});
