import { describe, expect, test } from 'vitest';
import { firstView } from '../../src/run/first-view.ts';
import type { Session, SessionView } from '../../src/run/session.ts';
import { drive } from '../../src/unattended/drive.ts';
import { hangs, world } from './small.ts';

/** Resolves when the session's view is as asked. */
function when(session: Session, test: (view: SessionView) => boolean): Promise<SessionView> {
  return new Promise((resolve) => {
    let stop: () => void = () => undefined;
    const look = (): void => {
      const view = session.view();
      if (!test(view)) return;
      stop();
      resolve(view);
    };
    stop = session.subscribe(look);
    look();
  });
}

const outcomes = (view: SessionView): string[] => view.state.path.map((visit) => `${visit.step}=${visit.outcome}`);

describe('followed to its end', () => {
  test('checks run once each, evidence is numbered, the end is the diagnosis', async () => {
    const { session, events } = world({ inputs: { allow: ['keepalive-toggle'] } });
    await session.start();
    const view = session.view();
    expect(outcomes(view)).toEqual(['log=failures', 'connect=refused', 'toggle=no-change']);
    expect(view.state.evidence.map((one) => [one.id, one.check])).toEqual([
      ['e1', 'error-log'],
      ['e2', 'tcp-connect'],
      ['e3', 'keepalive-toggle'],
    ]);
    expect(view.diagnoses?.map((one) => one.id)).toEqual(['backend-not-running']);
    expect(events.filter((event) => event.type === 'started')).toHaveLength(3);
  });

  test('without consent an action is skipped and said to be', async () => {
    const { session } = world();
    await drive(session, { answers: {}, neverAsk: true }, () => undefined);
    const evidence = session.view().state.evidence.find((one) => one.check === 'keepalive-toggle');
    expect(evidence).toMatchObject({ status: 'skipped', outcome: 'skipped', summary: 'no consent was given', remedy: 'allow it with --allow keepalive-toggle' });
  });

  test('--skip leaves a check out, --passive what sends traffic', async () => {
    const skipped = world({ inputs: { skip: ['tcp-connect'] } });
    await skipped.session.start();
    expect(outcomes(skipped.session.view())).toEqual(['log=failures', 'connect=skipped']);
    const passive = world({ inputs: { passive: true } });
    await passive.session.start();
    expect(passive.session.view().state.evidence.find((one) => one.check === 'tcp-connect')?.summary).toBe('nothing is sent to a backend (--passive)');
  });
});

describe('a check that does not go well', () => {
  test('throws: failed, with its words', async () => {
    const { session } = world({ connect: () => Promise.reject(new Error('the socket layer is gone')) });
    await session.start();
    expect(session.view().state.evidence[1]).toMatchObject({ status: 'failed', outcome: 'failed', summary: 'the socket layer is gone' });
  });

  test('hangs beyond the run’s time: timed-out, and the run goes on to its end', async () => {
    const { session } = world({ connect: hangs, options: { deadline: Date.now() + 2500 } });
    await session.start();
    expect(session.view().state.evidence[1]?.status).toBe('timed-out');
    expect(session.view().status).toBe('undetermined');
  });

  test('the engineer gives it up: skipped', async () => {
    const { session } = world({ connect: hangs });
    const done = session.start();
    await when(session, (view) => view.running.some((one) => one.check === 'tcp-connect'));
    session.send({ type: 'skip' });
    await done;
    expect(session.view().state.evidence[1]).toMatchObject({ status: 'skipped', summary: 'given up by the engineer' });
  });
});

