import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Diagnosis } from '../../src/engine/conclusion.ts';
import type { CaseEvent } from '../../src/engine/events.ts';
import { decidingCheck, verifyUntilGood, type Verifying } from '../../src/run/verify.ts';
import { check, world } from './small.ts';

afterEach(() => {
  vi.useRealTimers();
});

const checks = {
  'error-log': check('error-log', 'case', ['failures', 'no-failures'], () => Promise.resolve(''), { load: 'none' }),
  'tcp-connect': check('tcp-connect', 'backend', ['refused', 'connected'], () => Promise.resolve(''), { good: ['connected'] }),
  'tls-connect': check('tls-connect', 'backend', ['certificate'], () => Promise.resolve('')),
  'keepalive-toggle': check('keepalive-toggle', 'backend', ['helped'], () => Promise.resolve(''), { action: 'keepalive-toggle' }),
};
const subject = { key: 'a:1', backend: 'a:1', mode: 'connect', failures: 3 };

function diagnosis(...verify: readonly string[]): Diagnosis {
  const remedies = verify.map((command) => ({ title: '', steps: [], commands: [], verify: command, firstAid: false, undo: null }));
  return { id: 'd', backend: 'a:1', confidence: 'likely', ongoing: true, summary: '', evidence: [], for: [], against: [], open: [], rivals: [], pattern: null, remedies };
}

describe('what decides is what the remedies name', () => {
  const cases: readonly (readonly [string, readonly string[], string | null, string | null, number | null])[] = [
    ['a check of the backend', ['proxy-doctor check tls-connect a:1'], 'tls-connect', 'a:1', null],
    ['a log, as far back as it says', ['proxy-doctor check error-log --since 10m'], 'error-log', null, 600_000],
    ['the first one that can be run without changing anything', ['proxy-doctor check keepalive-toggle', 'proxy-doctor check tls-connect a:1'], 'tls-connect', 'a:1', null],
    ['no check: whether it can be connected to', ['proxy-doctor run'], 'tcp-connect', 'a:1', null],
  ];
  test.each(cases)('%s', (_, verify, name, about, lookBackMs) => {
    const deciding = decidingCheck(diagnosis(...verify), { subjects: [subject] }, checks);
    expect([deciding?.check.name, deciding?.subject?.key ?? null, deciding?.lookBackMs]).toEqual([name, about, lookBackMs]);
  });

  test('no backend: the log tells', () => {
    expect(decidingCheck(diagnosis('proxy-doctor check tls-connect a:1'), { subjects: [] }, checks)?.check.name).toBe('error-log');
  });
});

test('it goes on until it is good, and records only what has changed', async () => {
  vi.useFakeTimers();
  const found = ['refused', 'refused', 'connected'];
  const events: CaseEvent[] = [];
  const shown: (Verifying | null)[] = [];
  const deciding = { check: checks['tcp-connect'], subject, lookBackMs: null };
  let ids = 0;
  const done = verifyUntilGood(diagnosis(), 0, deciding, new AbortController().signal, {
    now: () => 0,
    nextId: () => `e${(ids += 1)}`,
    run: (_, key) =>
      Promise.resolve({ check: 'tcp-connect', side: 'proxy', subject: 'a:1', key, startedAt: '', durationMs: 0, status: 'ok', outcome: found.shift() ?? '', summary: '', remedy: null, commands: [], data: null }),
    take: (event) => {
      events.push(event);
      return Promise.resolve();
    },
    done: () => undefined,
    show: (verifying) => shown.push(verifying),
  });
  await vi.runAllTimersAsync();
  await done;
  expect(events.map((event) => (event.type === 'evidence' ? event.evidence.outcome : event.type === 'verified' ? event.good : event.type))).toEqual(['refused', false, 'connected', true]);
  expect(shown.map((one) => one && [one.rounds, one.nextAt])).toEqual([[0, null], [1, 5000], [1, null], [2, 5000], [2, null], null]);
});

describe('in a session', () => {
  test('not good: it waits for the next round until it is stopped; the diagnosis stays as it was', async () => {
    const { session, events } = world({ inputs: { allow: ['keepalive-toggle'] } });
    await session.start();
    const until = (holds: () => boolean): Promise<void> => new Promise((resolve) => {
      const look = (): void => {
        if (holds()) resolve();
      };
      session.subscribe(look);
      look();
    });
    session.send({ type: 'verify', diagnosis: 0 });
    await until(() => session.view().verifying?.nextAt != null);
    expect(events.slice(-2)).toMatchObject([{ type: 'evidence' }, { type: 'verified', good: false, diagnosis: 'backend-not-running' }]);
    session.send({ type: 'verify', diagnosis: 0 });
    await until(() => session.view().verifying === null);
    expect(session.view().running).toEqual([]);
    expect(session.view().state.evidence.at(-1)).toMatchObject({ check: 'tcp-connect', subject: '192.0.2.2:9000', afterConclusion: true });
    expect(session.view().diagnoses?.[0]?.evidence).not.toContain(session.view().state.evidence.at(-1)?.id);
    await session.stop(null);
  });
});
