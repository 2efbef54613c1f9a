/** The instrument itself: what a program does is seen, also what its children do. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { traced } from './trace.ts';

const possible = process.getuid?.() === 0 && process.env['PROXY_DOCTOR_LAB'] !== 'no';

if (possible) {
  test('programs, files and addresses are seen, and reading is not taken for writing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'proxy-doctor-seen-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const program = `cat /etc/hostname > /dev/null; touch 'a "b"'; mkdir d; ln -s x d/l; mv 'a "b"' d/; bash -c 'exec 3<>/dev/tcp/127.0.0.1/${port}'; no-such-program; echo \u00fc > d/\u00fc`;
    const { started, written, reached } = await traced(['sh', '-c', program], { cwd: folder });
    expect(started.map(([command]) => command?.split('/').at(-1))).toEqual(expect.arrayContaining(['cat', 'touch', 'mkdir', 'ln', 'mv', 'bash']));
    expect(started).toContainEqual(['touch', 'a "b"']);
    expect(written).toEqual(expect.arrayContaining(['a "b"', 'd', 'd/l', 'd/a "b"', 'd/ü'].map((name) => join(folder, name))));
    expect(written.filter((path) => !path.startsWith(`${folder}/`))).toEqual([]);
    expect(reached).toEqual([`127.0.0.1:${port}`]);
  });
} else {
  test('strace needs root here', () => expect(possible).toBe(false));
}
