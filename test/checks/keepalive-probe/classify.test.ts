import { describe, expect, it } from 'vitest';
import { classify } from '../../../src/checks/keepalive-probe/classify.ts';
import type { KeepaliveProbeFacts, Rung } from '../../../src/checks/keepalive-probe/facts.ts';
import { backendPath } from '../../../src/checks/keepalive-probe/parameters.ts';
import { advice, proxyKeeps } from '../../../src/checks/keepalive-probe/proxy-keeps.ts';
import { configWith, proxyPass } from '../probe-known.ts';

const forEver = { seconds: null, reuse: true, because: 'no ttl is set (/etc/px.conf:7)' };
const rungs = (...list: readonly [number, Rung['outcome']][]): Rung[] => list.map(([seconds, outcome]) => ({ seconds, outcome }));
const facts = (more: Partial<KeepaliveProbeFacts>): KeepaliveProbeFacts => ({
  idleSeconds: rungs([0, 'reused'], [1, 'reused'], [10, 'reused']),
  backendTimeoutSeconds: null,
  announced: { timeoutSeconds: null, max: null, close: false },
  fresh: { attempts: 2, answered: 2, dropped: 0, noAnswer: 0 },
  proxyKeeps: forEver,
  request: 'GET /',
  ...more,
});

describe('the outcome', () => {
  it.each<[string, Partial<KeepaliveProbeFacts>, string]>([
    ['timeout below what the proxy keeps', { backendTimeoutSeconds: 5 }, 'can-race'],
    ['timeout equal to the ttl', { backendTimeoutSeconds: 5, proxyKeeps: { seconds: 5, reuse: true, because: 'ttl=5' } }, 'can-race'],
    ['timeout above the ttl', { backendTimeoutSeconds: 5, proxyKeeps: { seconds: 4, reuse: true, because: 'ttl=4' } }, 'no-race'],
    ['proxy not known: its default keeps for ever', { backendTimeoutSeconds: 5, proxyKeeps: null }, 'can-race'],
    ['announced beyond the ladder', { announced: { timeoutSeconds: 75, max: null, close: false } }, 'can-race'],
    ['announced, but seen to last longer', { announced: { timeoutSeconds: 5, max: null, close: false } }, 'no-race'],
    ['silence after idle', { idleSeconds: rungs([0, 'reused'], [10, 'no-answer']) }, 'forgotten'],
    ['reset after a second, answered at once: the idle time matters', { idleSeconds: rungs([0, 'reused'], [1, 'reset']) }, 'forgotten'],
    [
      'reset on one connection as the other is closed: the race itself',
      {
        idleSeconds: [...rungs([0, 'reused'], [1, 'reset']), { seconds: 1.05, outcome: 'closed', byItself: true }],
        backendTimeoutSeconds: 1.05,
      },
      'can-race',
    ],
    ['reset after idle', { idleSeconds: rungs([0, 'reused'], [10, 'reset']) }, 'forgotten'],
    [
      'reset after an idle time that the proxy never allows',
      { idleSeconds: rungs([0, 'reused'], [10, 'reset']), proxyKeeps: { seconds: 4, reuse: true, because: 'ttl=4' } },
      'no-race',
    ],
    [
      'reset after idle, and a longer idle time did well: chance',
      { idleSeconds: rungs([0, 'reused'], [10, 'reset'], [13.5, 'reused']) },
      'no-race',
    ],
    ['reset at once, and once not', { idleSeconds: rungs([0.01, 'reset'], [0.01, 'reused'], [10, 'reused']) }, 'no-race'],
    ['reset at once, twice', { idleSeconds: rungs([0.01, 'reset'], [0.02, 'reset']) }, 'can-race'],
    ['reset at once, and once not, then after idle, twice', { idleSeconds: rungs([0, 'reset'], [0, 'reused'], [5, 'reset'], [7.2, 'reset']) }, 'forgotten'],
    ['closed at once, and once not, then once more at the end of the ladder: chance again', { idleSeconds: rungs([0, 'closed'], [0, 'reused'], [10, 'reused'], [18, 'closed']) }, 'no-race'],
    ['reset at once', { idleSeconds: rungs([0, 'reset']) }, 'can-race'],
    [
      'reset at once, but the proxy never reuses',
      { idleSeconds: rungs([0, 'reset']), proxyKeeps: { seconds: 0, reuse: false, because: 'disablereuse=on' } },
      'no-race',
    ],
    ['closed at once without a word', { idleSeconds: rungs([0, 'closed']) }, 'can-race'],
    [
      'one fresh failure among answers',
      { fresh: { attempts: 3, answered: 2, dropped: 1, noAnswer: 0 }, backendTimeoutSeconds: 5 },
      'fresh-fails',
    ],
  ])('%s', (_name, more, outcome) => {
    expect(classify(facts(more)).outcome).toBe(outcome);
  });
});