describe('led by a person', () => {
  const attended = { options: { follow: false } } as const;

  test('each step waits for a choice; against the evidence it asks why', async () => {
    const { session } = world(attended);
    void session.start();
    await when(session, (view) => view.awaiting.kind === 'choice');
    session.send({ type: 'choose', outcome: 'not-covered', because: null });
    expect(session.view().complaint).toBe('say in a word why you go against the evidence');
    session.send({ type: 'choose', outcome: 'not-covered', because: 'it is another host’s log' });
    const view = await when(session, (now) => now.awaiting.kind === 'answer');
    expect(view.state.path[0]).toMatchObject({ outcome: 'not-covered', suggested: 'failures', decidedBy: 'operator', because: 'it is another host’s log' });
    await session.stop(null);
  });

  test('keys that come twice choose once', async () => {
    const { session } = world(attended);
    void session.start();
    await when(session, (view) => view.awaiting.kind === 'choice');
    session.send({ type: 'choose', outcome: 'failures', because: null });
    session.send({ type: 'choose', outcome: 'failures', because: null });
    const view = await when(session, (now) => now.awaiting.kind === 'choice' && now.state.path.length > 0);
    expect(outcomes(view)).toEqual(['log=failures']);
    await session.stop(null);
  });

  test('back and again: measured once more, and the earlier evidence is marked', async () => {
    let answer = 'refused';
    const { session } = world({ ...attended, connect: () => Promise.resolve(answer) });
    void session.start();
    await when(session, (view) => view.awaiting.kind === 'choice');
    session.send({ type: 'choose', outcome: 'failures', because: null });
    await when(session, (view) => view.awaiting.kind === 'choice' && view.state.path.length === 1);
    answer = 'connected';
    session.send({ type: 'rerun' });
    const view = await when(session, (now) => now.state.evidence.length === 3 && now.awaiting.kind === 'choice');
    expect(view.state.evidence.map((one) => [one.outcome, one.superseded === true])).toEqual([
      ['failures', false],
      ['refused', true],
      ['connected', false],
    ]);
    await session.stop(null);
  });

  test('who refuses an action is not asked what that means, and is asked for it again with r', async () => {
    const { session } = world(attended);
    void session.start();
    await when(session, (view) => view.awaiting.kind === 'choice');
    session.send({ type: 'choose', outcome: 'failures', because: null });
    await when(session, (view) => view.awaiting.kind === 'choice' && view.state.path.length === 1);
    session.send({ type: 'choose', outcome: 'refused', because: null });
    await when(session, (view) => view.awaiting.kind === 'consent');
    session.send({ type: 'consent', granted: false });
    expect(outcomes(await when(session, (view) => view.diagnoses !== null)).at(-1)).toBe('toggle=skipped');
    session.send({ type: 'back' });
    await when(session, (view) => view.awaiting.kind === 'choice');
    session.send({ type: 'rerun' });
    await when(session, (view) => view.awaiting.kind === 'consent');
    await session.stop(null);
  });

  test('a remedy is ticked off and on again', async () => {
    const { session, events } = world({
      options: { declared: { 'backend-not-running': { id: 'backend-not-running', title: '', summary: '', mechanism: [], rivals: {}, for: [], against: [], decidedBy: [], remedies: [{ title: 'start it', firstAid: false, undo: null, steps: [], commands: [], verify: '' }] } } },
    });
    void session.start();
    await when(session, (view) => view.awaiting.kind === 'consent');
    session.send({ type: 'consent', granted: false });
    await when(session, (view) => view.diagnoses !== null);
    for (const done of [true, false]) {
      session.send({ type: 'tick', diagnosis: 0, remedy: 0 });
      await when(session, (view) => (view.state.remediesDone.length === 1) === done);
      expect(events.at(-1)).toMatchObject({ type: 'remedy', title: 'start it', subject: '192.0.2.2:9000', done });
    }
  });

  test('following goes on by itself until a person is needed', async () => {
    const { session } = world(attended);
    void session.start();
    await when(session, (view) => view.awaiting.kind === 'choice');
    session.send({ type: 'follow', on: true });
    const view = await when(session, (now) => now.awaiting.kind === 'consent');
    expect(outcomes(view)).toEqual(['log=failures', 'connect=refused']);
    session.send({ type: 'consent', granted: false });
    await when(session, (now) => now.diagnoses !== null);
  });
});

test('the first view is that of a session that has not begun', () => {
  const { session } = world();
  const { evidenceOf, ...own } = session.view();
  const { evidenceOf: none, ...first } = firstView(own.flow, own.caseId, own.host, own.startedAt);
  expect(first).toEqual(own);
  expect([none('log', null), evidenceOf('log', null)]).toEqual([null, null]);
});

