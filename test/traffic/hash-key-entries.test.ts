/** Layouts and observed keys as a captured scenario writes them, and what is refused of them. */
import { describe, expect, it } from 'vitest';
import { LocalService } from '../../src/local/local-service.ts';
import { formatHashKey, hashKeyOf } from '../../src/model/hash-key.ts';
import { contains } from '../../src/model/hash-range.ts';
import { Refusal } from '../../src/model/refusal.ts';
import { simulateInAggregate } from '../../src/simulate/aggregate.ts';
import { simulateExactly } from '../../src/simulate/exact.ts';
import { parseScenario } from '../../src/traffic/scenario-file.ts';
import { plannedStream } from '../../src/run/aws/temporary-stream.ts';
import { call } from '../local/client.ts';

const EIGHTH = 1n << 125n;
const STARTS = [0n, EIGHTH, 4n * EIGHTH];

function textOf(stream: string, keys: string): string {
  return `stream: { ${stream} }
duration: 20s
traffic: [{ rate: 800/s, size: 100B, keys: ${keys} }]`;
}

const UNEVEN = `shards: 3, startingHashKeys: [${STARTS.map((start) => `"${formatHashKey(start)}"`).join(', ')}]`;
const WHOLE = `{ hashKeys: [{ startingHashKey: "0", endingHashKey: "${formatHashKey((1n << 128n) - 1n)}", keys: 8000, bytes: 9, weight: 1 }] }`;

describe('a stream of unequal shards', () => {
  const scenario = parseScenario(textOf(UNEVEN, WHOLE), 's.yaml');
  const shares = [1 / 8, 3 / 8, 4 / 8];

  it.each(['exact', 'aggregate'])('takes load by the width of its ranges: %s', (engine) => {
    const options = { serviceUs: 1000, z: 3 };
    const aggregate = simulateInAggregate(scenario, options);
    if (typeof aggregate === 'string') throw new Error(aggregate);
    const { tally } = engine === 'exact' ? simulateExactly(scenario, options).pipeline : aggregate;
    shares.forEach((share, i) => {
      const error = 4 * Math.sqrt(16_000 * share * (1 - share));
      expect(Math.abs(tally.shards.count(i, 'offered') - 16_000 * share)).toBeLessThan(error);
    });
  });

  it('is what the local endpoint lists', () => {
    const service = new LocalService({});
    service.createStream({ name: 'uneven', shards: 3, ranges: scenario.stream.ranges ?? [] }, 0);
    const { Shards } = call(service, 'ListShards', { StreamName: 'uneven' }, 1).body as unknown as {
      Shards: { HashKeyRange: { StartingHashKey: string } }[];
    };
    expect(Shards.map(({ HashKeyRange }) => HashKeyRange.StartingHashKey)).toEqual(STARTS.map(formatHashKey));
  });

  it('is refused where AWS would have to create it', () => {
    expect(() => plannedStream('0'.repeat(32), scenario.stream)).toThrow(/startingHashKeys/);
  });

  it.each([
    ['one too few', 'shards: 3, startingHashKeys: ["0", "5"]', /2 ranges begin here/],
    ['not from 0', 'shards: 2, startingHashKeys: ["1", "5"]', /begins at 1/],
    ['not in order', 'shards: 3, startingHashKeys: ["0", "5", "5"]', /5 is not above/],
    ['no hash key', 'shards: 2, startingHashKeys: ["0", "x"]', /startingHashKeys\[1\]: "x" is no hash key/],
  ])('is refused: %s', (_, stream, what) => {
    expect(() => parseScenario(textOf(stream, WHOLE), 's.yaml')).toThrow(Refusal);
    expect(() => parseScenario(textOf(stream, WHOLE), 's.yaml')).toThrow(what);
  });
});

describe('observed keys', () => {
  it('are listed by hash key, by name, and many at a time, evenly in their range', () => {
    const listed = `{ hashKeys: [{ hashKey: "7", bytes: 3, weight: 2 }, { key: whale, weight: 5 }, { startingHashKey: "100", endingHashKey: "199", keys: 4, bytes: 6, weight: 8 }] }`;
    const { keys } = parseScenario(textOf('shards: 1', listed), 's.yaml').traffic[0];
    if (keys.kind !== 'hashKeys') throw new Error(keys.kind);
    expect(keys.hashKeys).toEqual([7n, hashKeyOf('whale'), 112n, 137n, 162n, 187n]);
    expect(keys.keyBytes).toEqual([3, 5, 6, 6, 6, 6]);
    expect(keys.weights).toEqual([2, 5, 2, 2, 2, 2]);
    expect([...(keys.names ?? [])]).toEqual([[1, 'whale']]);
    expect(keys.hashKeys.slice(2).every((hashKey) => contains({ start: 100n, end: 199n }, hashKey))).toBe(
      true,
    );
  });

  it.each([
    ['a hash key without bytes', '{ hashKey: "7", weight: 1 }', /bytes: this is missing/],
    ['a name with bytes', '{ key: a, bytes: 3, weight: 1 }', /bytes: this does not go with key/],
    [
      'a range without an end',
      '{ startingHashKey: "7", keys: 3, bytes: 1, weight: 1 }',
      /endingHashKey: this is missing/,
    ],
    [
      'a range the wrong way round',
      '{ startingHashKey: "7", endingHashKey: "6", keys: 1, bytes: 1, weight: 1 }',
      /below startingHashKey/,
    ],
    [
      'more keys than places',
      '{ startingHashKey: "7", endingHashKey: "8", keys: 3, bytes: 1, weight: 1 }',
      /not so many/,
    ],
    ['no weight', '{ key: a, weight: 0 }', /every weight is 0/],
  ])('are refused: %s', (_, entry, what) => {
    expect(() => parseScenario(textOf('shards: 1', `{ hashKeys: [${entry}] }`), 's.yaml')).toThrow(what);
  });
});
