/**
 * Connects from where we have no sockets of our own: through a vantage, or as another user. One process does all attempts where
 * there is python or perl; bash, nc and curl connect once a process.
 */
import * as z from 'zod';
import type { CommandRecord } from '../engine/evidence.ts';
import { CouldNot } from '../checks/check.ts';
import type { CommandResult, ConnectAttempt, ConnectPlan, ConnectResult, Connects, Host, NumberedConnect } from './host.ts';
import { connectOutcome } from './connect-outcome.ts';
import { perlProgram, pythonProgram } from './connect-programs.ts';
import { scheduleConnects } from './connect-schedule.ts';
import { errnoOfText } from './strerror.ts';
import { queue } from './queue.ts';

type Runner = Pick<Host, 'run' | 'has'>;

/** Time for a process to start, on a busy machine or over a slow ssh. */
const startMs = 10_000;

const programs = [
  { command: 'python3', argv: ['python3', '-c', pythonProgram] },
  { command: 'perl', argv: ['perl', '-e', perlProgram] },
  { command: 'python', argv: ['python', '-c', pythonProgram] },
] as const;

interface SingleTool {
  readonly command: string;
  readonly argv: (attempt: ConnectAttempt, timeoutMs: number) => readonly string[];
  /** Exit statuses with which the tool itself says that it could not connect. Others are a prefix's or a usage error. */
  readonly failed: readonly number[];
  /** Lines of the tool itself, which end in strerror's words; nothing that a prefix says may pass for them. */
  readonly says: RegExp;
  /** Exit status with which the tool says that its time limit passed. */
  readonly timer: number | null;
}

const seconds = (ms: number) => String(Math.max(1, Math.ceil(ms / 1000)));

const singleTools: readonly SingleTool[] = [
  {
    command: 'bash',
    // The script is constant; the address and the port are its positional arguments.
    argv: ({ address, port }) => ['bash', '-c', 'exec 3<>"/dev/tcp/$1/$2"', 'bash', address, String(port)],
    failed: [1],
    says: /^bash: .*/gm,
    timer: null,
  },
  {
    command: 'nc',
    argv: ({ address, port }, timeoutMs) => ['nc', '-z', '-v', '-w', seconds(timeoutMs), address, String(port)],
    failed: [1],
    says: /^(?:nc:|Ncat:|\(UNKNOWN\)|.*\[[\d.:a-f]+\]).*/gim,
    timer: null,
  },
  {
    command: 'curl',
    // A telnet:// transfer with nothing to send connects and ends. Exit status 28: time limit; 7: could not connect, for whatever reason.
    argv: ({ address, port }, timeoutMs) => [
      'curl',
      '--verbose',
      '--connect-timeout',
      seconds(timeoutMs),
      '--max-time',
      seconds(timeoutMs + 1000),
      `telnet://${address.includes(':') ? `[${address}]` : address}:${port}`,
    ],
    failed: [7, 28],
    says: /^\* .*/gm,
    timer: 28,
  },
];

/** @throws {CouldNot} skipped, where that side has none of the tools. */
export async function connectManyWith(runner: Runner, attempts: readonly ConnectAttempt[], plan: ConnectPlan): Promise<Connects> {
  for (const { command, argv } of programs) {
    if (!(await runner.has(command))) continue;
    const many = withProgram(runner, command, argv, attempts, plan);
    // A program that can't run there (a version manager's stub, no right for that user) never says its first word.
    if (await many.works) return many.connects;
  }
  if (attempts.some(({ address }) => address.startsWith('/'))) {
    throw new CouldNot('skipped', 'There is no tool on that side that connects to a socket in the file system (python3 or perl).', 'Install one of them there, or run proxy-doctor on that machine itself.');
  }
  for (const tool of singleTools) if (await runner.has(tool.command)) return withSingles(runner, tool, attempts, plan);
  throw new CouldNot(
    'skipped',
    'There is no tool to connect with on that side (python3, perl, bash, nc or curl).',
    'Install one of them there, or run proxy-doctor on that machine itself.',
  );
}

const line = z.object({
  i: z.number(),
  at: z.number(),
  ms: z.number(),
  code: z.string().nullable(),
  timer: z.boolean(),
  port: z.number().nullable(),
  after: z.enum(['silent', 'sent', 'closed', 'reset']).nullable(),
});