describe('how long the proxy keeps an idle connection', () => {
  const backend = 'app:8080';
  const keeps = (parameters: Record<string, string>, more = {}, aprUtil: string | null = null) =>
    proxyKeeps([proxyPass(backend, parameters)], configWith([], more), aprUtil);
  const at = { file: '/etc/px.conf', line: 3 };
  const variable = (name: string, conditional: boolean) => ({ environment: [{ name, value: '1', conditional, at }] });

  it.each([
    ['no ttl', keeps({}), { seconds: null, reuse: true }],
    ['ttl', keeps({ ttl: '4' }), { seconds: 4, reuse: true }],
    ['ttl under prefork does nothing', keeps({ ttl: '4' }, { mpm: 'prefork' }), { seconds: null, reuse: true }],
    ['ttl alone before apr-util 1.3 does nothing', keeps({ ttl: '4' }, {}, '1.2.12'), { seconds: null, reuse: true }],
    ['ttl with smax there', keeps({ ttl: '4', smax: '1' }, {}, '1.2.12'), { seconds: 4, reuse: true }],
    ['ttl with apr-util 1.6', keeps({ ttl: '4' }, {}, '1.6.3'), { seconds: 4, reuse: true }],
    ['disablereuse', keeps({ disablereuse: 'On', ttl: '4' }), { reuse: false }],
    ['enablereuse=off', keeps({ enablereuse: 'off' }), { reuse: false }],
    ['keepalive= is about TCP, not HTTP', keeps({ keepalive: 'off' }), { seconds: null, reuse: true }],
    ['proxy-nokeepalive for all requests', keeps({}, variable('proxy-nokeepalive', false)), { reuse: false }],
    ['proxy-nokeepalive for some requests', keeps({}, variable('proxy-nokeepalive', true)), { seconds: null, reuse: true }],
    [
      'RewriteRule [P] without a worker',
      proxyKeeps([proxyPass(backend, {}, { directive: 'RewriteRule' })], configWith([]), null),
      { reuse: false },
    ],
    [
      'RewriteRule [P] with a worker',
      proxyKeeps(
        [proxyPass(backend, {}, { directive: 'RewriteRule' }), proxyPass(backend, {}, { directive: 'Proxy' })],
        configWith([]),
        null,
      ),
      { seconds: null, reuse: true },
    ],
    [
      'two lines: the longer one counts',
      proxyKeeps([proxyPass(backend, { ttl: '3' }), proxyPass(backend, { ttl: '9' })], configWith([]), null),
      { seconds: 9 },
    ],
  ])('%s', (_name, found, expected) => {
    expect(found).toMatchObject({ ...expected, because: expect.stringContaining('/etc/px.conf:') });
  });

  it('is not known without a configuration, or without a line for this backend', () => {
    expect([proxyKeeps([], configWith([]), null), proxyKeeps([proxyPass(backend)], null, null)]).toEqual([null, null]);
  });
});

it.each([
  [5, {}, 'ttl=4'],
  [5.01, {}, 'ttl=4'],
  [1.02, {}, 'disablereuse=on'],
  [1.6, {}, 'ttl=1'],
  [5, { prefork: true }, 'ttl does nothing under prefork'],
  [5, { ping: true }, 'requests with a body only'],
  [5, { forgotten: true }, 'tcp_keepalive_time'],
])(
  'a connection that ends after %s s, %j: %s',
  (seconds, { forgotten = false, ...more }: { forgotten?: boolean; prefork?: boolean; ping?: boolean }, words) => {
    expect(advice(seconds, forgotten, { prefork: false, ping: false, ...more })).toContain(words);
  },
);

it.each([
  [null, '/', '/'],
  ['http://www/shop/a?b=c', '/shop', '/a?b=c'],
  ['http://www/shopping', '/shop', '/'],
])('the path for --url %s behind %s is %s', (url, path, expected) => {
  expect(backendPath(url, [proxyPass('app:8080', {}, { path, url: path === '/' ? 'http://app:8080/' : 'http://app:8080' })])).toBe(
    expected,
  );
});
