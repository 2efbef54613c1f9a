/** `report` through the program: every format from the journal alone, the schema, verification, pseudonyms. */
import { cpSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Report } from '../../src/report/schema.ts';
import { proxyDoctor } from './cli.ts';
import { rehearsal, start, stateIn, temporaryFolder } from './rehearsal.ts';

const journalIn = (state: string): string => join(state, 'cases', readdirSync(join(state, 'cases'))[0] ?? '', 'journal.jsonl');

const cleaning: (() => void)[] = [];
afterAll(() => cleaning.forEach((clean) => clean()));

/** One real case, read by all tests; those that change it work on a copy. */
let state: string;
let first: Report;
let folder: string;

beforeAll(async () => {
  const base = await rehearsal((clean) => cleaning.push(clean));
  folder = base.folder;
  state = stateIn(folder, 'state');
  const { stdout } = await start(['run', ...base.options, '--no-input', '--json', '--state-dir', state]).ended;
  first = JSON.parse(stdout) as Report;
}, 60_000);

const report = (...args: string[]): ReturnType<typeof proxyDoctor> => proxyDoctor(['report', ...args, '--state-dir', state]);

function copyOf(change: (journal: string) => string): string {
  const copy = temporaryFolder();
  cpSync(state, copy, { recursive: true });
  const path = journalIn(copy);
  writeFileSync(path, change(readFileSync(path, 'utf8')));
  return copy;
}

test('the JSON report from the journal is the one that the run printed', async () => {
  const { status, stdout } = await report('--format', 'json');
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toEqual({ ...first, case: { ...first.case, endedAt: (JSON.parse(stdout) as Report).case.endedAt } });
});

test('diagnoses.yaml of the folder where one stands is none of the case’s', async () => {
  const elsewhere = temporaryFolder();
  writeFileSync(join(elsewhere, 'diagnoses.yaml'), 'not: [for, this]');
  const { status, stdout, stderr } = await proxyDoctor(['report', '--format', 'json', '--state-dir', state], { cwd: elsewhere });
  expect([status, stderr]).toEqual([0, '']);
  expect((JSON.parse(stdout) as Report).diagnoses).toEqual(first.diagnoses);
});

test('a real report fits the printed JSON Schema, and a broken one does not', async () => {
  const { status, stdout } = await report('--schema');
  expect(status).toBe(0);
  const ajv = new Ajv2020({ allErrors: true, strict: true });
  const valid = ajv.compile(JSON.parse(stdout) as object);
  expect([valid(first), valid.errors]).toEqual([true, null]);
  expect(valid({ ...first, status: 'fine' })).toBe(false);
  const { diagnoses: _none, ...without } = first;
  expect(valid(without)).toBe(false);
});

test.each([
  ['md', '# backend-not-running (', '## Evidence'],
  ['html', '<!doctype html>', '</html>'],
  ['text', 'backend-not-running  (', 'proxy-doctor 0'],
] as const)('--format %s', async (format, begins, holds) => {
  const { status, stdout } = await report('--format', format);
  expect(status).toBe(0);
  expect(stdout.startsWith(begins)).toBe(true);
  expect(stdout).toContain(holds);
});

