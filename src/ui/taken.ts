/** When has a session done what an intent asked for? Keys and lines that were typed ahead wait until then. */
import type { Intent, Session } from '../run/session.ts';
import { basePlace, markOf, settled } from './state.ts';

/** A session that does nothing about an intent holds nobody up for longer than this. */
const longestWaitMs = 1000;

const leading: ReadonlySet<Intent['type']> = new Set(['choose', 'consent', 'back', 'forward', 'rerun', 'tick']);

/** Intents that lead to another screen, or turn something over: what is typed after them is meant for what follows. */
export function leadsOn(intent: Intent): boolean {
  return leading.has(intent.type);
}

/** A check that ends sooner than this counts as no wait: what was typed ahead is meant for what it finds. */
const quickCheckMs = 300;

/** Resolves once the session has taken an intent and stands still again, or works visibly. To be called before the intent is sent. */
export function whenTaken(session: Session): Promise<void> {
  const before = markOf(session.view());
  return new Promise((resolve) => {
    let atWork: NodeJS.Timeout | null = null;
    const stop = session.subscribe(() => {
      const view = session.view();
      if (markOf(view) === before || !settled(view)) return;
      if (basePlace(view) === 'working' && view.complaint === null) atWork ??= setTimeout(done, quickCheckMs);
      else done();
    });
    const timer = setTimeout(done, longestWaitMs);
    function done(): void {
      clearTimeout(timer);
      if (atWork) clearTimeout(atWork);
      stop();
      resolve();
    }
  });
}
