import { expect, test } from 'vitest';
import { found } from '../../diagnosis/evidence.ts';

const through = (fresh: Readonly<Record<string, number>> | null, where = 'proxy') =>
  found('http-request', { through: where, attempts: [{ status: 502 }, { status: 502 }], answered: 2, serverErrors: 2, fresh }).outcome;

test.each<[string, Readonly<Record<string, number>> | null, string]>([
  ['one is answered', { attempts: 2, answered: 1, dropped: 1, noAnswer: 0 }, 'server-errors'],
  ['none was sent', null, 'server-errors'],
  ['all are dropped', { attempts: 2, answered: 0, dropped: 2, noAnswer: 0 }, 'dropped'],
  ['all meet silence', { attempts: 2, answered: 0, dropped: 0, noAnswer: 2 }, 'no-answer'],
])('the proxy answers 502, and straight to the backend: %s', (_, fresh, outcome) => {
  expect(through(fresh)).toBe(outcome);
});

test('a backend that answers 502 itself is asked straight', () => {
  expect(through(null, 'backend')).toBe('server-errors');
});
