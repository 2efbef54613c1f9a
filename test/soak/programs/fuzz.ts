/**
 * Gives fuzzed values of one input to the program's own functions, here in this process, so that one trace holds them all.
 * Called as: fuzz.ts INPUT COUNT SEED FOLDER; says on its last line what came of them.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseJournal } from '../../../src/case/read-journal.ts';
import { CaseError } from '../../../src/case/case-error.ts';
import { checks } from '../../../src/checks/registry.ts';
import type { Inputs } from '../../../src/checks/inputs.ts';
import { reportOf } from '../../../src/commands/report.ts';
import { loadFlow, loadFlowText } from '../../../src/commands/load-flow.ts';
import { makeProgram } from '../../../src/commands/table.ts';
import { explained } from '../../../src/command-line.ts';
import type { Subject } from '../../../src/engine/events.ts';
import { formatUsageError, UsageError } from '../../../src/errors.ts';
import { readAnswers } from '../../../src/flow/answers.ts';
import { openHosts } from '../../../src/host/open.ts';
import { runCheck } from '../../../src/run/run-check.ts';
import { visible } from '../../../src/visible.ts';
import { noInputs } from '../../fakes/inputs.ts';
import { canary, hostile, mutated } from '../hostile.ts';
import { numbers } from '../measured.ts';
import type { FuzzInput } from '../fuzz.ts';

const [input = '', countText = '0', seedText = '0', folder = ''] = process.argv.slice(2);
const count = Number(countText);
const random = numbers(Number(seedText));
const wrong: string[] = [];
let refused = 0;

/** What a terminal would act upon. */
const acts = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

function looked(value: string, said: string): void {
  const bad = acts.exec(said);
  if (bad !== null) wrong.push(`${JSON.stringify(value).slice(0, 200)}: ${JSON.stringify(bad[0])} reaches the terminal in ${JSON.stringify(said.slice(Math.max(0, bad.index - 60), bad.index + 60))}`);
}

/** A command as it would be typed; what it says is caught. */
async function command(value: string, argv: readonly string[]): Promise<void> {
  let said = '';
  let status = 0;
  const { write: out } = process.stdout;
  const { write: err } = process.stderr;
  const catching = ((text: string | Uint8Array, ...rest: unknown[]) => {
    said += typeof text === 'string' ? text : Buffer.from(text).toString();
    const done = rest.at(-1);
    if (typeof done === 'function') done();
    return true;
  }) as typeof process.stdout.write;
  process.stdout.write = catching;
  process.stderr.write = catching;
  try {
    const program = makeProgram((code) => {
      status = code;
    });
    for (const one of [program, ...program.commands, ...program.commands.flatMap((each) => each.commands)]) one.exitOverride().configureOutput({ writeErr: () => undefined });
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    status = explained(error);
  } finally {
    process.stdout.write = out;
    process.stderr.write = err;
  }
  if (status === 2) refused += 1;
  if (status === 1 && /^\s+at .*:\d+/m.test(said)) wrong.push(`${JSON.stringify(value).slice(0, 200)}: ${said.slice(0, 600)}`);
  looked(value, said);
}

const values = Array.from({ length: count }, () => hostile(random));
const nothing: Inputs = { ...noInputs, allow: ['packet-capture'] };
const state = join(folder, 'state');
mkdirSync(state, { recursive: true, mode: 0o700 });

/** Checks of a backend whose name a log or a configuration would have given, with nothing checked on the way. */
async function hosts(via: readonly string[] | null): Promise<void> {
  const inputs: Inputs = { ...nothing, via: { proxy: via, backend: via } };
  const ends = await openHosts(inputs);
  const names = ['dns', 'reachability', 'tcp-connect', 'tls-connect', 'http-request', 'backend-process', 'interface-errors', 'keepalive-probe', 'packet-capture'];
  for (const [index, value] of values.entries()) {
    const backend = random() < 0.5 ? `${value}:9` : value;
    const subject: Subject = { key: backend, backend, mode: 'none', failures: 1 };
    const name = names[index % names.length] ?? '';
    const check = checks[name];
    if (check === undefined) throw new Error(`no check ${name}`);
    const shared = new Map<string, Promise<unknown>>();
    const evidence = await runCheck(
      {
        check, key: name, subject, set: name === 'tcp-connect' ? { count: 1 } : {}, known: { inputs, subject, evidence: () => null }, leaveOut: null,
        signal: AbortSignal.timeout(1500), skipped: () => false, timeLimitMs: 1500, progress: () => undefined,
      },
      {
        hosts: ends,
        now: Date.now,
        once: <T>(key: string, work: () => Promise<T>): Promise<T> => {
          const known = shared.get(key) as Promise<T> | undefined;
          const started = known ?? work();
          shared.set(key, started);
          return started;
        },
        caseFolder: () => Promise.resolve(folder),
        changesFolder: () => Promise.resolve(folder),
        changed: () => Promise.resolve(),
      },
    );
    if (evidence.status !== 'ok') refused += 1;
  }
}

const logLine = (value: string): string => `[Sun Nov 22 03:12:04.123456 2026] [proxy:error] [pid 1:tid 2] (111)Connection refused: AH00957: http: attempt to connect to ${value}:80 (${value}) failed ${value}`;

