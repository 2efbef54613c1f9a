import { assert, jsonValue, property } from 'fast-check';
import { expect, test } from 'vitest';
import { jsonText } from '../../src/report/html/json-text.ts';

test('what fits stays on a line, numbers share lines', () => {
  expect(jsonText({ a: 1, b: [1, 2] })).toBe('{"a":1,"b":[1,2]}');
  const many = jsonText({ counts: Array.from({ length: 60 }, (_, index) => index) }).split('\n');
  expect(many.length).toBeLessThan(8);
  expect(Math.max(...many.map((line) => line.length))).toBeLessThanOrEqual(96);
});

test('it is the same value, whatever it is', () => {
  assert(
    property(jsonValue({ maxDepth: 5 }), (value) => {
      expect(JSON.parse(jsonText(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});
