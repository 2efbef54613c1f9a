/** A report in which every part that a report can have is there, with text that was meant to do harm. */
import { createHash } from 'node:crypto';
import { report as schema, type Report, type ReportEvidence } from '../../src/report/schema.ts';

export const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What a log line, a host name or an answer might hold. */
export const hostile: readonly string[] = [
  'a | b || c',
  '`code` and ``more`` and ```fence',
  '<img src=x onerror=alert(1)> <script>alert(1)</script> </pre></details>',
  '# heading',
  '1. list',
  '- list',
  '+ list',
  '> quote',
  '**bold** __bold__ *it* _it_ ~~gone~~ ~one~ and proxy_http_module',
  '[link](http://evil.example/) ![image](http://evil.example/x.png) [ref]: http://evil.example/',
  '&lt;b&gt; &amp; &#60;',
  '@everyone look at #12 and !7 said ops@example.org',
  '$x^2$ and $$y$$ {code} {panel:title=x}',
  '\\ back \\| slash \\`',
  'line one\nline two\r\n\n# three\ttab',
  '\u001b[31mred\u001b]52;c;ZXZpbA==\u0007 \u202eturned\u2069 \u200bhidden \u0000',
  '=====',
  '~~~',
  '---',
  ' `leading and trailing` ',
  '$(reboot) ; rm -rf / --no-preserve-root',
];

const at = '2026-11-22T18:56:14.000Z';
const start = Date.parse('2026-11-22T16:54:00.000Z');

function evidence(part: Partial<ReportEvidence> & Pick<ReportEvidence, 'id' | 'check' | 'summary'>): ReportEvidence {
  const { superseded, ...rest } = part;
  const body = {
    side: 'proxy' as const,
    subject: null,
    startedAt: at,
    durationMs: 1234,
    status: 'ok' as const,
    outcome: 'failures',
    remedy: null,
    commands: [],
    data: null,
    ...rest,
  };
  const ordered = schema.shape.evidence.element.parse({ ...body, digest: '' });
  const { digest: _none, superseded: _no, ...inOrder } = ordered;
  return { ...inOrder, digest: digest(JSON.stringify(inOrder)), ...(superseded === undefined ? {} : { superseded }) };
}

