/**
 * The wizard's first moment as a program for a terminal: `opening-app MODE`. `wait` stays in it; `crash` and `reject` fail at the first key;
 * `wizard` goes on to the scripted wizard at the first Enter, `slow` does so a little after it.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { firstView } from '../../src/run/first-view.ts';
import { openScreen } from '../../src/ui/opening.ts';
import { runWizard } from '../../src/ui/wizard.tsx';
import { scripts } from '../ui/scripted/scripts.ts';
import { scriptedSession } from '../ui/scripted/session.ts';

const { overload: script } = scripts;
const mode = process.argv[2];
if (!script) throw new Error('the script is missing');
const opening = openScreen({ view: firstView(script.flow, '', 'web-px-2', Date.now()), stdin: process.stdin, stdout: process.stdout, env: process.env });
let typed = '';
process.stdin.on('data', (bytes: Buffer) => {
  typed += bytes.toString('utf8');
  if (mode === 'crash') throw new Error('something of ours broke');
  if (mode === 'reject') void Promise.reject(new Error('something of ours broke'));
});
if (mode === 'wizard' || mode === 'slow') {
  while (!typed.includes('\r')) await wait(5);
  if (mode === 'slow') await wait(300);
  const session = scriptedSession(script);
  const end = await runWizard({
    session,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    opening,
    plain: false,
    writeReport: (path) => Promise.resolve(path),
    ending: () => '',
  });
  process.stdout.write(`ended by ${end.signal ?? 'choice'}\n`);
} else if (mode === 'beside') {
  while (!typed.includes('\r')) await wait(5);
  opening.beside(() => process.stderr.write('an earlier run left a change\n'));
  while (!typed.includes('q')) await wait(5);
  opening.close();
  process.stdout.write('closed\n');
}
