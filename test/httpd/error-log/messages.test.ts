/** Every message of flows/mod-proxy-http/messages.yaml, by its own sample lines. */
import { describe, expect, test } from 'vitest';
import { families } from '../../../src/checks/error-log/facts.ts';
import { createFinder, plainFinder } from '../../../src/httpd/error-log/finder.ts';
import { readErrnos, readMessages, recognitionOf, wordsOf, type Sample } from '../../../src/httpd/error-log/generate.ts';
import { recognition } from '../../../src/httpd/error-log/messages.generated.ts';
import { httpdNeedles, fixedStrings } from '../../../src/httpd/error-log/needles.ts';
import { parseErrorLine } from '../../../src/httpd/error-log/parse.ts';
import { errnoWords, messageWords } from '../../../src/httpd/error-log/words.generated.ts';

const messages = readMessages();
const cases: readonly (readonly [string, number, Sample])[] = Object.entries(messages).flatMap(([key, message]) =>
  (message.samples ?? []).map((sample, index) => [key, index, sample] as const),
);

const diagnoses = new Set([
  'backend-not-running',
  'backend-overloaded',
  'network-blocked',
  'backend-not-found',
  'hardware-suspected',
  'backend-crashed',
  'backend-stalled',
  'keepalive-race',
  'request-not-sent',
  'network-loss',
  'proxy-exhausted',
  'proxy-bug',
  'backend-tls',
]);

describe('sample lines', () => {
  test.each(cases)('%s %i', (key, _index, sample) => {
    const message = messages[key];
    const entry = parseErrorLine(sample.line);
    expect(entry).not.toBeNull();
    const { client } = entry ?? {};
    expect({
      key: entry?.message,
      family: entry?.family,
      errno: entry?.errno?.symbol ?? undefined,
      backend: entry?.backend ?? undefined,
      client: client ? (client.port === null ? client.address : `${client.address}:${client.port}`) : undefined,
      path: entry?.path ?? undefined,
    }).toEqual({ key, family: message?.family, errno: sample.errno, backend: sample.backend, client: sample.client, path: sample.path });
    const code = /\b(AH\d{4,6}): /.exec(sample.line)?.[1] ?? null;
    expect(entry?.code).toBe(code);
    expect(code === null || message?.codes?.includes(code)).toBe(true);
    expect(entry?.raw).toBe(sample.line);
  });
});

describe('before a line is parsed', () => {
  test.each([
    ['vectors', createFinder(httpdNeedles, 65_536, 65_536)],
    ['plain', plainFinder(httpdNeedles, 65_536, 65_536)],
  ])('%s find every sample line in raw bytes', (_name, finder) => {
    const missed = cases.filter(([, , { line }]) => {
      const { written } = new TextEncoder().encodeInto(`${line}\n`, finder.memory.subarray(finder.begin));
      return finder.find(finder.begin, finder.begin + written) !== 1;
    });
    expect(missed).toEqual([]);
  });

  test('grep -F finds every sample line', () => {
    expect(cases.filter(([, , { line }]) => !fixedStrings.some((text) => line.includes(text)))).toEqual([]);
  });
});

describe('the source', () => {
  test('is what the generated modules hold', () => {
    expect(recognition).toEqual(recognitionOf(messages));
    expect(messageWords).toEqual(wordsOf(messages));
    expect(errnoWords).toEqual(readErrnos());
  });

  test('says something of every message', () => {
    const silent = Object.entries(messages).filter(([, message]) => !/^\S.*\.$/.test(message.meaning));
    expect(silent.map(([key]) => key)).toEqual([]);
  });

  test('names families and diagnoses that exist', () => {
    expect(Object.values(messages).filter((message) => !families.some((family) => family === message.family))).toEqual([]);
    const words = Object.values(messages).flatMap((message) => [message, ...Object.values(message.byErrno ?? {})]);
    const ofErrnos = Object.values(readErrnos()).flatMap((sides) => Object.values(sides));
    expect([...words, ...ofErrnos].flatMap(({ causes = [] }) => causes.filter((cause) => !diagnoses.has(cause)))).toEqual([]);
  });

  test('has a sample of every wording, so that none is there that no line can match', () => {
    const isOld = (version: string): boolean => /^2\.[02]/.test(version);
    const bare = Object.entries(messages).filter(([, { codes = [], templates, samples = [] }]) => {
      const withoutCode = samples.filter(({ line }) => !/\bAH\d{4,6}: /.test(line)).length;
      const old = Object.keys(templates).filter(isOld).length;
      return samples.length < Object.keys(templates).length || (codes.length > 0 && withoutCode < old);
    });
    expect(bare.map(([key]) => key)).toEqual([]);
  });
});