function withProgram(
  runner: Runner,
  command: string,
  argv: readonly string[],
  attempts: readonly ConnectAttempt[],
  plan: ConnectPlan,
): { readonly connects: Connects; readonly works: Promise<boolean> } {
  const stop = new AbortController();
  const signal = plan.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, plan.signal]);
  let over: Promise<void> = Promise.resolve();
  const results = queue<NumberedConnect>(() => {
    stop.abort();
    return over;
  });
  const commands: CommandRecord[] = [];
  let say: (ready: boolean) => void = () => {};
  const works = new Promise<boolean>((resolve) => {
    say = resolve;
  });
  let rest = '';
  const read = (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const text of lines) {
      if (text === 'ready') say(true);
      const result = numbered(text, attempts);
      if (result !== null) results.push(result);
    }
  };
  const longest = Math.max(0, ...attempts.map((attempt) => attempt.lingerMs ?? 0)) + plan.timeoutMs;
  const rounds = Math.ceil(attempts.length / Math.max(1, plan.atOnce));
  over = runner
    .run([...argv, String(plan.timeoutMs), String(plan.intervalMs), String(plan.atOnce), ...attempts.flatMap(asArguments)], {
      timeLimitMs: startMs + attempts.length * plan.intervalMs + rounds * longest,
      signal,
      onOutput: read,
      ...(plan.user === undefined ? {} : { user: plan.user }),
    })
    .then((result) => {
      commands.push(record(result, argv));
      say(false);
      results.end(
        signal.aborted || (result.ended === 'exit' && result.exitCode === 0)
          ? undefined
          : new CouldNot('failed', `${command} did not carry the connects through (${ending(result)}).`, null, commands),
      );
    }, results.end);
  return { connects: { how: command, leavesTimeWait: false, results: results.values, commands: () => commands }, works };
}

function asArguments({ address, port, lingerMs = 0 }: ConnectAttempt): readonly string[] {
  return [address, String(port), String(lingerMs)];
}

function numbered(text: string, attempts: readonly ConnectAttempt[]): NumberedConnect | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = line.safeParse(json);
  if (!parsed.success) return null;
  const { i, at, ms, code, timer, port, after } = parsed.data;
  const attempt = attempts[i];
  if (attempt === undefined) return null;
  return {
    index: i,
    atMs: at,
    address: attempt.address,
    outcome: code === null && !timer ? 'connected' : connectOutcome(code, timer),
    code,
    latencyMs: ms,
    localPort: port,
    afterwards: after,
  };
}

/** The program's text says nothing to a reader and would fill the journal: its language stands for it. */
function record(result: CommandResult, argv: readonly string[]): CommandRecord {
  const [, flag, program = ''] = argv;
  return {
    argv: result.argv.map((argument) => (argument.includes(program.slice(0, 200)) ? `<connect program, ${flag ?? ''}>` : argument)),
    exitCode: result.exitCode,
    durationMs: result.durationMs,
    ...(result.output === undefined ? {} : { output: result.output }),
  };
}

function ending(result: CommandResult): string {
  return result.ended === 'exit' ? `exit status ${result.exitCode}` : result.ended;
}

function withSingles(runner: Runner, tool: SingleTool, attempts: readonly ConnectAttempt[], plan: ConnectPlan): Connects {
  const commands: CommandRecord[] = [];
  const connect = async (attempt: ConnectAttempt, signal: AbortSignal): Promise<ConnectResult> => {
    const result = await runner.run(tool.argv(attempt, plan.timeoutMs), {
      timeLimitMs: plan.timeoutMs + 2000,
      signal,
      ...(plan.user === undefined ? {} : { user: plan.user }),
    });
    commands.push({ argv: result.argv, exitCode: result.exitCode, durationMs: result.durationMs, output: result.output ?? '' });
    return judge(tool, attempt, plan.timeoutMs, result);
  };
  return {
    how: tool.command,
    leavesTimeWait: true,
    results: scheduleConnects(attempts, plan, connect),
    commands: () => commands,
  };
}

/** @throws {CouldNot} where the tool did not get as far as connecting. */
function judge(tool: SingleTool, { address }: ConnectAttempt, timeoutMs: number, result: CommandResult): ConnectResult {
  const { ended, exitCode, durationMs } = result;
  const connected = ended === 'exit' && exitCode === 0;
  const failed = ended === 'exit' && exitCode !== null && tool.failed.includes(exitCode);
  if (!connected && !failed && ended !== 'time-limit') {
    throw new CouldNot('failed', `${tool.command} could not be used to connect (${ending(result)}).`, null, [result]);
  }
  const said = (result.stderr.match(tool.says) ?? []).map((text) => text.replace(/[.)\s]+$/, ''));
  const code = failed ? errnoOfText(said.join('\n')) : null;
  const timer = !connected && code === null && (ended === 'time-limit' || exitCode === tool.timer || durationMs >= timeoutMs);
  return {
    outcome: connected ? 'connected' : connectOutcome(code, timer),
    code,
    address,
    latencyMs: durationMs,
    localPort: null,
    afterwards: null,
  };
}
