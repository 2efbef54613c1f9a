/** The commands for flow authors on the real checks, classifiers and signs, and on the shipped flow. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { flowAnswers, flowGraph, flowLint, flowList, flowNew, flowSchema, flowShow, flowTest } from '../../src/commands/flow.ts';
import { flowTemplate, scenarioTemplate } from '../../src/commands/flow/template.ts';
import { loadFlow } from '../../src/commands/load-flow.ts';
import { flowsFolder } from '../../src/shipped-files.ts';
import { UsageError } from '../../src/errors.ts';
import { readAnswers } from '../../src/flow/answers.ts';

let folder = '';
const here = process.cwd();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flow-'));
  process.chdir(folder);
});
afterEach(() => {
  process.chdir(here);
  rmSync(folder, { recursive: true });
});

/** Changes a file of the new flow. */
function edit(name: string, change: (text: string) => string): void {
  const path = join(folder, 'my-proxy', name);
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}

describe('a new flow', () => {
  beforeEach(() => {
    flowNew('my-proxy');
  });

  test('is whole, and its scenarios hold', () => {
    expect(flowLint('./my-proxy')).toEqual({
      stdout: 'my-proxy/flow.yaml: 9 steps, 7 of 30 points of the article; nothing to complain about\n',
      stderr: '',
      status: 0,
    });
    const { stdout, status } = flowTest('./my-proxy');
    expect(stdout).toContain('2 scenarios, all hold');
    expect(status).toBe(0);
  });

  test('is what docs/writing-flows.md shows', () => {
    const docs = readFileSync(join(flowsFolder(), '../docs/writing-flows.md'), 'utf8');
    expect(docs).toContain(`\`\`\`yaml\n${flowTemplate('small-proxy', './flow.schema.json')}\`\`\``);
    expect(docs).toContain(`\`\`\`yaml\n${scenarioTemplate()}\`\`\``);
  });

  test('is not made over another', () => expect(() => flowNew('my-proxy')).toThrow(UsageError));

  test('lint finds a misspelt outcome at its line, and says so with status 3', () => {
    edit('flow.yaml', (text) => text.replace('refused: shape', 'refusd: shape'));
    const { stdout, stderr, status } = flowLint('./my-proxy');
    expect(stdout).toMatch(
      /^my-proxy\/flow\.yaml:\d+:\d+: error: check tcp-connect has no outcome refusd\. The nearest that is known is refused\./m,
    );
    expect(stderr).toMatch(/^my-proxy\/flow\.yaml: 2 errors, \d+ warnings?$/);
    expect(status).toBe(3);
  });

  test('a scenario that does not hold is shown with its difference, and status 3', () => {
    edit('flow.yaml', (text) => text.replace('every: backend-not-running', 'every: backend-overloaded'));
    const { stdout, status } = flowTest('./my-proxy');
    expect(stdout).toContain('FAIL  every connect is refused');
    expect(stdout).toMatch(/- backend-not-running 10\.0\.0\.5:8080\n +\+ backend-overloaded 10\.0\.0\.5:8080/);
    expect(status).toBe(3);
  });

  test('a scenario that names what is not there is said at its line', () => {
    edit('scenarios/first.yaml', (text) => text.replace('shape=every', 'shape=evry'));
    const { stdout, status } = flowTest('./my-proxy');
    expect(stdout).toMatch(
      /^my-proxy\/scenarios\/first\.yaml:\d+:\d+: error: step shape has no outcome evry\. The nearest that is known is every\./,
    );
    expect(status).toBe(3);
  });

  describe('with diagnoses of its own', () => {
    const withMechanism = (mechanism: readonly (readonly string[])[]): string => {
      const shipped: Record<string, object> = parse(readFileSync(join(flowsFolder(), 'mod-proxy-http/diagnoses.yaml'), 'utf8'));
      writeFileSync(
        join(folder, 'my-proxy/diagnoses.yaml'),
        stringify({ ...shipped, 'backend-not-running': { ...shipped['backend-not-running'], mechanism } }),
      );
      return flowLint('./my-proxy').stdout;
    };
    test('a sign that does not exist is found at its line', () => {
      expect(withMechanism([['refused-now', 'refsed-now']])).toMatch(
        /^my-proxy\/diagnoses\.yaml:\d+:\d+: error: .*there is no sign refsed-now\. The nearest that is known is refused-now/m,
      );
    });
    test('a mechanism that nothing on the way can show is found, and a diagnosis that is never reached', () => {
      const stdout = withMechanism([['fresh-dropped'], ['refused-now']]);
      expect(stdout).toContain('needs the check http-request, which no way to it carries out');
      expect(stdout).toContain('the flow never comes to keepalive-race');
    });
  });
});

test('a flow that is not there is an error of usage', () => {
  expect(() => flowLint('./nowhere')).toThrow(UsageError);
  expect(() => flowTest('mod-proxy-htpp')).toThrow(UsageError);
  expect(() => flowNew('Not A Word')).toThrow(UsageError);
});

describe('the shipped flow', () => {
  test('has nothing to complain about, and carries out all thirty points of the article', () => {
    const { stdout, status } = flowLint(undefined);
    expect(stdout).toMatch(/: \d+ steps, 30 of 30 points of the article; nothing to complain about\n$/);
    expect(status).toBe(0);
  });

  test('is listed, shown, drawn, and asked for answers', () => {
    expect(flowList().stdout).toMatch(/^mod-proxy-http +1 +/m);
    expect(flowShow(undefined, 'yaml').stdout).toBe(readFileSync(join(flowsFolder(), 'mod-proxy-http/flow.yaml'), 'utf8'));
    const { flow } = loadFlow('mod-proxy-http');
    const book = flowShow(undefined, 'md').stdout;
    for (const step of flow.steps.values()) expect(book).toContain(`<a id="${step.id}"></a>`);
    for (const format of ['mermaid', 'dot', 'text'] as const)
      expect(flowGraph(undefined, format).stdout.split('\n').length).toBeGreaterThan(flow.steps.size);
    expect(readAnswers(flowAnswers(undefined).stdout, 'template', flow)).toMatchObject({ flow: 'mod-proxy-http', answers: {} });
  });
});

test.each(['flow', 'answers', 'report'] as const)('the schema of %s is JSON Schema', (kind) => {
  const schema: Record<string, unknown> = JSON.parse(flowSchema(kind).stdout);
  expect(schema).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object' });
});

test('the schema of flows offers the names of checks and classifiers', () => {
  const text = flowSchema('flow').stdout;
  expect(text).toContain('"tcp-connect"');
  expect(text).toContain('"how-often"');
});
