/**
 * The table of commands and options: `--help`, shell completion and the man page are made from it. It loads no command: each action
 * brings its own when it is called.
 */
import { Argument, Command, CommanderError, Option } from 'commander';
import { version } from '../version.ts';
import type { CollectOptions } from './collect.ts';
import type { RawOptions } from './options.ts';
import { output } from './output.ts';

const collect = (value: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), value];

/** Options that say where things are: of `run`, `check`, `plan` and `collect`. */
function withInputs(command: Command): Command {
  return command
    .option('--error-log <path>', 'Apache error log; repeatable; globs, .gz, and - for standard input', collect)
    .option('--access-log <path>', 'access log; likewise', collect)
    .option('--access-log-format <format>', 'an Apache LogFormat string, when it is none of the common ones')
    .option('--backend <host:port>', 'backend to examine; repeatable; left out: from the configuration and the log', collect)
    .option('--proxy-config <path>', "httpd's main configuration file; left out: of the running httpd")
    .option('--httpd <command>', 'how to call this httpd, for example "apache2ctl"')
    .option('--url <url>', 'a URL through the proxy that is safe to request with GET')
    .option('--since <when>', 'begin of the window: ISO 8601, or 30m, 2h, 1d ago')
    .option('--until <when>', 'end of the window')
    .option('--via <side=command>', 'where commands for a side run: proxy="ssh px", backend="ssh web1"; repeatable', collect)
    .option('--allow <action>', 'consent in advance: keepalive-toggle, packet-capture; repeatable', collect)
    .option('--passive', 'nothing is sent to any backend')
    .option('--skip <check>', 'leave a check out; repeatable', collect)
    .option('--offline', 'the logs come from elsewhere: nothing of this machine is taken for the proxy’s')
    .option('--time-limit <duration>', 'bound on the whole run; unattended: 100s')
    .option('--nice', 'give way to everything else that wants the processor')
    .option('--state-dir <dir>', 'where case files live (default: the XDG state directory)')
    .option('--json', 'JSON alone on standard output');
}

const stateDir = (): Option => new Option('--state-dir <dir>', 'where case files live (default: the XDG state directory)');

