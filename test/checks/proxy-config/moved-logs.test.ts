import { describe, expect, it } from 'vitest';
import { movedLog, openFiles } from '../../../src/checks/proxy-config/moved-logs.ts';
import { memoryHost } from '../../fakes/memory-host.ts';

/** A rotation without a reload: the server goes on writing to the file that it has open. */
describe('the log that a server really writes to', () => {
  const log = '/var/log/apache2/error.log';
  const at = (...targets: readonly string[]) => targets.map((target, index) => ({ number: String(index + 2), target }));

  it.each([
    ['as it is named', at('/dev/null', log), null],
    ['renamed', at(`${log}.1`), `${log}.1`],
    ['renamed with the date', at(`${log}-20261122`), `${log}-20261122`],
    ['deleted', at('/dev/null', `${log} (deleted)`), '/proc/40/fd/3'],
    ['renamed, and the new one is open too', at(`${log}.1`, log), null],
    ['another virtual host’s, whose name begins alike', at('/var/log/apache2/error.log_shop'), null],
    ['of that name elsewhere', at('/srv/error.log.1'), null],
    ['not open at all (its name is a link)', at('/data/error.log'), null],
  ])('%s', (_name, open, path) => {
    expect(movedLog(open, 40, log, '')?.path ?? null).toBe(path);
  });

  it('says what happened and what to do', () => {
    expect(movedLog(at(`${log}.1`), 40, log, '')?.text).toMatch(/renamed to .*error\.log\.1 .*a reload makes it write/);
  });

  it('reads what a process has open; where there is no right to look, nothing is said', async () => {
    const host = memoryHost({ files: { '/proc/40/fd/2': { link: `${log}.1` }, '/proc/40/fd/3': { link: 'socket:[1]' } } });
    expect(await openFiles(host, 40)).toEqual([{ number: '2', target: `${log}.1` }]);
    expect(await openFiles(host, 41)).toBeNull();
  });
});
