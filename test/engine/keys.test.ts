import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, evidenceKey, placeKey, subjectOfKey } from '../../src/engine/keys.ts';

test.each<[string, Readonly<Record<string, unknown>>, string | null, string]>([
  ['tcp-connect', { b: 1, a: [true, null] }, '10.0.0.5:8080', 'tcp-connect@10.0.0.5:8080 {"a":[true,null],"b":1}'],
  ['error-log', {}, null, 'error-log@ {}'],
  ['dns', { a: undefined }, '[2001:db8::1]:80/in-flight', 'dns@[2001:db8::1]:80/in-flight {}'],
])('%s %o for %s', (check, set, subject, wanted) => {
  expect(evidenceKey(check, set, subject)).toBe(wanted);
  expect(subjectOfKey(wanted)).toBe(subject);
});

test('keys of another make have no subject to tell', () => expect(subjectOfKey('verify something')).toBeUndefined());
test('a place is a step, or a step for a subject', () => expect([placeKey('a', null), placeKey('a', 'b:1')]).toEqual(['a', 'a@b:1']));

test('equal values have equal text, in whatever order they were written', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const turned = JSON.parse(JSON.stringify(value), (_key, one: unknown) =>
        one !== null && typeof one === 'object' && !Array.isArray(one) ? Object.fromEntries(Object.entries(one).reverse()) : one,
      );
      expect(canonicalJson(turned)).toBe(canonicalJson(value));
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});
