import { expect, test } from 'vitest';
import { classify } from '../../../src/checks/tcp-connect/classify.ts';
import { facts as schema, type TcpConnectFacts } from '../../../src/checks/tcp-connect/facts.ts';
import { count, type Attempt } from '../../../src/checks/tcp-connect/summarise.ts';

const a = '192.0.2.2';
const b = '2001:db8::2';

/** `20 connected`, `3 refused at 2001:db8::2`, `5 connected then reset`, `2 timed-out` … */
function attempts(...lines: readonly string[]): TcpConnectFacts {
  const codes: Readonly<Record<string, string>> = {
    refused: 'ECONNREFUSED',
    unreachable: 'EHOSTUNREACH',
    denied: 'EACCES',
    reset: 'ECONNRESET',
  };
  const results = lines.flatMap((line) => {
    const match = /^(\d+) ([\w-]+)(?: then (\w+))?(?: at (\S+))?(?: after (\d+))?$/.exec(line);
    const [, n = '0', outcome = '', afterwards, address = a, ms = '1'] = match ?? [];
    return Array.from({ length: Number(n) }, () => ({
      address,
      atMs: 0,
      outcome: outcome as Attempt['outcome'],
      code: codes[outcome] ?? null,
      latencyMs: Number(ms),
      afterwards: (afterwards ?? null) as Attempt['afterwards'],
    }));
  });
  const base = { host: 'app', port: 8080, asDaemon: null, refusedBy: null, asUser: null, notTried: 0, how: 'test' };
  const addresses = [...new Set(results.map((one) => one.address))];
  return schema.parse({ ...base, addresses, ...count(results, addresses) });
}

test.each([
  ['connected', 'All 20 connects accepted', ['20 connected']],
  ['connected', '; 3 of them only at the second try', ['17 connected', '3 connected after 1020']],
  ['connected', 'it speaks first', ['15 connected', '5 connected then sent']],
  // localhost with a program on 127.0.0.1 alone: httpd goes on to the next address.
  ['connected', `${b} does not accept, and httpd goes on`, [`10 connected`, `10 refused at ${b}`]],
  ['connected', `${b} does not accept`, [`10 connected`, `10 unreachable at ${b}`]],
  ['mixed', `${b}: 0 of 5`, ['5 connected', `5 unreachable at ${b} after 3060`]],
  ['refused', 'All 20 connects refused', ['20 refused']],
  ['refused', '12 refused, 8 without an answer', ['12 refused', '8 timed-out']],
  ['mixed', '12 refused, 8 accepted', ['12 refused', '8 connected']],
  ['mixed', '19 without an answer, 1 accepted', ['19 timed-out', '1 connected']],
  ['mixed', `${b}: 0 of 5`, ['5 connected', `5 timed-out at ${b}`]],
  ['mixed', 'accepted and dropped', ['5 connected then silent', '1 connected then reset', '14 connected']],
  ['no-answer', '8 without an answer', ['8 timed-out']],
  ['no-answer', 'No connect gets an answer', ['2 refused', '8 timed-out']],
  ['unreachable', 'after 3.1 s: nobody there answers', ['8 unreachable after 3077']],
  ['unreachable', 'at once: somebody answers', ['12 unreachable', '8 timed-out after 3500']],
  ['denied', 'This machine itself denies the connect (EACCES)', ['20 denied']],
  ['denied', 'This machine, or a filter on the way, denies the connect (EACCES)', [`20 denied at ${b}`]],
  ['denied', 'This machine itself denies the connect (EACCES)', ['10 denied', `10 denied at ${b}`]],
  ['dropped', '5 of 5 that were watched', ['15 connected', '5 connected then closed']],
  ['dropped', 'closed or reset at once', ['20 reset']],
])('%s: %s', (outcome, words, lines) => {
  const classified = classify(attempts(...lines));
  expect(classified.outcome).toBe(outcome);
  expect(classified.summary).toContain(words);
});

test.each([
  ['denied', { user: 'www-data', outcome: 'denied', code: 'EACCES' }, 'www-data, whom httpd runs as, can not connect (EACCES)'],
  ['denied', { user: 'www-data', outcome: 'refused', code: 'ECONNREFUSED' }, 'www-data'],
  ['denied', { user: 'www-data', outcome: 'timed-out', code: null }, 'timed-out'],
  ['connected', { user: 'www-data', outcome: 'connected', code: null }, 'as www-data too'],
] as const)('%s when root connects and the daemon gets %j', (outcome, asDaemon, words) => {
  const classified = classify({ ...attempts('20 connected'), asDaemon });
  expect(classified.outcome).toBe(outcome);
  expect(classified.summary).toContain(words);
});

test('a daemon that is refused like everybody else is not denied', () => {
  expect(classify({ ...attempts('20 refused'), asDaemon: { user: 'www-data', outcome: 'refused', code: 'ECONNREFUSED' } }).outcome).toBe(
    'refused',
  );
});

test('a packet filter that rejects is named where a capture saw it', () => {
  expect(classify({ ...attempts('20 refused'), refusedBy: 'icmp' }).summary).toContain('packet filter rejects');
});

test('no route on this machine is not taken for an answer from afar', () => {
  const facts = attempts('5 unreachable');
  const local = { ...facts, results: facts.results.map((one) => ({ ...one, code: 'ENETUNREACH' })) };
  expect(classify(local)).toMatchObject({ outcome: 'unreachable', summary: expect.stringContaining('no route leads there') });
});

test('names from outside can not steer a terminal', () => {
  const facts = { ...attempts('5 connected'), asDaemon: { user: 'x\u001b[2J', outcome: 'denied' as const, code: 'EACCES' } };
  expect(classify(facts).summary).not.toContain('\u001b');
});

test('a slow path is no lossy path', () => {
  expect(attempts('20 connected after 1200').secondSyn).toBe(0);
  expect(attempts('19 connected', '1 connected after 3050').secondSyn).toBe(1);
});

test('latencies are those of accepted connects', () => {
  const facts = attempts('1 connected after 10', '1 connected after 20', '1 connected after 30', '5 timed-out after 3500');
  expect(facts.latencyMs).toEqual({ min: 10, p50: 20, p95: 30, max: 30 });
});