/** @param done told the exit status */
export function makeProgram(done: (status: number) => void): Command {
  const program = new Command('proxy-doctor');
  program
    .description('Finds out why an Apache reverse proxy answers 502 or 503: from the symptom to the cause, its evidence and the remedy.')
    .version(version, '-V, --version')
    .showSuggestionAfterError()
    .enablePositionalOptions()
    .addHelpText('after', '\nWithout a command it runs the wizard: proxy-doctor [options of run]; proxy-doctor run --help lists them.\n\nExit status: 0 diagnosed, 2 usage, 3 undetermined, 4 an answer is missing, 5 a change could not be put back, 1 failed.');

  withInputs(program.command('run', { isDefault: true }).argument('[flow]', 'id of a flow, or path of a flow file; left out: mod-proxy-http').description('the wizard; without a terminal, with --no-input or --answers: unattended'))
    .option('--answers <file>', 'answers file (YAML or JSON): runs unattended')
    .option('--record <file>', 'write an answers file that repeats this run')
    .option('--no-input', 'never ask')
    .option('--redact', 'pseudonyms for user names, secrets and client addresses in reports')
    .option('--report <file>', 'also write the report there: .md .json .html .txt; repeatable', collect)
    .option('--plain', 'linear text without cursor movement')
    .option('--bundle <file>', 'examine an archive of proxy-doctor collect instead of this machine')
    .addOption(new Option('--or-demo').hideHelp())
    .action(async (flow: string | undefined, options: RawOptions) => {
      const { startCommand } = await import('./start.ts');
      done(await startCommand(flow, options, output));
    });

  program
    .command('resume')
    .argument('[case]', 'id of a case, or its end; left out: the newest')
    .description('go on with an interrupted case')
    .option('--no-input', 'never ask')
    .option('--plain', 'linear text without cursor movement')
    .option('--json', 'the JSON report, alone, on standard output')
    .option('--report <file>', 'also write the report there', collect)
    .option('--time-limit <duration>', 'bound on the rest of the run')
    .option('--nice', 'give way to everything else that wants the processor')
    .addOption(stateDir())
    .action(async (wanted: string | undefined, options: RawOptions) => {
      const { resumeCommand } = await import('./run.ts');
      done(await resumeCommand(wanted, options, output));
    });

  program
    .command('cases')
    .description('list the case files: id, when, host, state, diagnosis')
    .option('--json', 'JSON alone on standard output')
    .addOption(stateDir())
    .action(async (options: { json?: boolean; stateDir?: string }) => {
      const { casesCommand } = await import('./cases.ts');
      done(await casesCommand(options, output));
    });

  program
    .command('report')
    .argument('[case]', 'id of a case, or its end; left out: the newest')
    .description('write the report of a case again')
    .addOption(new Option('--format <format>', 'format of the report').choices(['md', 'json', 'html', 'text']))
    .option('--output <file>', 'write it there instead of standard output')
    .option('--redact', 'pseudonyms for user names, secrets and client addresses')
    .option('--verify', 'check that every claim has its evidence, unchanged')
    .option('--schema', 'print the JSON Schema of the report')
    .addOption(stateDir())
    .action(async (wanted: string | undefined, options: { format?: string; output?: string; redact?: boolean; verify?: boolean; schema?: boolean; stateDir?: string }) => {
      const { reportCommand } = await import('./report.ts');
      done(await reportCommand(wanted, options, output));
    });

  program
    .command('collect')
    .description('gather what an offline diagnosis needs into one archive; run --bundle FILE diagnoses it')
    .option('--output <file>', 'the archive (default: proxy-doctor-HOST-TIME.tar.gz here); - for standard output')
    .option('--script', 'print a POSIX shell script that does the same where nothing may be installed')
    .option('--error-log <path>', 'a log beside those that httpd writes; repeatable', collect)
    .option('--access-log <path>', 'likewise', collect)
    .option('--proxy-config <path>', "httpd's main configuration file, where it is not found")
    .option('--megabytes <n>', 'of each log at most this much, from its end (default: 64)')
    .action(async (options: CollectOptions) => {
      const { collectCommand } = await import('./collect.ts');
      done(await collectCommand(options, output));
    });

  program
    .command('compare')
    .argument('<report...>', 'JSON reports: FILE, or PROXY=FILE where host names do not tell the proxies apart')
    .description('several JSON reports (many proxies, or before and after): one backend, one proxy, or one path between')
    .option('--json', 'JSON alone on standard output')
    .action(async (reports: string[], options: { json?: boolean }) => {
      const { compareCommand } = await import('./compare.ts');
      done(compareCommand(reports, options, output));
    });

  program
    .command('rollback')
    .argument('[case]', 'id of a case; left out: every left-over that is found')
    .description('put back whatever an interrupted live test left changed')
    .addOption(stateDir())
    .action(async (wanted: string | undefined, options: { stateDir?: string }) => {
      const { rollbackCommand } = await import('./rollback.ts');
      done(await rollbackCommand(wanted, options, output));
    });

  withInputs(program.command('check').argument('[name]', 'name of a check').argument('[backend]', 'host:port').description('run one live check by itself'))
    .option('--list', 'list the checks')
    .option('--watch', 'repeat until it passes or is interrupted')
    .option('--count <n>', 'how many attempts (tcp-connect, http-request)')
    .option('--interval <duration>', 'time between attempts, and between rounds of --watch')
    .option('--plain', 'linear text without cursor movement')
    .action(async (name: string | undefined, backend: string | undefined, options: RawOptions & { list?: boolean; watch?: boolean; count?: string; interval?: string }) => {
      const { checkCommand } = await import('./check.ts');
      done(await checkCommand(name, backend, options, output));
    });

  program
    .command('explain')
    .argument('[line...]', 'error-log lines, or files of them (.gz too), or a code such as AH01102; left out: standard input')
    .description('interpret error-log lines: meaning, what it rules out, likely causes, what to check next')
    .option('--json', 'one JSON object a line')
    .action(async (lines: string[], options: { json?: boolean }) => {
      const { explainCommand } = await import('./explain.ts');
      done(await explainCommand({ lines, json: options.json === true, stdin: process.stdin, stdout: process.stdout }));
    });

  withInputs(program.command('plan').argument('[flow]', 'id of a flow, or path of a flow file; left out: mod-proxy-http').description('what a run with these options may do; runs nothing')).action(
    async (flow: string | undefined, options: RawOptions) => {
      const { planCommand } = await import('./plan.ts');
      done(await planCommand(flow, options, output));
    },
  );

  program
    .command('demo')
    .argument('[scenario]', 'which rehearsal; left out: the first')
    .description('a rehearsal on this machine alone: a faulty backend on a loopback port, and logs that fit')
    .option('--list', 'list the rehearsals')
    .option('--no-input', 'never ask')
    .option('--plain', 'linear text without cursor movement')
    .option('--json', 'the JSON report, alone, on standard output')
    .option('--report <file>', 'also write the report there', collect)
    .addOption(stateDir())
    .action(async (scenario: string | undefined, options: RawOptions & { list?: boolean }) => {
      const { demoCommand } = await import('./demo.ts');
      done(await demoCommand(scenario, options, output));
    });

  addFlow(program.command('flow').description('for people who write flows'), done);

  program
    .command('completion')
    .addArgument(new Argument('<shell>', 'which shell').choices(['bash', 'zsh', 'fish']))
    .description('print shell completion')
    .action(async (shell: string) => {
      const { completionCommand } = await import('./completion.ts');
      done(completionCommand(shell, program, output));
    });

  program.command('man', { hidden: true }).action(async () => {
    const { manCommand } = await import('./man.ts');
    done(manCommand(program, output));
  });
  for (const command of program.commands.flatMap((one) => [one, ...one.commands])) withVersion(command);
  return program;
}

