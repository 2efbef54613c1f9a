/**
 * `--plain`: the same way as linear text, for dumb terminals, screen readers and logs. Numbered choices, a line at a time, nothing is
 * ever written over. The words are those of the screens; the letters are those of the table of keys.
 */
import { createInterface } from 'node:readline';
import { couldNotCheck } from '../engine/evidence.ts';
import type { Intent } from '../run/session.ts';
import { asLines, createLeaving, listenForEnds, resumeLine, say } from './leaving.ts';
import type { ActionName } from './keys.ts';
import { lineText, paragraph, type Line } from './line.ts';
import type { Choice, Look } from './look.ts';
import { progressWords } from './parts/progress.ts';
import { commandsText } from './screens/commands.ts';
import { granted } from './screens/consent.ts';
import { diagnosisText } from './screens/diagnosis.ts';
import { evidenceEntry, evidenceText, newestFirst } from './screens/evidence.ts';
import { backendOf } from './screens/frame.ts';
import { mapText } from './screens/map.ts';
import { notesText } from './screens/notes.ts';
import { complaintLines, found, runningHere } from './screens/step.ts';
import { stepOf } from './screens/told.ts';
import { baseOf, basePlace, firstState, settled, subjectOf, type ScreenState } from './state.ts';
import { letters, words } from './plain-words.ts';
import { leadsOn, whenTaken } from './taken.ts';
import { createTheme } from './theme.ts';
import { baseBody } from './view.ts';
import { wrap } from './width.ts';
import { timeOfDay } from './words.ts';
import type { WizardEnd, WizardOptions } from './wizard-options.ts';

/** Progress is told at most this often: each telling is a line that stays. */
const tellEveryMs = 5000;