/** @param said goes everywhere where text from outside can stand */
export function wholeReport(said: string): Report {
  const long = `${said} ${'a very long summary with https://shop.example/upload/'.repeat(8)}${'x'.repeat(300)} end`;
  const failed = { p50: 30_010, p95: 60_004, max: 60_020 };
  return schema.parse({
    schema: 'proxy-doctor.report/1',
    tool: { name: 'proxy-doctor', version: '0.1.0' },
    case: { id: '20261122-185613-aa0c', startedAt: at, endedAt: at, host: `px1 ${said}`, mode: 'interactive' },
    flow: { id: 'mod-proxy-http', version: 1 },
    status: 'diagnosed',
    window: { from: new Date(start).toISOString(), to: at, covered: false },
    impact: { requests: 9870, failed: 1204, clients: 311, since: '2026-11-22T17:08:13.000Z' },
    diagnoses: [
      {
        id: 'backend-stalled',
        backend: '192.0.2.2:9000',
        confidence: 'likely',
        ongoing: true,
        summary: `192.0.2.2:9000 does not answer until the timeout: ${said}`,
        evidence: ['e2', 'e3'],
        for: [
          { text: `failures pile up at 60 s: ${said}`, evidence: ['e3'] },
          { text: 'the time limit of the proxy is 60 s', evidence: ['e1', 'e3'] },
        ],
        against: [{ text: `connects are quick: ${said}`, evidence: ['e4'] }],
        open: [{ text: `no capture was made: ${said}`, evidence: ['e5'] }],
        rivals: [
          { id: 'network-loss', state: 'not-tested', because: `no capture: ${said}` },
          { id: 'keepalive-race', state: 'refuted', because: `fresh connections fail too: ${said}` },
        ],
        pattern: { method: 'POST', path: `/upload/{id} ${said}`, share: 0.97 },
        remedies: [
          {
            title: `Take it out ${said}`,
            steps: [`first ${said}`, 'then reload'],
            commands: [`echo ${said}`, "ss -ltn 'sport = :9000'"],
            verify: `proxy-doctor check http-request ${said}`,
            firstAid: true,
            undo: `put it back ${said}`,
          },
          {
            title: 'Find what it waits for',
            steps: ['a thread dump says it'],
            commands: [],
            verify: 'proxy-doctor check http-request --watch',
            firstAid: false,
            undo: null,
          },
        ],
      },
      {
        id: 'keepalive-race',
        backend: '192.0.2.3:9000',
        confidence: 'possible',
        ongoing: null,
        summary: `192.0.2.3:9000 closes first: ${said}`,
        evidence: ['e2'],
        for: [{ text: `sporadic: ${said}`, evidence: ['e2'] }],
        against: [],
        open: [],
        rivals: [],
        pattern: null,
        remedies: [
          {
            title: 'Shorten the pool’s life',
            steps: ['set ttl='],
            commands: ['ttl=4'],
            verify: 'proxy-doctor check keepalive-probe',
            firstAid: false,
            undo: null,
          },
        ],
      },
    ],
    path: [
      {
        step: 'log',
        subject: null,
        title: `Which failures does the log name? ${said}`,
        outcome: 'failures',
        suggested: 'failures',
        decidedBy: 'evidence',
        because: `many: ${said}`,
        evidence: ['e2'],
      },
      {
        step: 'kind',
        subject: '192.0.2.2:9000',
        title: 'How far do requests come?',
        outcome: 'answer',
        suggested: 'connect',
        decidedBy: 'operator',
        because: `I saw it: ${said}`,
        evidence: ['e2'],
      },
      {
        step: 'when',
        subject: '192.0.2.3:9000',
        title: 'Since when?',
        outcome: 'unknown',
        suggested: null,
        decidedBy: 'default',
        because: '',
        evidence: [],
      },
    ],
    evidence: [
      evidence({
        id: 'e1',
        check: 'proxy-config',
        summary: `2 backends ${said}`,
        data: { timeout: { seconds: 60 }, proxyTimeout: { seconds: 30 } },
        commands: [{ argv: ['apache2ctl', '-t', said], exitCode: 0, durationMs: 5, output: `Syntax OK\n${said}` }],
      }),
      evidence({
        id: 'e2',
        check: 'error-log',
        summary: long,
        data: {
          timeline: {
            start: new Date(start).toISOString(),
            widthSeconds: 120,
            counts: [0, 0, 3, 80, 1, 0, 0, 40, 0, 2],
            requests: [20, 22, 30, 120, 30, 10, 20, 70, 20, 25],
          },
          lifecycle: [{ time: new Date(start + 500_000).toISOString(), what: 'start', text: said }],
        },
      }),
      evidence({
        id: 'e3',
        check: 'access-log',
        summary: `pattern ${said}`,
        data: { durations: { failed, good: { p50: 18, p95: 32, max: 1400 } }, durationCluster: { seconds: 60, directive: null } },
      }),
      evidence({ id: 'e4', check: 'tcp-connect', subject: '192.0.2.2:9000', summary: `20 accepted ${said}`, superseded: true }),
      evidence({
        id: 'e5',
        check: 'packet-capture',
        side: 'backend',
        subject: '192.0.2.2:9000',
        status: 'skipped',
        summary: `no right to capture ${said}`,
        remedy: `run as root ${said}`,
        commands: [{ argv: ['tcpdump', '-ni', 'any'], exitCode: null, durationMs: 5 }],
      }),
    ],
    changes: [{ what: `SetEnv ${said}`, file: `/etc/apache2/${said}`, state: 'reverted' }],
    leftOut: [{ backend: '192.0.2.9:9000', failures: 4 }],
    remediesDone: [{ at, diagnosis: 'backend-stalled', title: `restarted ${said}` }],
    verified: [{ at, diagnosis: 'backend-stalled', good: false, evidence: 'e4' }],
    notes: [{ at: new Date(start + 700_000).toISOString(), text: `the database was busy ${said}` }],
  });
}

/** Every piece of text in a report that says something: each has to be found in each format. */
export function saidIn(report: Report): readonly string[] {
  const diagnoses = report.diagnoses.flatMap((one) => [
    one.id,
    one.confidence,
    one.summary,
    ...[...one.for, ...one.against, ...one.open].map((claim) => claim.text),
    ...one.rivals.flatMap((rival) => [rival.id, rival.because]),
    ...(one.pattern === null ? [] : [`${one.pattern.method ?? ''} ${one.pattern.path ?? ''}`, `${(100 * one.pattern.share).toFixed(0)} %`]),
    ...one.remedies.flatMap((remedy) => [remedy.title, ...remedy.steps, ...remedy.commands, remedy.verify, remedy.undo ?? '']),
  ]);
  const path = report.path.flatMap((visit) => [visit.title, visit.outcome, visit.because]);
  const evidence = report.evidence.flatMap((one) => [
    one.id,
    one.check,
    one.summary,
    one.subject ?? '',
    one.remedy ?? '',
    one.status === 'ok' ? '' : one.status,
    ...one.commands.map((command) => command.argv.join(' ')),
  ]);
  const rest = [
    ...report.changes.flatMap((one) => [one.what, one.file, one.state]),
    ...report.remediesDone.map((one) => one.title),
    ...report.leftOut.map((one) => one.backend),
    ...report.notes.map((one) => one.text),
    report.case.id,
    report.case.host,
    '1,204',
    '9,870',
    '311',
    'the logs do not cover it',
    'is not good yet',
    'measured again',
    'chosen against the evidence',
    'first aid',
    'ended by a signal',
  ];
  return [...new Set([...diagnoses, ...path, ...evidence, ...rest])].filter((text) => text !== '');
}