/** As at the top: `proxy-doctor check --version`. Said once in the help, there. */
function withVersion(command: Command): void {
  command.addOption(new Option('-V, --version').hideHelp()).on('option:version', () => {
    output.out(`${version}\n`);
    throw new CommanderError(0, 'commander.version', version);
  });
}

function addFlow(flow: Command, done: (status: number) => void): void {
  const wire = async (call: (commands: typeof import('./flow.ts')) => { stdout: string; stderr: string; status: number } | Promise<{ stdout: string; stderr: string; status: number }>): Promise<void> => {
    const result = await call(await import('./flow.ts'));
    if (result.stdout !== '') output.out(result.stdout);
    if (result.stderr !== '') output.err(result.stderr.replace(/\n$/, ''));
    done(result.status);
  };
  const named = (command: Command): Command => command.argument('[flow]', 'id of a flow, or path of a flow file; left out: mod-proxy-http');
  flow
    .command('list')
    .description('list the flows')
    .action(() => wire((commands) => commands.flowList()));
  named(flow.command('show'))
    .description('print a flow')
    .addOption(new Option('--format <format>', 'yaml, or md: a runbook for a wiki').choices(['yaml', 'md']).default('yaml'))
    .action((name: string | undefined, options: { format: 'yaml' | 'md' }) => wire((commands) => commands.flowShow(name, options.format)));
  named(flow.command('lint'))
    .description('prove that a flow is whole')
    .action((name: string | undefined) => wire((commands) => commands.flowLint(name)));
  named(flow.command('graph'))
    .description('draw a flow')
    .addOption(new Option('--format <format>', 'mermaid, dot or text').choices(['mermaid', 'dot', 'text']).default('text'))
    .action((name: string | undefined, options: { format: 'mermaid' | 'dot' | 'text' }) => wire((commands) => commands.flowGraph(name, options.format)));
  named(flow.command('test'))
    .description("run the flow's own scenario tests")
    .action((name: string | undefined) => wire((commands) => commands.flowTest(name)));
  flow
    .command('schema')
    .addArgument(new Argument('[kind]', 'flow, answers or report').choices(['flow', 'answers', 'report']).default('flow'))
    .description('print the JSON Schema of flow files, answers files or reports')
    .action((kind: 'flow' | 'answers' | 'report') => wire((commands) => commands.flowSchema(kind)));
  named(flow.command('answers'))
    .description('print an answers-file template')
    .action((name: string | undefined) => wire((commands) => commands.flowAnswers(name)));
  flow
    .command('new')
    .argument('<id>', 'id of the new flow')
    .description('start a flow from a template, in a folder of that name')
    .action((id: string) => wire((commands) => commands.flowNew(id)));
}
