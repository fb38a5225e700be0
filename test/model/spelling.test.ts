import { expect, it } from 'vitest';
import { editDistance, nearestWord } from '../../src/model/spelling.ts';

it.each([
  ['', '', 0],
  ['share', 'share', 0],
  ['shre', 'share', 1],
  ['raet', 'rate', 1],
  ['shares', 'share', 1],
  ['kitten', 'sitting', 3],
  ['abc', '', 3],
])('%j and %j are %d edits apart', (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance);
  expect(editDistance(b, a)).toBe(distance);
});

it('finds the nearest word, and none where none is near', () => {
  expect(nearestWord('shre', ['share', 'keys', 'of'])).toBe('share');
  expect(nearestWord('inflight', ['inFlight', 'linger'])).toBe('inFlight');
  expect(nearestWord('batchSize', ['api', 'batch', 'linger'])).toBe('batch');
  expect(nearestWord('conf', ['confidence', 'rate'])).toBe('confidence');
  expect(nearestWord('ap', ['api-version'])).toBeUndefined();
  expect(nearestWord('colour', ['share', 'keys', 'of'])).toBeUndefined();
  expect(nearestWord('x'.repeat(100_000), ['share'])).toBeUndefined();
});
