/** The wizard on a full screen: the terminal, the keys and the session brought together. */
import { render, type Instance } from 'ink';
import { App, type SuspendTerminal } from './app.tsx';
import { createJobControl } from './job-control.ts';
import { asLines, createLeaving, listenForEnds, resumeLine, say } from './leaving.ts';
import { createKeyInput } from './stdin.ts';
import { markOf, settled, type Size } from './state.ts';
import { createStore, type Store } from './store.ts';
import { clipboardSequence, restoreNow, runPager } from './terminal.ts';
import { createTheme } from './theme.ts';
import type { WizardEnd, WizardOptions } from './wizard.tsx';

/** Keys wait at most this long for the session to take an intent. */
const longestWaitMs = 1000;
/** While checks run the screen is drawn anew at most this often: under 2 KB a second at 80x24. */
const drawEveryMs = 500;
/** The clocks of a running check and of a live change. */
const tickMs = 1000;

/** Intents that lead to another screen: keys typed ahead are meant for that one. */
const leadOn: ReadonlySet<string> = new Set(['choose', 'consent', 'back', 'forward', 'rerun']);

export async function runScreen({ session, stdin, stdout, stderr, env, writeReport, ending }: WizardOptions): Promise<WizardEnd> {
  const theme = createTheme(env);
  let app: Instance | null = null;
  let suspendTerminal: SuspendTerminal | null = null;
  let away = false;

  const { ended, leave, crash } = createLeaving(session, () => {
    const live = session.view().liveChange;
    store.leaving(live ? `Putting the change back (${live.file}) and saving the case.` : 'Saving the case.');
  });

  /** Resolves once the session has done what was asked and stands still again, or works visibly. */
  function taken(): Promise<void> {
    const before = markOf(session.view());
    return new Promise((resolve) => {
      const stop = session.subscribe(() => {
        const view = session.view();
        if (markOf(view) !== before && settled(view)) done();
      });
      const timer = setTimeout(done, longestWaitMs);
      function done(): void {
        clearTimeout(timer);
        stop();
        // The screen has the new view before the next key comes.
        draw();
        setImmediate(resolve);
      }
    });
  }

  const store: Store = createStore({
    session,
    theme,
    now: Date.now,
    size: sizeOf(stdout),
    doors: {
      send: (intent) => {
        if (leadOn.has(intent.type)) keys.hold(taken());
        session.send(intent);
      },
      copy: (text) => {
        stdout.write(clipboardSequence(text, env));
      },
      pager: (text) => {
        suspended(async () => {
          const complaint = await runPager(text, env);
          if (complaint !== null) store.notice(complaint);
        });
      },
      writeReport: async (path) => {
        try {
          return `Written: ${await writeReport(path)}`;
        } catch (error) {
          return `Not written: ${error instanceof Error ? error.message : String(error)}`;
        }
      },
      leave,
      suspend: () => suspended(jobs.stopJob),
      redraw: () => suspended(() => Promise.resolve()),
    },
  });

  /** Lets go of the terminal, does something, takes the terminal again and draws everything anew. */
  function suspended(during: () => Promise<void>): void {
    if (away || !suspendTerminal) return;
    away = true;
    stdout.write(pasteOff);
    suspendTerminal(during)
      .then(() => {
        away = false;
        stdout.write(pasteOn);
        onResize();
        draw();
      })
      .catch(crash);
  }

  const keys = createKeyInput({ source: stdin, take: store.take, ended: () => leave('SIGHUP') });
  const jobs = createJobControl({ suspended, away: () => away });

  // Drawing: at once when something but progress has changed, else now and then; not at all while nothing goes on.
  let mark = '';
  let lastDrawn = 0;
  let timer: NodeJS.Timeout | null = null;
  function draw(): void {
    if (timer) clearTimeout(timer);
    timer = null;
    const view = session.view();
    mark = markOf(view);
    lastDrawn = Date.now();
    store.refresh();
    if (view.running.length > 0 || view.liveChange !== null) drawIn(tickMs);
  }
  function drawIn(ms: number): void {
    if (timer) clearTimeout(timer);
    timer = setTimeout(draw, ms);
  }
  const unsubscribe = session.subscribe(() => {
    if (markOf(session.view()) !== mark) draw();
    else drawIn(Math.max(0, lastDrawn + drawEveryMs - Date.now()));
  });

  const onExit = (): void => restoreNow(stdout, stdin);
  // A terminal that is gone answers every write with an error; what is written then is lost, the case is not.
  const onLost = (): void => leave('SIGHUP');
  function onResize(): void {
    store.resize(sizeOf(stdout));
    app?.rerender(tree);
  }
  const unlisten = listenForEnds({
    onSignal: (signal) => {
      // Ctrl-C in the pager is the pager's.
      if (!(away && signal === 'SIGINT')) leave(signal);
    },
    onCrash: crash,
  });
  process.on('exit', onExit);
  stdout.on('error', onLost);
  // Before Ink's own listener: the lines are made for the new size when Ink draws for it.
  stdout.on('resize', onResize);

  const tree = (
    <App
      store={store}
      theme={theme}
      onReady={(suspend) => {
        suspendTerminal = suspend;
      }}
    />
  );
  let signal: string | null = null;
  let failed = false;
  try {
    app = render(tree, {
      stdin: keys.stream,
      stdout,
      stderr,
      alternateScreen: true,
      incrementalRendering: true,
      exitOnCtrlC: false,
      patchConsole: false,
      interactive: true,
      maxFps: 20,
    });
    stdout.write(pasteOn);
    app.waitUntilExit().catch(crash);
    draw();
    session.start().catch(crash);
    signal = await ended;
    return { signal };
  } catch (error) {
    failed = true;
    throw error;
  } finally {
    unsubscribe();
    if (timer) clearTimeout(timer);
    stdout.off('resize', onResize);
    jobs.close();
    app?.unmount();
    keys.close();
    await app?.waitUntilExit().catch(() => undefined);
    restoreNow(stdout, stdin);
    process.off('exit', onExit);
    if (failed) await say(stderr, resumeLine(session));
    else await say(stdout, asLines(ending()) + resumeLine(session));
    unlisten();
    stdout.on('error', () => undefined);
    stdout.off('error', onLost);
  }
}

/** Bracketed paste: pasted text comes as one piece, and can never act as keys. */
const pasteOn = '\u001b[?2004h';
const pasteOff = '\u001b[?2004l';

function sizeOf(stdout: NodeJS.WriteStream): Size {
  return { columns: stdout.columns || 80, rows: stdout.rows || 24 };
}
