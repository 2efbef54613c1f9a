/** `compare` on files: what is no report is said, with its name. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareCommand } from '../../src/commands/compare.ts';
import { smallReport } from '../report/reports.ts';
import { proxyDoctor } from './cli.ts';

let folder = '';
const at = (name: string): string => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'proxy-doctor-compare-'));
  const app = '192.0.2.1:8080';
  writeFileSync(at('px1.json'), JSON.stringify(smallReport({ host: 'vm', fails: { [app]: 'backend-not-running' } })));
  writeFileSync(at('px2.json'), JSON.stringify(smallReport({ host: 'vm', fails: { [app]: 'backend-not-running' } })));
  writeFileSync(at('broken.json'), '{"schema": ');
  writeFileSync(at('other.json'), '{"schema": "something-else/1"}');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a file that is no report', () => {
  test.each([
    ['missing.json', /there is no such report/],
    ['broken.json', /not JSON/],
    ['other.json', /no report of proxy-doctor \(schema:/],
    ['.', /folder/],
  ])('%s', (name, message) => {
    const call = (): unknown => compareCommand([at('px1.json'), at(name)], {}, { out: () => undefined, err: () => undefined });
    expect(call).toThrow(message);
    expect(call).toThrow(expect.objectContaining({ name: 'UsageError', place: { file: at(name) } }));
  });
});

test('PROXY=FILE names proxies that share a host name', async () => {
  const unnamed = await proxyDoctor(['compare', at('px1.json'), at('px2.json'), '--json']);
  expect(unnamed.status).toBe(3);
  const named = await proxyDoctor(['compare', `one=${at('px1.json')}`, `two=${at('px2.json')}`, '--json']);
  expect(named.status).toBe(0);
  expect(JSON.parse(named.stdout)).toMatchObject({
    schema: 'proxy-doctor.compare/1',
    findings: [{ kind: 'backend', proxies: ['one', 'two'] }],
  });
});

test('a bad file ends with 2 and one line', async () => {
  const { status, stdout, stderr } = await proxyDoctor(['compare', at('other.json')]);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stderr).toContain(at('other.json'));
});
