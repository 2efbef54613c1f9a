/** The wizard with a scripted session, as a program for a terminal: `app SCRIPT [--plain]`. */
import { writeFileSync } from 'node:fs';
import { runWizard } from '../../src/ui/wizard.tsx';
import { scripts } from '../ui/scripted/scripts.ts';
import { scriptedSession } from '../ui/scripted/session.ts';

const script = scripts[process.argv[2] ?? 'overload'];
if (!script) throw new Error(`no such script; there are ${Object.keys(scripts).join(', ')}`);
const session = scriptedSession(script);
try {
  const end = await runWizard({
    session,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    plain: process.argv.includes('--plain'),
    writeReport: (path) =>
      path.includes('/nowhere/') ? Promise.reject(new Error(`${path}: there is no such folder`)) : Promise.resolve(path),
    ending: () =>
      session
        .view()
        .diagnoses?.map(({ id, confidence, backend }) => `${id} (${confidence}) ${backend ?? ''}`)
        .join('\n') ?? '',
  });
  // Where the terminal is gone, a file tells what happened.
  if (process.env['ENDED'] !== undefined) writeFileSync(process.env['ENDED'], `ended by ${end.signal}; stopped ${session.stops.join()}`);
  process.stdout.write(`ended by ${end.signal ?? 'choice'}; stopped ${session.stops.join()}\n`);
  process.exitCode = end.signal === null ? 0 : 130;
} catch (error) {
  process.stderr.write(`failed: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