describe('while the checks are still being loaded', () => {
  const loading = (): { promise: Promise<void>; end: () => void } => {
    let end: () => void = () => undefined;
    const promise = new Promise<void>((resolve) => {
      end = resolve;
    });
    return { promise, end };
  };

  test('nothing runs, notes are taken; then it goes on by itself', async () => {
    const { promise, end } = loading();
    const { session, events } = world({ options: { follow: false }, loading: promise });
    void session.start();
    session.send({ type: 'note', text: 'typed ahead' });
    session.send({ type: 'skip' });
    const before = await when(session, (view) => view.state.notes.length === 1);
    expect([before.running, before.complaint, events.map(({ type }) => type)]).toEqual([[], 'no check is running that could be skipped', ['opened', 'note']]);
    end();
    const view = await when(session, (now) => now.awaiting.kind === 'choice');
    expect(view.state.evidence.map((one) => one.check)).toEqual(['error-log']);
    await session.stop(null);
  });

  test('left at once: the case is saved as interrupted, and nothing runs later', async () => {
    const { promise, end } = loading();
    const { session, events } = world({ loading: promise });
    const done = session.start();
    await session.stop('SIGINT');
    end();
    await done;
    expect([session.view().status, events.map(({ type }) => type)]).toEqual(['interrupted', ['opened', 'interrupted']]);
  });

  test('a diagnosis of before is shown, and left as it was', async () => {
    const first = world({ inputs: { allow: ['keepalive-toggle'] } });
    await first.session.start();
    const { promise, end } = loading();
    const { session, events } = world({ options: { before: first.events }, loading: promise });
    const done = session.start();
    expect(session.view()).toMatchObject({ status: 'diagnosed', diagnoses: [{ id: 'backend-not-running' }] });
    await session.stop(null);
    end();
    await done;
    expect([session.view().status, events]).toEqual(['diagnosed', []]);
  });
});

describe('unattended answers', () => {
  const uncovered = { log: () => Promise.resolve('not-covered') };

  test('an open question stops the run and is named', async () => {
    const { session } = world(uncovered);
    const { open } = await drive(session, { answers: {}, neverAsk: false }, () => undefined);
    expect(open).toEqual({ id: 'how', subject: null, title: 'how', options: ['bad', 'unknown'] });
  });

  test('the answers file settles it; without input it is unknown', async () => {
    const answered = world(uncovered);
    await drive(answered.session, { answers: { how: 'bad' }, neverAsk: false }, () => undefined);
    expect(answered.session.view().state.path[1]).toMatchObject({ outcome: 'bad', decidedBy: 'answer' });
    const silent = world(uncovered);
    await drive(silent.session, { answers: {}, neverAsk: true }, () => undefined);
    expect(silent.session.view().state.path[1]).toMatchObject({ outcome: 'unknown', decidedBy: 'default' });
  });
});

describe('interrupted and resumed', () => {
  test('what was found before is not measured again', async () => {
    const first = world({ connect: hangs });
    const done = first.session.start();
    await when(first.session, (view) => view.running.some((one) => one.check === 'tcp-connect'));
    await first.session.stop('SIGTERM');
    await done;
    expect(first.session.view().status).toBe('interrupted');
    let reads = 0;
    const second = world({
      log: () => {
        reads += 1;
        return Promise.resolve('failures');
      },
      inputs: { allow: ['keepalive-toggle'] },
      options: { before: first.events },
    });
    await second.session.start();
    expect(reads).toBe(0);
    expect(second.session.view().diagnoses?.[0]?.id).toBe('backend-not-running');
  });

  test('parts of one kind of failure share what was measured of their backend; another kind has its own', async () => {
    const first = world({ connect: () => Promise.resolve('connected') });
    await first.session.start();
    const subject = (key: string, mode: string, part: string) => ({ key, backend: 'b:1', mode, part, failures: 9 });
    const subjects = [subject('b:1/in-flight', 'in-flight', 'drops'), subject('b:1/in-flight-timeouts', 'in-flight', 'timeouts'), subject('b:1/tls', 'tls', 'none')];
    const end = first.events.findIndex((event) => event.type === 'suspects');
    let connects = 0;
    const second = world({
      connect: () => {
        connects += 1;
        return Promise.resolve('connected');
      },
      options: { before: [...first.events.slice(0, end), { type: 'suspects', subjects, leftOut: [], because: '' }] },
    });
    await second.session.start();
    expect(second.session.view().state.endings.map((one) => one.subject)).toEqual(subjects.map((one) => one.key));
    expect(connects).toBe(2);
  });

  test('every event is on disk before what follows from it is done', async () => {
    const order: string[] = [];
    const { session } = world({
      journal: async (event) => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        order.push(event.type === 'evidence' ? `written ${event.evidence.check}` : event.type);
      },
      connect: () => {
        order.push('connect runs');
        return Promise.resolve('connected');
      },
    });
    await session.start();
    expect(order.indexOf('written error-log')).toBeGreaterThanOrEqual(0);
    expect(order.indexOf('connect runs')).toBeGreaterThan(order.indexOf('written error-log'));
    expect(order.indexOf('connect runs')).toBeGreaterThan(order.indexOf('suspects'));
  });

  test('a journal that can not be written ends the run with its error', async () => {
    const { session } = world({ journal: (event) => (event.type === 'suspects' ? Promise.reject(new Error('disk full')) : Promise.resolve()) });
    await expect(session.start()).rejects.toThrow('disk full');
  });
});
