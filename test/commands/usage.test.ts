/** Bad input: exit 2, one message that says what, where and what to do. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commandNames } from '../../src/commands/command-names.ts';
import { makeProgram } from '../../src/commands/table.ts';
import { proxyDoctor } from './cli.ts';

let folder: string;
const file = (name: string, text: string): void => writeFileSync(join(folder, name), text);
const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]', ...'bcdefghi'.split('').map((name, index) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcdefghi'[index]}`).join(',')}]`)].join('\n');

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'proxy-doctor-usage-'));
  mkdirSync(join(folder, 'folder'));
  file('typo.yaml', 'flow: mod-proxy-http\nanswers:\n  symptom: connect-refusd\n');
  file('question.yaml', 'flow: mod-proxy-http\nanswers:\n  symtom: unknown\n');
  file('key.yaml', 'flow: mod-proxy-http\nanswer:\n  symptom: unknown\n');
  file('twice.yaml', 'flow: mod-proxy-http\nanswers:\n  symptom: unknown\n  symptom: dns-failed\n');
  file('flow.yaml', '# answers\nflow: mod-proxy-htp\n');
  file('broken.yaml', 'flow: mod-proxy-http\nanswers: [\n');
  file('bomb.yaml', bomb);
  const shipped = readFileSync(new URL('../../flows/mod-proxy-http/flow.yaml', import.meta.url), 'utf8');
  file('flow-typo.yaml', shipped.replace('check: tcp-connect', 'check: tcp-conect'));
  file('flow-proto.yaml', `__proto__: { polluted: 1 }\n${shipped}`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('exit 2, with the place and the remedy', () => {
  test.each<[string, readonly string[], RegExp]>([
    ['an unknown flag', ['--jsn'], /unknown option '--jsn'.*--json/],
    ['an unknown command or flow', ['mod-proxy-htp'], /mod-proxy-htp.*mod-proxy-http/],
    ['a missing log', ['--error-log', '/no/such.log'], /--error-log \/no\/such\.log: there is no such file/],
    ['a folder in place of a log', ['--access-log', 'folder'], /--access-log folder: this is a folder/],
    ['no such configuration', ['--proxy-config', '/no/such.conf'], /--proxy-config \/no\/such\.conf: there is no such file/],
    ['a port that is none', ['--backend', 'host:notaport'], /“notaport” is no port/],
    ['a backend without a port', ['--backend', 'host'], /no port.*HOST:PORT/],
    ['a side that is none', ['--via', 'proxi=ssh x'], /--via proxy=/],
    ['an action that is none', ['--allow', 'everything'], /keepalive-toggle, packet-capture/],
    ['a check that is none', ['--skip', 'dnss'], /--skip dnss.*dns/],
    ['a time that is none', ['--since', 'yesterday'], /--since yesterday.*ISO 8601/],
    ['a window that ends before it begins', ['--since', '1h', '--until', '2h'], /--since is not before --until/],
    ['a duration that is none', ['--time-limit', 'soon'], /--time-limit soon/],
    ['a URL that is none', ['--url', 'ftp://x/'], /no http or https URL/],
    ['a report format that is none', ['--report', 'x.pdf'], /\.md, \.json, \.html, \.txt/],
    ['no such answers file', ['--answers', 'none.yaml'], /none\.yaml: there is no such answers file/],
    ['a folder in place of an answers file', ['--answers', 'folder'], /folder: this is a folder/],
    ['an answer with a typo', ['--answers', 'typo.yaml'], /typo\.yaml:3:12: .*connect-refusd.*connect-refused/],
    ['a question with a typo', ['--answers', 'question.yaml'], /question\.yaml:3:3: .*symtom.*symptom/],
    ['a key with a typo', ['--answers', 'key.yaml'], /key\.yaml:2:1: .*answer.*answers/],
    ['a key that is there twice', ['--answers', 'twice.yaml'], /twice\.yaml:4:3: /],
    ['a flow in an answers file that there is none of', ['--answers', 'flow.yaml'], /flow\.yaml:2:7: .*mod-proxy-htp.*mod-proxy-http/],
    ['YAML that is none', ['--answers', 'broken.yaml'], /broken\.yaml:\d+:\d+: /],
    ['a YAML bomb as answers', ['--answers', 'bomb.yaml'], /bomb\.yaml:\d+:\d+: /],
    ['a flow with a typo', ['run', './flow-typo.yaml'], /flow-typo\.yaml:\d+:\d+: .*tcp-conect.*tcp-connect/],
    ['a YAML bomb as a flow', ['run', './bomb.yaml'], /bomb\.yaml:\d+:\d+: /],
    ['prototype keys in a flow', ['run', './flow-proto.yaml'], /flow-proto\.yaml:1:1: .*__proto__/],
    ['a check that does not exist', ['check', 'tcp-conect'], /tcp-connect/],
    ['a rehearsal that does not exist', ['demo', 'flood'], /backend-down/],
    ['a case that does not exist', ['report', 'nosuch'], /there is no case nosuch/],
    ['a shell that is not known', ['completion', 'csh'], /'csh' is invalid.*bash, zsh, fish\. See proxy-doctor completion --help/],
    ['a command with a slip', ['chek'], /Did you mean check\?/],
    ['a word that nothing is near to', ['frobnicate'], /file frobnicate\. Flows are: /],
    ['a flag of one command at another', ['explain', '--error-log', 'x'], /See proxy-doctor explain --help/],
    ['no check named', ['check'], /no check is named\. Name one: /],
    ['a case that there is none to put back of', ['rollback', 'nosuch'], /there is no case nosuch/],
  ])('%s', async (_name, args, message) => {
    const { status, stdout, stderr } = await proxyDoctor(args, { cwd: folder });
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });
});

test('a group of commands without one says what there is to choose from', async () => {
  const { status, stdout, stderr } = await proxyDoctor(['flow']);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/list the flows[^]*prove that a flow is whole/);
});

test('every command of the table can be meant', () => {
  const hidden = new Set(['man']);
  expect(makeProgram(() => undefined).commands.map((command) => command.name()).filter((name) => !hidden.has(name))).toEqual([...commandNames]);
});

test('help and version work everywhere', async () => {
  expect(await proxyDoctor(['--version'])).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  for (const command of ['run', 'check', 'explain', 'report', 'plan', 'demo', 'flow', 'cases', 'resume', 'rollback', 'completion']) {
    const { status, stdout } = await proxyDoctor([command, '--help']);
    expect(stdout).toContain(`Usage: proxy-doctor ${command}`);
    expect(status).toBe(0);
    expect(await proxyDoctor([command, '--version'])).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), stderr: '' });
  }
});
