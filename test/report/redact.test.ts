import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { redact } from '../../src/report/redact/redact.ts';
import type { Report } from '../../src/report/schema.ts';
import { verifyReport } from '../../src/report/verify.ts';

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

function reportWith(texts: readonly string[]): Report {
  const body = {
    id: 'e1', check: 'error-log', side: 'proxy' as const, subject: null, startedAt: '2026-11-22T03:00:00Z', durationMs: 1, status: 'ok' as const, outcome: 'failures',
    summary: texts[0] ?? '', remedy: null, commands: [{ argv: ['grep', ...texts], exitCode: 0, durationMs: 1, output: texts.join('\n') }],
    data: { backends: [{ backend: '192.0.2.2:9000' }], samples: texts.map((text) => ({ text })) },
  };
  return {
    schema: 'proxy-doctor.report/1',
    tool: { name: 'proxy-doctor', version: '1' },
    case: { id: 'c', startedAt: '2026-11-22T03:00:00Z', endedAt: null, host: 'px', mode: 'unattended' },
    flow: { id: 'mod-proxy-http', version: 1 },
    status: 'diagnosed',
    window: { from: null, to: null, covered: true },
    impact: { requests: 9, failed: 3, clients: 2, since: null },
    diagnoses: [
      { id: 'backend-not-running', backend: '192.0.2.2:9000', confidence: 'likely', ongoing: true, summary: '192.0.2.2:9000 refuses', evidence: ['e1'], for: [{ text: 'refused', evidence: ['e1'] }], against: [], open: [], rivals: [], pattern: null, remedies: [] },
    ],
    path: [],
    evidence: [{ ...body, digest: digest(JSON.stringify(body)) }],
    changes: [], leftOut: [], verified: [], remediesDone: [],
    notes: texts.map((text) => ({ at: '2026-11-22T03:00:00Z', text })),
  };
}

/** Twenty places where a secret stands; each is planted ten times with another secret. */
const places: readonly ((secret: string) => string)[] = [
  (s) => `198.51.100.7 - - [22/Nov/2026:06:34:39 +0000] "GET /a?token=${s} HTTP/1.1" 502 0`,
  (s) => `198.51.100.7 - - [22/Nov/2026:06:34:39 +0000] "GET /a?x=1&q=${s}&y=2 HTTP/1.1" 502 0`,
  (s) => `AH01102: error reading status line from remote server b:80, referer: https://shop.example/pay?session=${s}`,
  (s) => `ProxyPass /a http://svc:${s}@192.0.2.2:9000/`,
  (s) => `Authorization: Bearer ${s}`,
  (s) => `Authorization: Basic ${s}`,
  (s) => `RequestHeader set Authorization "Basic ${s}"`,
  (s) => `RequestHeader set X-Api-Key "${s}"`,
  (s) => `Cookie: sid=${s}; theme=dark`,
  (s) => `Set-Cookie: JSESSIONID=${s}; Path=/`,
  (s) => `AuthLDAPBindPassword ${s}`,
  (s) => `{"password": "${s}", "n": 1}`,
  (s) => `curl --token ${s} https://x.example/`,
  (s) => `curl -H "Authorization: Bearer ${s}" http://x/`,
  (s) => `api_key=${s}`,
  (s) => `client_secret: ${s}`,
  (s) => `SetEnv DB_PASSWORD=${s}`,
  (s) => `session_id=${s} lost`,
  (s) => `proxy-authorization: Digest ${s}`,
  (s) => `PHPSESSID=${s}`,
];

describe('two hundred planted secrets', () => {
  test.each(places.map((place, index) => [place('SECRET'), place, index] as const))('%s', (_name, place, index) => {
    for (let round = 0; round < 10; round += 1) {
      const secret = `Zq${index}x${round}Kd93LmWv0pR`;
      expect(JSON.stringify(redact(reportWith([place(secret)]), digest))).not.toContain(secret);
    }
  });
});

test('a secret that is recognised in one place is gone in every place', () => {
  const clean = JSON.stringify(redact(reportWith(['the line says hunter2hunter2 somewhere', 'password=hunter2hunter2']), digest));
  expect(clean).not.toContain('hunter2hunter2');
  expect(clean).toContain('the line says secret-1 somewhere');
});

test('client addresses: one name each, networks stay visible, the backend and loopback stay', () => {
  const line = '10.1.2.3 and 10.1.2.4 of one net, 10.9.9.9 of another, 203.0.113.9 outside, 2001:db8::1, 127.0.0.1 here, backend 192.0.2.2:9000';
  const { notes } = redact(reportWith([line]), digest);
  expect(notes[0]?.text).toBe(
    'private-net1-host1 and private-net1-host2 of one net, private-net2-host1 of another, public-net3-host1 outside, public-net4-host1, 127.0.0.1 here, backend 192.0.2.2:9000',
  );
});

test.each([
  ['198.51.100.7 - alice [22/Nov/2026:06:34:39 +0000] "GET / HTTP/1.1" 502 0', 'alice'],
  ['ssh bob@web1 uptime', 'bob@'],
  ['/home/carol/httpd.conf', 'carol'],
  ['user dave: authentication failure for "/x"', 'dave'],
])('user names: %s', (line, name) => {
  expect(JSON.stringify(redact(reportWith([line]), digest))).not.toContain(name);
});

test('what the verdict rests on is untouched, and the redacted report verifies', () => {
  const before = reportWith(['GET /a?token=abcdefgh HTTP/1.1']);
  const after = redact(before, digest);
  expect(after.diagnoses).toEqual(before.diagnoses);
  expect(after.impact).toEqual(before.impact);
  expect(verifyReport(after, digest)).toEqual([]);
});

test('times, versions, paths and counts are no addresses and no secrets', () => {
  const text = 'at 06:34:39.123 httpd 2.4.71 said 12:00 for /etc/apache2/conf.d/a.conf:31, 1,204 of 9,870, AH00957, [pid 3943:tid 3946]';
  expect(redact(reportWith([text]), digest).notes[0]?.text).toBe(text);
});

test('a report whose evidence was changed does not verify', () => {
  const report = reportWith(['x']);
  const changed = { ...report, evidence: report.evidence.map((one) => ({ ...one, summary: 'another' })) };
  expect(verifyReport(changed, digest)).toEqual(['e1 (error-log): its content is not what was recorded']);
});