export async function runPlain({ session, stdin, stdout, stderr, env, writeReport, ending }: WizardOptions): Promise<WizardEnd> {
  const theme = createTheme(env);
  let state: ScreenState = firstState;
  let shown = '';
  let lastTold = 0;
  let told = '';
  let liveTold = false;
  /** A resumed case has told its verifications before. */
  let verifiedTold = session.view().state.verified.length;
  /** The step whose title and reason were printed last. */
  let introduced = '';
  let ended = false;
  /** An intent was sent that leads on, and the session is not there yet. */
  const now = { held: false };
  /** A line that is asked for: what to do with it. */
  let asking: ((line: string) => void) | null = null;
  const waiting: string[] = [];
  const readEvidence = new Set<string>();

  const {
    ended: left,
    leave,
    crash,
  } = createLeaving(session, () => {
    print(session.view().liveChange ? 'Putting the change back and saving the case.' : 'Saving the case.');
  });

  // On a terminal lines are broken at blanks; a log gets them whole.
  const print = (text = ''): void => {
    const lines = text.split('\n').flatMap((line) => (stdout.isTTY ? wrap(line, stdout.columns || 80) : [line]));
    stdout.write(`${lines.join('\n')}\n`);
  };
  // An arrow says little when it is read aloud.
  const favoured = `${theme.sign('left')} evidence`;
  const printLines = (lines: readonly Line[]): void =>
    print(lines.map((line) => lineText(line).trimEnd().replace(favoured, '(favoured by the evidence)')).join('\n'));
  const look = (): Look => ({ view: session.view(), state, theme, now: Date.now(), width: Math.min(stdout.columns || 80, 100), rows: 24 });

  /** Prints what is new; called after every change of the session. */
  function update(): void {
    const view = session.view();
    for (const evidence of view.state.evidence) {
      if (readEvidence.has(evidence.id)) continue;
      readEvidence.add(evidence.id);
      const open = (couldNotCheck as readonly string[]).includes(evidence.status);
      print(
        theme.text(
          `[${timeOfDay(Date.now())}] ${evidence.id} ${evidence.check}: ${open ? `could not be checked (${evidence.status}): ` : ''}${evidence.summary}`,
        ),
      );
    }
    if (view.liveChange && !liveTold)
      print(
        theme.text(
          `CHANGED: ${view.liveChange.what} (${view.liveChange.file}), put back at ${timeOfDay(view.liveChange.until)}. x puts it back now.`,
        ),
      );
    liveTold = view.liveChange !== null;
    // Evidence that arrives beside a step is told in its line; the step is presented again only where it reads otherwise now.
    const { position } = view.state;
    const asked = position.kind === 'choose' ? `${position.suggestion.outcome} ${position.suggestion.evidence.join()}` : '';
    const mark = `${baseOf(view)} ${view.state.path.length} ${asked}`;
    for (const done of view.state.verified.slice(verifiedTold))
      print(
        `${done.good ? 'Verified: good at' : 'Verified: not good yet at'} ${timeOfDay(Date.now())}${done.good ? '' : '; it is tried again until it is good, v stops that'}.`,
      );
    verifiedTold = view.state.verified.length;

    if (settled(view) && mark !== shown) {
      shown = mark;
      present();
    }
    if (view.complaint !== null && view.complaint !== told) print(theme.text(`Not done: ${view.complaint}`));
    told = view.complaint ?? '';
    tellProgress();
    setImmediate(work);
  }

  function tellProgress(): void {
    const here = runningHere(look());
    if (!here?.progress || Date.now() - lastTold < tellEveryMs) return;
    lastTold = Date.now();
    print(
      theme.text(
        `[${timeOfDay(lastTold)}] ${here.check}: ${here.progress.text}; ${progressWords(here.progress, lastTold - here.startedAt)}`,
      ),
    );
  }

  function heading(at: Look): string {
    const { view } = at;
    const step = stepOf(at);
    const backend = backendOf(at);
    const mode = view.liveChange ? 'CHANGED' : 'read-only';
    const where = view.state.position.kind === 'end' ? 'Diagnosis' : `Step ${view.state.path.length + 1}: ${step?.short ?? 'working'}`;
    return theme.text(`== ${where} (${view.flow.id}, ${view.host}${backend === null ? '' : ` -> ${backend}`}, ${mode})`);
  }

  /** The step as it stands, with what can be chosen. */
  function present(): void {
    const at = look();
    const place = basePlace(at.view);
    const step = stepOf(at);
    const same = step !== null && introduced === `${step.id} ${subjectOf(at.view) ?? ''}`;
    print();
    if (!same) print(heading(at));
    if (place === 'diagnosis') {
      for (const [index, diagnosis] of (at.view.diagnoses ?? []).entries()) {
        if (index > 0) print();
        printLines(diagnosisText({ ...at, state: { ...state, diagnosis: index, remedy: -1 } }, diagnosis));
      }
      print('v runs the deciding check again, w FILE writes the report, q saves and leaves, ? lists the rest.');
      return;
    }
    const { upper, list } = baseBody(at);
    introduced = step === null ? '' : `${step.id} ${subjectOf(at.view) ?? ''}`;
    if (place === 'working') {
      const check = runningHere(at)?.check;
      if (step && !same) printLines([...paragraph(step.title, at.width, theme), ...paragraph(step.why, at.width, theme)]);
      if (at.view.soFar !== null && !same) print(theme.text(`So far: ${at.view.soFar}`));
      print(
        `${check === undefined ? 'Working' : `Running ${check}`}. It goes on by itself; s gives it up, q saves and leaves, ? lists the rest.`,
      );
      return;
    }
    printLines(same && place === 'choice' ? [...found(at, step), ...complaintLines(at)] : upper);
    if (!list) return;
    print();
    print(` ${theme.text(list.heading)}`);
    for (const { full } of list.choices) printLines(full.map((line) => [{ text: '  ', tone: 'plain' as const }, ...line]));
    print(`Type a number; Enter alone takes ${list.first + 1}. ? lists what else there is.`);
  }

  /**
   * Lines that were typed or piped ahead wait for the step that they are for. While a check runs, letters are done at once; Enter out of
   * impatience must not answer the next question, but from a pipe it was meant to.
   */
  function work(): void {
    while (waiting.length > 0 && !now.held) {
      const line = waiting[0] ?? '';
      const place = basePlace(session.view());
      const forChoice = asking === null && (line === '' || /^\d+$/.test(line));
      if (!settled(session.view()) || (forChoice && place === 'working' && !(line === '' && stdin.isTTY))) return;
      waiting.shift();
      if (!forChoice || place !== 'working') take(line);
    }
    if (ended && waiting.length === 0 && settled(session.view()) && runningHere(look()) === undefined) leave(null);
  }

  function send(intent: Intent): void {
    if (leadsOn(intent)) {
      now.held = true;
      void whenTaken(session).then(() => {
        now.held = false;
        work();
      });
    }
    session.send(intent);
  }

  function take(line: string): void {
    if (asking) {
      const answer = asking;
      asking = null;
      answer(line);
      return;
    }
    const number = /^\d+$/.test(line) ? Number(line) : null;
    if (line === '' || number !== null) {
      const { list } = baseBody(look());
      const place = basePlace(session.view());
      const choice = list?.choices[number === null ? list.first : number - 1];
      if (place === 'diagnosis') print('Nothing is asked here. ? lists what there is.');
      else if (!choice) print(`There is no choice ${line}.`);
      else if (place === 'consent') send({ type: 'consent', granted: choice.value === granted });
      else choose(choice);
      return;
    }
    const [word = '', ...rest] = line.startsWith('/') ? ['/', line.slice(1)] : line.split(/\s+/);
    const action = words.get(word);
    if (action === undefined) print(theme.text(`"${word}" means nothing here. ? lists what there is.`));
    else act(action, rest.join(' ').trim());
  }

  function choose({ value }: Choice): void {
    const { position } = session.view().state;
    if (position.kind !== 'choose' || position.suggestion.outcome === value) {
      send({ type: 'choose', outcome: value, because: null });
      return;
    }
    const step = stepOf(look());
    print(
      theme.text(
        `The evidence favours: ${step?.routes[position.suggestion.outcome]?.label ?? position.suggestion.outcome}. What follows is at most possible.`,
      ),
    );
    print('In a word, why? (an empty line leaves it)');
    asking = (because) => {
      if (because === '') print('Left as it was.');
      else send({ type: 'choose', outcome: value, because });
    };
  }

  function act(action: ActionName, rest: string): void {
    const at = look();
    switch (action) {
      case 'back':
      case 'forward':
        shown = '';
        send({ type: action });
        return;
      case 'again':
        shown = '';
        send({ type: 'rerun' });
        return;
      case 'skip':
      case 'put-back':
        send({ type: action });
        return;
      case 'keep':
        print(
          'Keep the setting when the test has ended, unless it got worse? The test is put back first; then the setting is made for good, with a comment that says how to take it back. Type yes to keep it.',
        );
        asking = (line) => {
          if (line.toLowerCase() === 'yes') send({ type: 'keep' });
          else print('It is put back when the test ends.');
        };
        return;
      case 'follow':
        state = { ...state, following: !state.following };
        print(state.following ? 'Following the evidence.' : 'Asking again.');
        send({ type: 'follow', on: state.following });
        return;
      case 'evidence': {
        const wanted = rest.startsWith('e') ? rest : `e${rest}`;
        const found = newestFirst(at).find(({ id }) => id === wanted);
        if (rest === '') for (const evidence of newestFirst(at)) printLines(evidenceEntry(at, evidence, false));
        else if (found) printLines(evidenceText(at, found));
        else print(theme.text(`There is no evidence ${rest}.`));
        return;
      }
      case 'find': {
        const found = newestFirst(at).flatMap((evidence) =>
          evidenceText({ ...at, width: 1_000_000 }, evidence)
            .map(lineText)
            .filter((text) => text.toLowerCase().includes(rest.toLowerCase()))
            .map((text) => `${evidence.id}: ${text.trim()}`),
        );
        print(found.length === 0 ? theme.text(`Not found: ${rest}`) : found.join('\n'));
        return;
      }
      case 'commands':
        printLines(commandsText(at));
        return;
      case 'map':
        printLines(mapText(at).lines);
        return;
      case 'notes':
        if (rest === '') printLines(notesText(at));
        else {
          send({ type: 'note', text: rest });
          print('Noted.');
        }
        return;
      case 'tick': {
        const index = Number(rest) - 1;
        const remedy = at.view.diagnoses?.[0]?.remedies[index];
        if (!remedy) print('Which remedy? t 1 ticks the first one off.');
        else {
          send({ type: 'tick', diagnosis: 0, remedy: index });
          print(theme.text(`Ticked off: ${remedy.title}`));
        }
        return;
      }
      case 'verify':
        send({ type: 'verify', diagnosis: rest === '' ? 0 : Number(rest) - 1 });
        return;
      case 'write':
        if (rest === '') print('To which file? w report.md');
        else
          writeReport(rest).then(
            (written) => print(theme.text(`Written: ${written}`)),
            (error: unknown) => print(theme.text(`Not written: ${error instanceof Error ? error.message : String(error)}`)),
          );
        return;
      case 'help':
        print(Object.values(letters).join('\n'));
        return;
      case 'quit':
        leave(null);
        return;
      default:
        print('That needs a full screen; run without --plain.');
    }
  }

  const reader = createInterface({ input: stdin, terminal: false, crlfDelay: Infinity });
  reader.on('line', (line) => {
    waiting.push(line.trim());
    work();
  });
  reader.on('close', () => {
    ended = true;
    work();
  });
  stdin.on('error', () => leave('SIGHUP'));
  const onLost = (): void => leave('SIGHUP');
  stdout.on('error', onLost);
  const unlisten = listenForEnds({ onSignal: leave, onCrash: crash });
  const unsubscribe = session.subscribe(update);
  const timer = setInterval(tellProgress, tellEveryMs);
  let failed = false;
  try {
    session.start().catch(crash);
    return { signal: await left };
  } catch (error) {
    failed = true;
    throw error;
  } finally {
    clearInterval(timer);
    unsubscribe();
    reader.close();
    stdin.pause();
    stdin.unref?.();
    if (failed) await say(stderr, resumeLine(session));
    else await say(stdout, asLines(ending()) + resumeLine(session));
    unlisten();
    stdout.on('error', () => undefined);
    stdout.off('error', onLost);
  }
}
