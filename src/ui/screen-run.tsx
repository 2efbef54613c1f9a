/** The wizard on a full screen: the terminal, the keys and the session brought together. */
import { render, type Instance } from 'ink';
import { App, type SuspendTerminal } from './app.tsx';
import { enterScreen, home, leaveScreen, restoreNow, sizeOf, wipe } from './full-screen.ts';
import { createJobControl } from './job-control.ts';
import { asLines, createLeaving, listenForEnds, resumeLine, say } from './leaving.ts';
import { createKeyInput } from './stdin.ts';
import { markOf } from './state.ts';
import { createStore } from './store.ts';
import type { Store } from './doors.ts';
import { leadsOn, whenTaken } from './taken.ts';
import { clipboardSequence, runPager } from './terminal.ts';
import { createTheme } from './theme.ts';
import type { WizardEnd, WizardOptions } from './wizard-options.ts';

/** While checks run the screen is drawn anew at most this often: under 2 KB a second at 80x24. */
const drawEveryMs = 500;
/** The clocks of a running check and of a live change. */
const tickMs = 1000;

export async function runScreen({ session, stdin, stdout, stderr, env, opening, writeReport, ending }: WizardOptions): Promise<WizardEnd> {
  const opened = await opening?.handOver();
  const theme = createTheme(env);
  let app: Instance | null = null;
  let suspendTerminal: SuspendTerminal | null = null;
  let away = false;
  let writing: Promise<unknown> = Promise.resolve();

  const { ended, leave, crash } = createLeaving(session, () => {
    const live = session.view().liveChange;
    store.leaving(live ? `Putting the change back (${live.file}) and saving the case.` : 'Saving the case.');
  });

  /** The next key waits for the screen that the intent leads to. */
  async function taken(): Promise<void> {
    await whenTaken(session);
    draw();
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }

  const store: Store = createStore({
    session,
    theme,
    now: Date.now,
    size: sizeOf(stdout),
    doors: {
      send: (intent) => {
        if (leadsOn(intent)) keys.hold(taken());
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
      writeReport: (path) => {
        const said = writeReport(path).then(
          (written) => `Written: ${written}`,
          (error: unknown) => `Not written: ${error instanceof Error ? error.message : String(error)}`,
        );
        writing = said;
        return said;
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
    suspendTerminal(async () => {
      stdout.write(leaveScreen);
      await during();
      stdout.write(enterScreen);
    })
      .then(() => {
        away = false;
        draw();
      })
      .catch(crash);
  }

  const keys = createKeyInput({ source: stdin, before: opened?.typed ?? [], take: store.take, ready: store.ready, ended: () => leave('SIGHUP') });
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
    if (view.running.length > 0 || view.liveChange !== null || view.verifying !== null) drawIn(tickMs);
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
  /**
   * Ink erases what it drew by counting lines back from the cursor; after a resize neither the lines nor the cursor are where they were.
   * So all is wiped here, and the lines are made for the new size before Ink draws for it.
   */
  function onResize(): void {
    app?.clear();
    stdout.write(wipe);
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
  // Before Ink's own listener.
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
    // What the opening has drawn is drawn over with the same.
    const size = sizeOf(stdout);
    stdout.write(opened === undefined ? enterScreen : opened.size.columns === size.columns && opened.size.rows === size.rows ? home : wipe);
    app = render(tree, {
      stdin: keys.stream,
      stdout,
      stderr,
      incrementalRendering: true,
      exitOnCtrlC: false,
      patchConsole: false,
      interactive: true,
      maxFps: 20,
    });
    app.waitUntilExit().catch(crash);
    draw();
    session.start().catch(crash);
    signal = await ended;
    await writing;
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