const ways: Readonly<Record<FuzzInput, () => Promise<void>>> = {
  'error-log lines': async () => {
    const log = join(folder, 'error.log');
    // One of 10 MB among them.
    writeFileSync(log, [...values.map(logLine), logLine(hostile(random).repeat(1) + 'x'.repeat(10_000_000)), ''].join('\n'));
    for (const value of values.slice(0, 50)) await command(value, ['explain', logLine(value)]);
    await command('all', ['explain', log]);
    await command('all', ['check', 'error-log', '--offline', '--error-log', log]);
    await command('all', ['run', '--no-input', '--offline', '--passive', '--error-log', log, '--state-dir', state, '--report', join(folder, 'r.html'), '--report', join(folder, 'r.md')]);
  },
  'access-log lines': async () => {
    const log = join(folder, 'access.log');
    const line = (value: string): string => `${value} - ${value} [22/Nov/2026:03:12:04 +0000] "GET /${value} HTTP/1.1" 502 12 "${value}" "${value}"`;
    writeFileSync(log, [...values.map(line), line('x'.repeat(10_000_000)), ''].join('\n'));
    await command('all', ['check', 'access-log', '--offline', '--access-log', log]);
    await command('all', ['run', '--no-input', '--offline', '--passive', '--access-log', log, '--state-dir', state]);
  },
  configurations: async () => {
    for (let index = 0; index < values.length; index += 10) {
      const some = values.slice(index, index + 10);
      const config = join(folder, 'httpd.conf');
      writeFileSync(config, some.map((value) => `ProxyPass /${value} http://${value}:80/\nErrorLog "${value}"\nErrorLog "|${value}"\nInclude ${value}\nDefine ${value}\nCustomLog ${value} combined\nProxySet ${value}\nServerRoot ${value}\n`).join(''));
      await command(some.join(' '), ['check', 'proxy-config', '--offline', '--proxy-config', config]);
    }
  },
  'error-log paths': async () => {
    for (const value of values) await command(value, ['check', 'error-log', '--offline', `--error-log=${value}`]);
  },
  'backends given': async () => {
    for (const value of values) {
      await command(value, ['check', 'dns', '--offline', `--backend=${value}`]);
      await command(value, ['plan', `--backend=${value}`]);
    }
  },
  'hosts of a log': () => hosts(null),
  'hosts of a log, through ssh': () => hosts(['ssh', 'web1']),
  'paths through ssh': async () => {
    const { proxy } = await openHosts({ ...nothing, via: { proxy: ['ssh', 'web1'], backend: null } });
    const failed = (): void => {
      refused += 1;
    };
    const reads = [(path: string) => proxy.stat(path), (path: string) => proxy.readFile(path, 1000), (path: string) => proxy.readLink(path)];
    for (const [index, value] of values.entries()) await reads[index % reads.length]?.(value).catch(failed);
  },
  URLs: async () => {
    for (const value of values) for (const url of [value, `http://${value}/`, `http://127.0.0.1:9/${value}`]) await command(value, ['plan', `--url=${url}`]);
  },
  times: async () => {
    for (const value of values) {
      await command(value, ['plan', `--since=${value}`]);
      await command(value, ['check', 'dns', '--offline', '--backend', '127.0.0.1:9', `--interval=${value}`]);
    }
  },
  'case names': async () => {
    await command('none', ['run', '--no-input', '--offline', '--passive', '--error-log', '/dev/null', '--state-dir', state]);
    for (const value of values) for (const name of ['report', 'resume', 'rollback']) await command(value, [name, '--state-dir', state, ...(name === 'resume' ? ['--no-input'] : []), '--', value]);
  },
  'answers files': () => {
    const { flow } = loadFlow('mod-proxy-http');
    const good = 'flow: mod-proxy-http\ninputs:\n  error_log: [/var/log/apache2/error.log]\n  backend: [10.0.0.5:8080]\nanswers:\n  symptom: connect-refused\nallow: [keepalive-toggle]\n';
    for (const value of values) {
      const text = random() < 0.2 ? value : mutated(good, random);
      reading(text, () => readAnswers(text, 'answers.yaml', flow), true);
    }
    return Promise.resolve();
  },
  flows: () => {
    const good = loadFlow('mod-proxy-http').source;
    for (const value of values) {
      const text = random() < 0.2 ? value : mutated(good, random);
      reading(text, () => loadFlowText(text, 'flow.yaml'), true);
    }
    return Promise.resolve();
  },
  journals: () => {
    const [header = '', ...events] = readFileSync(join(import.meta.dirname, 'journal.jsonl'), 'utf8').split('\n');
    const head = JSON.parse(header) as { flow: { source: string } };
    const good = [JSON.stringify({ ...head, flow: { ...head.flow, source: loadFlow('mod-proxy-http').source } }), ...events].join('\n');
    for (const value of values) {
      const text = random() < 0.1 ? value : good.slice(0, good.indexOf('\n') + 1) + mutated(good.slice(good.indexOf('\n') + 1), random);
      reading(text, () => reportOf({ ...parseJournal(Buffer.from(text), 'journal.jsonl'), folder }), false);
    }
    return Promise.resolve();
  },
};

/** What can't be read says so in an error for people; where it names a file, it names the line. */
function reading(text: string, read: () => unknown, withLine: boolean): void {
  try {
    read();
  } catch (error) {
    refused += 1;
    // As the command line says it.
    if (error instanceof CaseError) return looked(text, visible(`${error.message} ${error.remedy}`));
    if (!(error instanceof UsageError)) {
      wrong.push(`${error instanceof Error ? (error.stack ?? '') : String(error)}: ${JSON.stringify(text).slice(-300)}`.slice(0, 900));
      return;
    }
    if (withLine && error.place?.line === undefined) wrong.push(`without a line: ${formatUsageError(error)} for ${JSON.stringify(text.slice(-200))}`);
    looked(text, formatUsageError(error));
  }
  if (Object.hasOwn(Object.prototype, canary) || 'polluted' in {}) wrong.push('a prototype was changed');
}

const way = ways[input as FuzzInput];
await way();
process.stdout.write(`\n${JSON.stringify({ values: values.length, refused, wrong: wrong.slice(0, 10) })}\n`);
process.exit(0);
