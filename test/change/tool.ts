/** Stands in for the tool around a change: starts the supervisor, applies, waits, restores. Killed at will by the tests. */
import { supervise } from '../../src/change/supervise.ts';
import { readRecord } from '../../src/change/record-store.ts';

const [path = '', supervisor = '', holdMs = '0'] = process.argv.slice(2);
const supervised = await supervise(supervisor, path, await readRecord(path));
process.stdout.write('armed\n');
const done = await supervised.apply();
process.stdout.write(`${done.state}\n`);
await new Promise((resolve) => setTimeout(resolve, Number(holdMs)));
process.stdout.write('restoring\n');
const back = await supervised.restore();
process.stdout.write(`${back.state}: ${back.told}\n`);
process.exit(0);
