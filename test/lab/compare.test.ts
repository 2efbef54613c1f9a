/**
 * `compare` on reports of real runs: proxies with the same two backends, each in a network of its own that is laid out alike. The
 * backend's end, one proxy's own filter, or a filter on one way makes requests fail.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { node } from './child.ts';
import { run } from './command.ts';
import { Lab } from './lab.ts';
import { inParallel } from './parallel.ts';
import { runTool } from './tool.ts';
import type { Backend, Fault, World } from './world.ts';
import { refused, traffic } from './worlds/common.ts';

const possible = process.getuid?.() === 0 && process.env.PROXY_DOCTOR_LAB !== 'no';
const shop = '192.0.2.2:9000';
const search = '203.0.113.2:9000';

/** A filter on the proxy that refuses its connects to that host. */
const blocked = (host: string): Fault => ({
  on: 'px',
  make: [['iptables', '-A', 'OUTPUT', '-d', host, '-p', 'tcp', '-j', 'REJECT', '--reject-with', 'tcp-reset']],
});

function proxy(name: string, more: { readonly shopRuns?: boolean; readonly faults?: readonly Fault[] }): World {
  const backends: readonly Backend[] = [
    { name: 'shop', on: 'be', port: 9000, runs: more.shopRuns ?? true },
    { name: 'search', on: 'be2', port: 9000 },
  ];
  const fails = more.shopRuns === false || more.faults !== undefined;
  return {
    name,
    title: name,
    network: 'three-hosts',
    httpd: {
      layout: 'one-file',
      site: 'ProxyPass "/shop/search" "http://{search}/shop/search"\nProxyPass "/shop" "http://{shop}/shop"',
    },
    backends,
    faults: more.faults ?? [],
    story: [traffic(60)],
    logged: { error: fails ? [{ has: refused, atLeast: 5 }] : [] },
    runs: [{ name: 'as it is', expect: { first: fails ? ['backend-not-running', 'network-blocked'] : 'no-proxy-errors' } }],
  };
}

const proxies: readonly World[] = [
  proxy('shop-ended', { shopRuns: false }),
  proxy('shop-ended-too', { shopRuns: false }),
  proxy('well', {}),
  proxy('blocks-all', { faults: [blocked('192.0.2.2'), blocked('203.0.113.2')] }),
  proxy('blocks-shop', { faults: [blocked('192.0.2.2')] }),
];

if (possible) {
  let lab: Lab;
  const reports = new Map<string, string>();
  let program = '';
  beforeAll(async () => {
    lab = await Lab.open();
    program = join(lab.folder, 'tool/dist/main.js');
    await mkdir(join(lab.folder, 'reports'));
    await inParallel(proxies, 3, async (world) => {
      const stage = await lab.build(world);
      const ran = await runTool(stage, world.runs[0]);
      await lab.remove(stage);
      const file = join(lab.folder, 'reports', `${world.name}.json`);
      await writeFile(file, ran.stdout);
      reports.set(world.name, file);
    });
  });
  afterAll(() => lab.close());

  const compared = async (...names: string[]): Promise<{ findings: { kind: string; proxies: string[]; backends: string[] }[] }> => {
    const { stdout } = await run([node, program, 'compare', '--json', ...names.map((name) => `${name}=${reports.get(name) ?? ''}`)], { fine: [0, 3] });
    return JSON.parse(stdout) as Awaited<ReturnType<typeof compared>>;
  };

  describe('reports of proxies of the lab', () => {
    it.each([
      ['all proxies to one backend: the backend', ['shop-ended', 'shop-ended-too'], { kind: 'backend', proxies: ['shop-ended', 'shop-ended-too'], backends: [shop] }],
      ['one proxy to all backends: that proxy', ['blocks-all', 'well'], { kind: 'proxy', proxies: ['blocks-all'], backends: expect.arrayContaining([shop, search]) as string[] }],
      ['one pair only: the path between', ['blocks-shop', 'well'], { kind: 'path', proxies: ['blocks-shop'], backends: [shop] }],
      ['none', ['well', 'well'], { kind: 'no-failures' }],
    ])('%s', async (_, names, finding) => {
      const { findings } = await compared(...names);
      expect(findings).toEqual([expect.objectContaining(finding)]);
    });
  });
} else {
  it('the lab was left out: it needs root, and apache2, iproute2 and iptables', () => expect(possible).toBe(false));
}
