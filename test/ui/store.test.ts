/** What keys do, without a terminal: intents that leave the screen, and what is seen after them. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { actionOf, footOf, keyTable, places, rowsOf } from '../../src/ui/keys.ts';
import { key } from '../../src/ui/key.ts';
import { reached } from './reached.ts';
import { overload, scripts } from './scripted/scripts.ts';

describe('the table of keys', () => {
  test('a key means one thing on one kind of screen', () => {
    for (const place of places) {
      const keys = rowsOf(place, true).flatMap((row) => row.keys);
      expect({ place, twice: keys.filter((name, index) => keys.indexOf(name) !== index) }).toEqual({ place, twice: [] });
    }
  });

  test('the foot of each screen is made of keys that work there', () => {
    for (const place of places) for (const row of footOf(place, true)) expect(row.where).toContain(place);
    expect(footOf('choice', false).map(({ action }) => action)).toEqual([
      'move',
      'accept',
      'follow',
      'back',
      'evidence',
      'commands',
      'map',
      'again',
      'notes',
      'quit',
    ]);
  });

  test('Escape never leaves, chooses or changes anything of the case', () => {
    const harmless = [null, 'close', 'give-up'];
    for (const place of places) expect(harmless).toContain(actionOf(key('escape', '\u001b'), place, true));
  });

  test('no key of an arrow that was torn apart means anything on a step', () => {
    for (const name of ['[', 'O', 'A', 'B', 'C', 'D', 'H', 'F', '~', ';'])
      for (const place of ['working', 'choice', 'consent', 'diagnosis'] as const)
        expect({ name, place, action: actionOf(key(name, name), place, true) }).toEqual({ name, place, action: null });
  });

  test('docs/screens.md tells every row of it', () => {
    const docs = readFileSync(new URL('../../docs/screens.md', import.meta.url), 'utf8');
    expect(keyTable.filter((row) => !docs.includes(`| ${row.shown} | ${row.does}`)).map(({ action }) => action)).toEqual([]);
  });

  test('what is live is only offered while something is', () => {
    expect(actionOf(key('x', 'x'), 'working', false)).toBeNull();
    expect(actionOf(key('x', 'x'), 'working', true)).toBe('put-back');
    expect(keyTable.filter((row) => row.live === true).map(({ action }) => action)).toEqual(['put-back', 'keep']);
  });
});

describe('choosing', () => {
  test('with the evidence: sent at once', async () => {
    const { press, session } = await reached(overload);
    press('1');
    expect(session.intents).toEqual([{ type: 'choose', outcome: 'failures', because: null }]);
  });

  test('against the evidence: sent with the word why, and only with one', async () => {
    const { press, session, settle, text } = await reached(overload);
    press('2');
    expect(text()).toContain('You choose: No failures of this kind');
    press('enter');
    expect(session.intents).toEqual([]);
    press('o', 'l', 'd', 'enter');
    expect(session.intents).toEqual([{ type: 'choose', outcome: 'no-failures', because: 'old' }]);
    await settle();
    expect(session.view().state.path[0]).toMatchObject({ outcome: 'no-failures', decidedBy: 'operator', because: 'old' });
  });

  test('letters of the word why are never commands', async () => {
    const { press, left, session } = await reached(overload);
    press('2', 'q', 'b', 's', 'r', '?');
    expect(left).toEqual([]);
    expect(session.intents).toEqual([]);
    press('escape', 'q');
    expect(left).toEqual([null]);
  });

  test('of the ways "could not be checked" one is offered where the check was carried out', async () => {
    const { store } = await reached(overload);
    expect(store.screen().list?.choices.map(({ value }) => value)).toEqual(['failures', 'no-failures', 'not-covered', 'skipped']);
  });

  test('where it could not be, its own way is selected', async () => {
    const { store } = await reached(scripts['unreadable'] ?? overload);
    const list = store.screen().list;
    expect(list?.choices[list.first]?.value).toBe('skipped');
  });

  test('doing nothing is selected before a change; a digit does not consent', async () => {
    const { press, settle, store, session } = await reached(overload);
    for (const way of ['1', '2', '2', '1']) {
      press(way);
      await settle();
    }
    expect(store.screen().place).toBe('consent');
    expect(store.screen().list?.first).toBe(0);
    expect(store.screen().list?.choices[0]?.value).toBe('refused');
    const before = session.intents.length;
    press('2');
    expect(session.intents.length).toBe(before);
    expect(store.state().notice).toMatch(/does not consent.*Enter/);
  });

  test('the step goes while a word why is written: nothing is chosen', async () => {
    const { press, settle, session, store } = await reached(overload);
    press('2', 'n', 'o');
    session.send({ type: 'choose', outcome: 'failures', because: null });
    await settle();
    expect(store.state().layers).toEqual([]);
    expect(store.screen().place).toBe('choice');
  });
});

describe('reading', () => {
  test('the list of evidence keeps its selection when new evidence arrives', async () => {
    const { press, settle, session, store } = await reached(overload);
    press('1');
    await settle();
    press('e');
    expect(store.state().layers).toEqual([{ kind: 'evidence', selected: 'e1' }]);
    session.send({ type: 'choose', outcome: 'clusters', because: null });
    await settle();
    expect(store.state().layers).toEqual([{ kind: 'evidence', selected: 'e1' }]);
    press('up');
    expect(store.state().layers).toEqual([{ kind: 'evidence', selected: 'e2' }]);
  });

  test('text is found over the end of a line, round the end, and in the list', async () => {
    const { press, settle, store, text } = await reached(overload);
    press('1');
    await settle();
    press('2');
    await settle();
    press('e', '/', ...'9,870', 'enter');
    expect(store.state().layers).toEqual([{ kind: 'evidence', selected: 'e1' }]);
    press('enter', '/', ...'egnirts\\u202c \\x07', 'enter');
    expect(text()).toMatch(/❯.*\\u202egnirts/);
    expect(store.state().notice).toBe('1 of 1: egnirts\\u202c \\x07');
    press('n');
    expect(store.state().notice).toBe('1 of 1: egnirts\\u202c \\x07');
    press('/', ...'no such thing', 'enter');
    expect(store.state().notice).toBe('Not found: no such thing');
  });

  test('a copy is whole and unbroken', async () => {
    const { press, copied } = await reached(overload, { columns: 40, rows: 12 });
    press('e', 'y');
    expect(copied[0]).toContain('1,204 of 9,870 requests failed to connect to 10.0.0.5:8080, in 7 clusters since 01:10');
    expect(copied[0]).not.toContain('…');
  });

  test('scrolling stops at both ends', async () => {
    const { press, text, store } = await reached(overload);
    press('e', 'enter', 'pageup');
    expect(text()).toContain(' 1,204 of 9,870');
    press(...Array.from({ length: 300 }, () => 'pagedown'));
    expect(text()).toMatch(/▴ \d+ above {2}/);
    const { mostScroll } = store.screen();
    press('down', 'down', 'up');
    const [, reading] = store.state().layers;
    expect(reading).toMatchObject({ scroll: mostScroll - 1 });
  });
});

describe('the diagnosis', () => {
  const reachEnd = async (): Promise<Awaited<ReturnType<typeof reached>>> => {
    const all = await reached(scripts['race'] ?? overload);
    for (const way of ['1', '2', '2', '2']) {
      all.press(way);
      await all.settle();
    }
    return all;
  };

  test('remedies are ticked off and on again, each diagnosis its own', async () => {
    const { press, settle, text } = await reachEnd();
    press('space');
    await settle();
    expect(text()).toContain('❯[✓] 1 Stop the bleeding');
    press('tab');
    expect(text()).toContain('❯[ ] 1 Stop the bleeding');
    press('tab', 'space');
    await settle();
    expect(text()).toContain('❯[ ] 1 Stop the bleeding');
  });

  test('an Enter too many ticks nothing off that is not on the screen: it shows it', async () => {
    const { store, press, settle, text } = await reachEnd();
    store.resize({ columns: 60, rows: 14 });
    expect(text()).not.toContain('❯');
    press('enter');
    await settle();
    expect(text()).toContain('❯[ ] 1 Stop the bleeding');
    press('enter');
    await settle();
    expect(text()).toContain('❯[✓] 1 Stop the bleeding');
  });

  test('Enter on verify runs it, for the diagnosis on the screen; the result is in sight', async () => {
    const { press, settle, session, text } = await reachEnd();
    press('tab', 'down', 'down', 'down', 'enter');
    expect(session.intents.at(-1)).toEqual({ type: 'verify', diagnosis: 1 });
    await settle();
    expect(text()).toContain('✓ good at');
  });

  test('back from it goes to the last choice', async () => {
    const { press, settle, text } = await reachEnd();
    press('b');
    await settle();
    expect(text()).toContain('Do requests fail mostly after a quiet time?');
    expect(text()).toContain('your choice before');
  });
});
