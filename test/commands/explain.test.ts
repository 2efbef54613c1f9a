/** `explain`: what a line means, for people and for programs, at once as lines come. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { explainCommand, explainLines } from '../../src/commands/explain.ts';
import { UsageError } from '../../src/errors.ts';
import type { Explanation } from '../../src/httpd/error-log/explain.ts';

const refused =
  '[Sat Nov 21 10:15:42.104233 2026] [proxy:error] [pid 40:tid 41] (111)Connection refused: AH00957: http: attempt to connect to 192.0.2.11:8080 (app.example:8080) failed';
const companion =
  '[Sat Nov 21 10:15:42.104301 2026] [proxy_http:error] [pid 40:tid 41] [client 203.0.113.7:51234] AH01114: HTTP: failed to make connection to backend: app.example';

async function explained(lines: readonly string[]): Promise<readonly Explanation[]> {
  let text = '';
  await explainLines(lines, { json: true, columns: 80, color: false, sayOthers: true, out: (part) => void (text += part) });
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Explanation);
}

async function one(line: string): Promise<Explanation> {
  const [first] = await explained([line]);
  if (first === undefined) throw new Error('nothing was explained');
  return first;
}

async function inWords(lines: readonly string[], more: { columns?: number; color?: boolean } = {}): Promise<string> {
  let text = '';
  await explainLines(lines, { json: false, columns: 80, color: false, sayOthers: true, ...more, out: (part) => void (text += part) });
  return text;
}

describe('for programs', () => {
  test('one object a line, with the names of the contract', async () => {
    expect(await one(refused)).toMatchObject({
      line: refused,
      recognised: true,
      family: 'connect-failed',
      code: 'AH00957',
      errno: 'ECONNREFUSED',
      platform: 'linux',
      backend: '192.0.2.11:8080',
      client: null,
      time: '2026-11-21T10:15:42.104233',
      causes: ['backend-not-running', 'backend-overloaded', 'network-blocked'],
    });
  });

  test('refused rules out DNS and routing', async () => {
    const { rulesOut } = await one(refused);
    expect(rulesOut.join('; ')).toMatch(/DNS.*Routing/);
  });

  test.each([
    ['111', 'Connection refused', 'ECONNREFUSED', 'linux'],
    ['146', 'Connection refused', 'ECONNREFUSED', 'solaris'],
    ['61', 'Connection refused', 'ECONNREFUSED', 'bsd'],
    ['79', 'Connection refused', 'ECONNREFUSED', 'aix'],
    ['239', 'Connection refused', 'ECONNREFUSED', 'hp-ux'],
    ['OS 10061', 'No connection could be made because the target machine actively refused it.  ', 'ECONNREFUSED', 'windows'],
    ['730061', 'No connection could be made because the target machine actively refused it.  ', 'ECONNREFUSED', 'windows'],
    ['os 0x8007274d', 'Es konnte keine Verbindung hergestellt werden: das Ziel hat sie verweigert.  ', 'ECONNREFUSED', 'windows'],
    ['70007', 'The timeout specified has expired', 'APR_TIMEUP', null],
  ])('(%s)%s is %s of %s', async (number, words, errno, platform) => {
    const line = `[Wed Mar 30 10:55:03 2011] [error] (${number})${words}: proxy: HTTP: attempt to connect to 192.0.2.10:80 (app) failed`;
    expect(await one(line)).toMatchObject({ family: 'connect-failed', errno, platform, backend: '192.0.2.10:80' });
  });

  test.each([
    ['an HTTP status', '[error] (502)Unknown error 502: proxy: pass request body failed to 192.0.2.10:443 (app)', /HTTP status/],
    [
      "a filter's answer",
      '[proxy_http:error] [pid 1] (-102)Unknown error -102: [client 203.0.113.7:4] AH01095: prefetch request body failed to 192.0.2.10:80 (app) from 203.0.113.7 ()',
      /answered the client/,
    ],
    [
      'a full line buffer',
      "[proxy_http:warn] [pid 1] (28)No space left on device: [client 203.0.113.7:4] AH10124: header size is over the limit allowed by ResponseFieldSize (8192 bytes). Bad response header: 'Set-Cookie: a[...]z'",
      /no disk is/,
    ],
  ])('%s is no errno', async (_name, line, meaning) => {
    const explanation = await one(line);
    expect(explanation).toMatchObject({ recognised: true, errno: null });
    expect(explanation.meaning).toMatch(meaning);
  });

  test('the number decides between causes of one message', async () => {
    const line = (number: string): string =>
      `[proxy_http:error] [pid 7] ${number}: [client 203.0.113.7:4] AH01102: error reading status line from remote server app:8080`;
    expect((await one(line('(70007)The timeout specified has expired'))).causes[0]).toBe('backend-stalled');
    expect((await one(line('(103)Software caused connection abort'))).causes).toEqual(['backend-tls']);
    expect((await one(line('(104)Connection reset by peer'))).causes).toContain('keepalive-race');
  });

  test('two lines of one failure are one: the second points to the first and has its causes', async () => {
    const [first, second] = await explained([refused, companion]);
    expect(first?.sameFailureAs).toBeNull();
    expect(second).toMatchObject({ sameFailureAs: 1, causes: first?.causes, client: '203.0.113.7:51234' });
    expect(second?.meaning).toMatch(/line 1 \(AH00957\).*one failure/);
  });

  test('the same two lines of different threads are two failures', async () => {
    const [, second] = await explained([refused, companion.replace('tid 41', 'tid 42')]);
    expect(second?.sameFailureAs).toBeNull();
  });

  test("a failed transfer is the client's after AH02608 and the backend's after AH01084", async () => {
    const line = (text: string): string => `[Sat Nov 21 10:15:42.104233 2026] [proxy_http:error] [pid 40:tid 41] ${text}`;
    const sum = line('[client 203.0.113.7:4] AH01097: pass request body failed to 192.0.2.11:8080 (app) from 203.0.113.7 ()');
    const byClient = await explained([
      line(
        '(70008)Partial results are valid but processing is incomplete: [client 203.0.113.7:4] AH02608: read request body failed to 192.0.2.11:8080 (app) from 203.0.113.7 ()',
      ),
      sum,
    ]);
    const byBackend = await explained([
      line('(104)Connection reset by peer: [client 203.0.113.7:4] AH01084: pass request body failed to 192.0.2.11:8080 (app)'),
      sum,
    ]);
    expect(byClient[1]).toMatchObject({ sameFailureAs: 1, causes: ['request-not-sent'] });
    expect(byBackend[1]?.causes).toContain('backend-crashed');
  });

  test('a line of something else is not recognised, a new message of the proxy neither, and it is said', async () => {
    const [other, future] = await explained([
      '[php:error] [pid 1] PHP Warning: proxy: HTTP: attempt to connect failed',
      '[Sat Nov 21 10:15:42 2026] [proxy:error] [pid 1] AH19999: a thing of tomorrow',
    ]);
    expect(other).toMatchObject({ recognised: false, family: null, module: null });
    expect(future).toMatchObject({ recognised: false, family: null, module: 'proxy', code: 'AH19999' });
    expect(future?.meaning).toMatch(/not known here/);
  });
});

describe('a code by itself', () => {
  test.each(['AH01102', 'ah01102:', '[AH01102]'])('%s is explained by it', async (code) => {
    expect(await one(code)).toMatchObject({ recognised: true, code: 'AH01102', family: 'status-line-failed', message: 'status-line-not-read' });
  });

  test('one that stands before several messages asks for the words', async () => {
    const { recognised, family, meaning } = await one('AH00898');
    expect([recognised, family]).toEqual([true, null]);
    expect(meaning).toMatch(/DNS lookup failure for: ….*Error during SSL Handshake/);
  });

  test.each(['AH99999', 'AH00128'])('%s is none of the proxy path', async (code) => {
    expect(await one(code)).toMatchObject({ recognised: false });
  });
});

describe('for people', () => {
  test('words first, and the facts beside them', async () => {
    const text = await inWords([refused]);
    expect(text).toMatch(/could not open a TCP connection/);
    expect(text).toMatch(/Kind +connect-failed, AH00957, ECONNREFUSED on Linux/);
    expect(text).toMatch(/Backend +192\.0\.2\.11:8080 \(app\.example:8080\)/);
    expect(text).toMatch(/Likely +backend-not-running/);
  });

  test('the same again is said in a word', async () => {
    const text = await inWords([refused, refused.replaceAll('41', '51')]);
    expect(text.match(/could not open a TCP connection/g)).toHaveLength(1);
    expect(text).toMatch(/As line 1\./);
  });

  test('keeps to the width of the screen, but for words that do not fit', async () => {
    const text = await inWords([refused, companion], { columns: 60 });
    const rows = text.split('\n').filter((row) => row.startsWith('  '));
    expect(rows.filter((row) => row.length > 60)).toEqual([]);
  });

  test('is coloured only when asked', async () => {
    expect(await inWords([refused])).not.toContain('\u001b');
    expect(await inWords([refused], { color: true })).toContain('\u001b[1m');
  });

  test('other lines of a stream are counted, not told one by one', async () => {
    let text = '';
    const options = { json: false, columns: 80, color: false, sayOthers: false, out: (part: string): void => void (text += part) };
    await explainLines(['[core:info] [pid 1] AH00128: File does not exist: /x', refused, 'nonsense'], options);
    expect(text).toMatch(/2 of 3 lines are not about proxying\./);
    expect(text).not.toMatch(/nonsense/);
  });
});

describe('streams', () => {
  const folder = mkdtempSync(join(tmpdir(), 'explain-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  async function command(
    lines: readonly string[],
    input: AsyncIterable<Buffer | string>,
    json = true,
  ): Promise<{ status: number; text: string }> {
    const stdout = new PassThrough();
    let text = '';
    stdout.on('data', (part: Buffer) => void (text += part.toString()));
    const status = await explainCommand({ lines, json, stdin: input, stdout });
    return { status, text };
  }

  test('every line is answered before the next one comes', async () => {
    const answers: string[] = [];
    async function* typed(): AsyncIterable<string> {
      yield refused;
      expect(answers).toHaveLength(1);
      yield companion;
      expect(answers).toHaveLength(2);
    }
    await explainLines(typed(), { json: true, columns: 80, color: false, sayOthers: false, out: (part) => void answers.push(part) });
    expect(answers).toHaveLength(2);
  });

  test('lines may come in pieces, with CRLF, and without an end', async () => {
    const bytes = Buffer.from(`${refused}\r\n${companion}`);
    const pieces = Array.from(bytes, (byte) => Buffer.from([byte]));
    const { status, text } = await command([], Readable.from(pieces));
    expect(status).toBe(0);
    expect(text.trimEnd().split('\n')).toHaveLength(2);
    expect(JSON.parse(text.split('\n')[0] ?? '')).toMatchObject({ family: 'connect-failed', line: refused });
  });

  test('an argument that names a file stands for its lines', async () => {
    const path = join(folder, 'error.log');
    writeFileSync(path, `${refused}\n${companion}\n`);
    const { status, text } = await command([path], Readable.from([]));
    expect([status, text.trimEnd().split('\n').length]).toEqual([0, 2]);
  });

  test('in a file named there, lines of others are counted and not told one by one', async () => {
    const path = join(folder, 'mixed.log');
    writeFileSync(path, `[core:info] [pid 1] AH00128: File does not exist: /x\n${refused}\n`);
    const { text } = await command([path], Readable.from([]), false);
    expect(text).toContain('AH00957');
    expect(text).not.toContain('AH00128');
    expect(text).toContain('1 of 2 lines is not about proxying.');
  });

  test.each([
    ['named', true],
    ['from standard input', false],
  ])('a packed log %s is unpacked', async (_, named) => {
    const path = join(folder, 'error.log.1.gz');
    const bytes = gzipSync(`${refused}\n${companion}\n`);
    writeFileSync(path, bytes);
    const { text } = await command(named ? [path] : [], Readable.from(named ? [] : [bytes]));
    expect(text.trimEnd().split('\n').map((line) => (JSON.parse(line) as Explanation).code)).toEqual(['AH00957', 'AH01114']);
  });

  test.each([
    ['a path that is mistyped', '/nowhere/eror.log', /no such file/],
    ['a name of a log that is not here', 'error.log.2.gz', /no such file/],
    ['a folder', tmpdir(), /folder/],
  ])('%s is said to be wrong, and not taken for a line of a log', async (_, argument, reason) => {
    await expect(command([argument], Readable.from([]))).rejects.toThrow(UsageError);
    await expect(command([argument], Readable.from([]))).rejects.toThrow(reason);
  });

  test('a line of ten megabytes is cut, and the next one is read', async () => {
    const { text } = await command([], Readable.from([Buffer.alloc(10_000_000, 'x'), Buffer.from(`\n${refused}\n`)]));
    const lines = text.trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]?.length).toBeLessThan(70_000);
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({ code: 'AH00957' });
  });

  test('nothing at all is said to be nothing, with exit status 0', async () => {
    expect(await command([], Readable.from([]), false)).toEqual({ status: 0, text: 'No lines came.\n' });
  });

  test('nothing from a log can move the cursor, in words or in JSON', async () => {
    const hostile = fc.array(
      fc.oneof(
        fc.constantFrom('\u001b[2J', '\u009b31m', '\u0007', '\u202e', '\u0000', '\u2028', 'AH00957: ', '[proxy:error] '),
        fc.string({ unit: 'binary' }),
      ),
    );
    await fc.assert(
      fc.asyncProperty(hostile, async (parts) => {
        const line = `${refused} ${parts.join('')}`.replaceAll('\n', ' ');
        let json = '';
        await explainLines([line], { json: true, columns: 80, color: false, sayOthers: true, out: (part) => void (json += part) });
        const words = await inWords([line]);
        const control = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;
        expect(control.test(json)).toBe(false);
        expect(control.test(words)).toBe(false);
      }),
      { numRuns: 150 },
    );
  });
});