test.each(['r.md', 'r.html', 'r.json', 'r.txt'])('--output %s takes its format from the ending, and is closed to others', async (name) => {
  const file = join(temporaryFolder(), name);
  const { status, stdout } = await report('--output', file);
  expect([status, stdout]).toEqual([0, '']);
  const format = { 'r.md': 'md', 'r.html': 'html', 'r.json': 'json', 'r.txt': 'text' }[name] ?? '';
  expect(readFileSync(file, 'utf8')).toBe((await report('--format', format)).stdout);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('--output where nothing can be written: exit 2, and the case is kept', async () => {
  const { status, stderr } = await report('--output', join(folder, 'no', 'such', 'folder.md'));
  expect(status).toBe(2);
  expect(stderr).toMatch(/folder\.md: the report could not be written \(ENOENT\)\. Name another file; the case is kept/);
});

describe('--verify', () => {
  test('a case as it was written: exit 0', async () => {
    const { status, stdout } = await report('--verify');
    expect([status, stdout]).toEqual([
      0,
      `case ${first.case.id}: every claim has its evidence (${first.evidence.length} pieces), and none was changed\n`,
    ]);
  });

  test('evidence that was changed in the journal: exit 3, and it is named', async () => {
    const id = first.evidence.find((one) => one.check === 'tcp-connect')?.id ?? '';
    const copy = copyOf((journal) => journal.replaceAll('All 20 connects refused', 'All 20 connects accepted'));
    const { status, stderr } = await proxyDoctor(['report', '--verify', '--state-dir', copy]);
    expect(status).toBe(3);
    expect(stderr).toMatch(new RegExp(`line \\d+ of .*journal\\.jsonl \\(evidence ${id}, tcp-connect\\) is not what was written`));
    const read = await proxyDoctor(['report', '--state-dir', copy]);
    expect([read.status, read.stderr]).toEqual([0, expect.stringContaining('is not what was written')]);
  });

  test('a JSON report that somebody sent: as it was, changed, with a claim on nothing', async () => {
    const file = join(temporaryFolder(), 'sent.json');
    const verified = async (sent: Report): Promise<[number | null, string]> => {
      writeFileSync(file, JSON.stringify(sent, null, 2));
      const { status, stderr } = await proxyDoctor(['report', file, '--verify']);
      return [status, stderr.trim()];
    };
    expect(await verified(first)).toEqual([0, '']);
    const changed = { ...first, evidence: first.evidence.map((one) => (one.id === 'e2' ? { ...one, summary: 'nothing failed' } : one)) };
    expect(await verified(changed)).toEqual([3, expect.stringMatching(/^e2 \([a-z-]+\): its content is not what was recorded$/)]);
    const [diagnosis] = first.diagnoses;
    const claimed = {
      ...first,
      diagnoses: diagnosis === undefined ? [] : [{ ...diagnosis, for: [{ text: 'I know it', evidence: ['e99'] }] }],
    };
    expect(await verified(claimed)).toEqual([3, expect.stringContaining('“I know it” cites e99, and there is no such evidence')]);
  });

  test.each([
    ['{"a": 1}', /this is no report of proxy-doctor \(schema: /],
    ['no json', /this is no report of proxy-doctor \(no JSON\)/],
  ])('%s is no report: exit 2', async (text, expected) => {
    const file = join(temporaryFolder(), 'other.json');
    writeFileSync(file, text);
    const { status, stderr } = await proxyDoctor(['report', file, '--verify']);
    expect(status).toBe(2);
    expect(stderr).toMatch(expected);
  });
});

describe('--redact', () => {
  const secrets = ['hunter2hunter2', 'tok3n-in-the-query', 'c00kie-value-9', 'Basic-cGFzc3dk0rd'];
  let kept: string;
  let before: Report;

  beforeAll(async () => {
    const base = await rehearsal((clean) => cleaning.push(clean));
    kept = stateIn(base.folder, 'kept');
    const error = join(base.folder, 'error.log');
    const access = join(base.folder, 'access.log');
    const plant = (line: string): string =>
      line.replace(/(\[client )[\d.]+/, '$1198.51.100.77').replace(/$/, `, referer: https://shop.example/pay?session=${secrets[1]}`);
    writeFileSync(
      error,
      readFileSync(error, 'utf8')
        .split('\n')
        .map((line) => (line.includes('AH00957') || line.includes('AH01114') ? plant(line) : line))
        .join('\n'),
    );
    writeFileSync(
      access,
      readFileSync(access, 'utf8')
        .replaceAll(/"(GET|POST) (\/\S*)/g, `"$1 $2?token=${secrets[1]}`)
        .replaceAll(' - - [', ' - alice.wonder ['),
    );
    const config = join(base.folder, 'httpd.conf');
    writeFileSync(
      config,
      `${readFileSync(config, 'utf8')}RequestHeader set Authorization "${secrets[3]}"\nAuthLDAPBindPassword ${secrets[0]}\n`,
    );
    const url = `http://127.0.0.1/login?password=${secrets[0]}`;
    const { stdout, stderr } = await start(['run', ...base.options, '--url', url, '--no-input', '--json', '--state-dir', kept]).ended;
    if (stdout === '') throw new Error(`no report: ${stderr}`);
    before = JSON.parse(stdout) as Report;
  }, 60_000);

  test.each(['json', 'md', 'html', 'text'])('in %s: no secret, no user, no client; the verdict as before', async (format) => {
    const { status, stdout } = await proxyDoctor(['report', '--redact', '--format', format, '--state-dir', kept]);
    expect(status).toBe(0);
    for (const secret of [...secrets, 'alice.wonder', '198.51.100.']) expect(stdout).not.toContain(secret);
    expect(stdout).toContain(before.diagnoses[0]?.id);
  });

  test('the secrets were there before: the journal and the whole report have them', async () => {
    expect(readFileSync(journalIn(kept), 'utf8')).toContain(secrets[1]);
    expect(JSON.stringify(before)).toContain('198.51.100.');
  });

  test('the redacted report verifies, and says the same', async () => {
    expect((await proxyDoctor(['report', '--redact', '--verify', '--state-dir', kept])).status).toBe(0);
    const after = JSON.parse((await proxyDoctor(['report', '--redact', '--format', 'json', '--state-dir', kept])).stdout) as Report;
    const said = ({ diagnoses, impact, status }: Report): unknown => [
      status,
      impact,
      diagnoses.map(({ id, confidence, ongoing, backend, evidence }) => [id, confidence, ongoing, backend, evidence]),
    ];
    expect(said(after)).toEqual(said(before));
  });
});
