/** What the scripted checks find: facts of their real shape, with log lines as bad as they come. */
import type { Diagnosis } from '../../../src/engine/conclusion.ts';
import type { Evidence } from '../../../src/engine/evidence.ts';

export type Found = Pick<Evidence, 'status' | 'outcome' | 'summary' | 'remedy' | 'commands' | 'data'>;

const log = '/var/log/apache2/error.log';
export const nastyLine = `[Fri Nov 20 02:31:07 2026] [proxy:error] \u001b[2J\u001b[31mred \u202egnirts\u202c \u0007 AH00957: HTTP: attempt to connect to 10.0.0.5:8080 failed`;
export const longLine = `[Fri Nov 20 02:31:08 2026] AH01102 ${'x'.repeat(10_000)} end-of-the-long-line`;

const burst = (at: number): number =>
  [12, 40, 66, 60, 45, 51].find((place) => at === place || at === place + 1) === undefined ? 0 : 90 + (at % 7) * 15;
const counts = Array.from({ length: 72 }, (_, at) => burst(at));

export const errorLog: Found = {
  status: 'ok',
  outcome: 'failures',
  summary: '1,204 of 9,870 requests failed to connect to 10.0.0.5:8080, in 7 clusters since 01:10',
  remedy: null,
  commands: [],
  data: {
    files: [
      {
        path: log,
        bytes: 48_210_233,
        lines: 9870,
        matched: 1204,
        from: '2026-11-20T01:10:00Z',
        to: '2026-11-20T03:12:00Z',
        layout: '2.4',
        trouble: null,
      },
    ],
    lines: 9870,
    matched: 1204,
    notRecognised: 0,
    notRecognisedSamples: [],
    window: { from: '2026-11-20T01:10:00Z', to: '2026-11-20T03:12:00Z', covered: true, because: 'the log reaches back over it' },
    zone: { offset: '+0000', from: 'the access log' },
    families: { 'connect-failed': 1204 },
    backends: [],
    capacity: [],
    capacityCount: 0,
    lifecycle: [],
    timeline: { start: '2026-11-20T01:10:00Z', widthSeconds: 100, counts, requests: counts.map((count, at) => 140 + (at % 5) * 4 + count) },
    impact: { requests: 9870, failed: 1204, clients: 311, since: '2026-11-20T01:32:00Z' },
    samples: [
      { file: log, line: 4711, time: '2026-11-20T02:31:07Z', text: nastyLine },
      { file: log, line: 4712, time: '2026-11-20T02:31:08Z', text: longLine },
      {
        file: log,
        line: 4713,
        time: null,
        text: '[Fri Nov 20 02:31:09 2026] [proxy:error] [pid 77] (111)Connection refused: AH00957: HTTP: attempt to connect to 10.0.0.5:8080 (10.0.0.5) failed',
      },
    ],
  },
};

const outcomes = 'rrrraaarrrrraaaaarrr';
export const attempts = Array.from(outcomes, (letter, index) => ({
  address: index % 5 === 4 ? '2001:db8::5' : '10.0.0.5',
  atMs: index * 250,
  outcome: letter === 'r' ? ('refused' as const) : ('connected' as const),
  code: letter === 'r' ? 'ECONNREFUSED' : null,
  latencyMs: 0.3 + (index % 4) * 0.2,
  afterwards: letter === 'r' ? null : ('silent' as const),
}));

export const tcpConnect: Found = {
  status: 'ok',
  outcome: 'mixed',
  summary: '12 of 20 connects to 10.0.0.5:8080 were refused, 8 were accepted within 1 ms',
  remedy: null,
  commands: [
    {
      argv: ['ss', '-tln', 'sport = :8080'],
      exitCode: 0,
      durationMs: 4,
      output: 'State  Recv-Q Send-Q Local Address:Port\nLISTEN 129    128    0.0.0.0:8080\n',
    },
  ],
  data: {
    host: '10.0.0.5',
    port: 8080,
    addresses: ['10.0.0.5', '2001:db8::5'],
    attempts: 20,
    connected: 8,
    refused: 12,
    timedOut: 0,
    unreachable: 0,
    denied: 0,
    droppedAfterAccept: 0,
    latencyMs: { min: 0.3, p50: 0.5, p95: 0.9, max: 0.9 },
    unreachableAfterMs: null,
    byAddress: [],
    results: attempts,
    asDaemon: null,
    refusedBy: 'rst',
    how: 'sockets of our own',
  },
};

const before = { requests: 1912, failed: 24, p50: 12, p95: 48, seconds: 120 };
const during = { requests: 1377, failed: 0, p50: 13, p95: 51, seconds: 90 };
export const keepaliveToggle: Found = {
  status: 'ok',
  outcome: 'helped',
  summary: 'Without reuse of connections no request failed (0 of 1,377, before 24 of 1,912)',
  remedy: null,
  commands: [{ argv: ['apachectl', 'configtest'], exitCode: 0, durationMs: 210 }],
  data: {
    before,
    during,
    after: null,
    pValue: 0.00004,
    helped: true,
    stoppedBecause: 'clear after 90 s',
    file: '/etc/apache2/conf-enabled/proxy-doctor.conf',
    directive: 'SetEnv proxy-nokeepalive 1',
    restored: true,
    kept: false,
  },
};
export const toggleLive = { before, during };

export const overloaded: Diagnosis = {
  id: 'backend-overloaded',
  backend: '10.0.0.5:8080',
  confidence: 'likely',
  ongoing: true,
  summary: 'It gets more requests than it accepts: its queue overflows in bursts.',
  evidence: ['e1', 'e2'],
  for: [
    { text: '7 bursts of refusals in 2 h, each with the request rate above 140/s', evidence: ['e1'] },
    { text: 'between bursts every connect is accepted in under 1 ms', evidence: ['e2'] },
  ],
  against: [{ text: 'backend not running: 8 of 20 connects accepted', evidence: ['e2'] }],
  open: [{ text: 'accept queue on the backend: no access (--via backend="ssh …")', evidence: [] }],
  rivals: [{ id: 'network-blocked', state: 'refuted', because: 'some connects are accepted from the same address' }],
  pattern: null,
  remedies: [
    {
      title: 'Stop the bleeding: drain the member',
      steps: ['In balancer-manager set the member to drain.'],
      commands: ['curl -d "b=px&w=http://10.0.0.5:8080&w_status_N=1" http://127.0.0.1/balancer-manager'],
      verify: '',
      firstAid: true,
      undo: 'set w_status_N=0',
    },
    {
      title: 'Raise what the backend accepts: its connector\u2019s backlog and workers',
      steps: ['acceptCount and maxThreads in server.xml'],
      commands: [],
      verify: '',
      firstAid: false,
      undo: null,
    },
    {
      title: 'Cap what the proxy sends',
      steps: [],
      commands: ['ProxyPass /app http://10.0.0.5:8080/ max=40 acquire=2000   # px.conf:31'],
      verify: 'proxy-doctor check tcp-connect --backend 10.0.0.5:8080 --watch',
      firstAid: false,
      undo: null,
    },
  ],
};

export const race: Diagnosis = {
  ...overloaded,
  id: 'keepalive-race',
  confidence: 'confirmed',
  summary: 'Reused connections fail: the backend closes idle ones after 5 s, the proxy keeps them for 60 s.',
  against: [],
  open: [],
};
