import { describe, expect, it } from 'vitest';
import { keyLoadsOf, keysAbove, withoutKeysAbove } from '../../../src/advice/placement/key-loads.ts';
import { saltingOf, type Salting, type SaltingQuestion } from '../../../src/advice/placement/salting.ts';
import type { PlannedKeys } from '../../../src/advice/plan/planned-keys.ts';
import { totalsOfSimulation } from '../../simulate/simulations.ts';
import { scenarioOf, sourceAt } from '../../traffic/scenarios.ts';

const template = 'key-{n}';
const ALL_FREE = { records: 1000, bytes: 2 ** 20 };

function questionOf(
  keys: PlannedKeys,
  recordsPerSec: number,
  rest: Partial<SaltingQuestion> = {},
): SaltingQuestion {
  const limit = rest.limit ?? ALL_FREE;
  const all = keyLoadsOf([{ keys, recordsPerSec, dataBytes: 100, keyBytes: 16 }]);
  const above = { records: limit.records * (1 + 1e-9), bytes: limit.bytes * (1 + 1e-9) };
  return {
    hot: keysAbove(all, above, 100) ?? [],
    fitting: withoutKeysAbove(all, above),
    limit,
    risk: 0.05,
    shards: 8,
    namesKnown: false,
    ...rest,
  };
}

/** Uniform draws of our own: placements are not drawn by what they test. */
function drawer(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Part of random placements of all keys, salts among them, that leave some shard over the limit in records. */
function partOver(
  { hot, fitting, limit }: SaltingQuestion,
  salts: readonly number[],
  shards: number,
  trials: number,
): number {
  const draw = drawer(7);
  const loads = [
    ...hot.flatMap(({ records }, i) => Array<number>(salts[i]).fill(records / salts[i])),
    ...fitting.runs.flatMap((run) => Array.from({ length: run.length }, (_, i) => run.loadAt(i, 'records'))),
  ];
  let over = 0;
  for (let trial = 0; trial < trials; trial++) {
    const onShard = new Float64Array(shards);
    for (const load of loads) onShard[Math.floor(draw() * shards)] += load;
    if (onShard.some((load) => load > limit.records * (1 + 1e-9))) over++;
  }
  return over / trials;
}

/** Five standard deviations of a share of 5 % in so many trials. */
const error = (trials: number): number => 5 * Math.sqrt((0.05 * 0.95) / trials);

describe('salts of keys that fit on no shard', () => {
  it.each<[string, PlannedKeys, number]>([
    ['one key', { kind: 'hot', share: 0.4, keys: 1, of: 500, template }, 4000],
    ['three keys at once', { kind: 'hot', share: 0.5, keys: 3, of: 400, template }, 8000],
    [
      'keys of different weights',
      {
        kind: 'weights',
        names: ['a', 'b', ...Array.from({ length: 300 }, (_, i) => `n${i}`)],
        weights: [900, 500, ...Array<number>(300).fill(3)],
      },
      5000,
    ],
  ])('at random keep every shard below its limit in 95 of 100 placements: %s', (_name, keys, rate) => {
    const question = questionOf(keys, rate);
    const { random = [], shards } = saltingOf(question) ?? { shards: 0 };
    const trials = 3000;
    expect(random).toHaveLength(question.hot.length);
    expect(partOver(question, random, shards, trials)).toBeLessThanOrEqual(0.05 + error(trials));
    // The number is not far too large: with two thirds of it, too many placements fail.
    const fewer = random.map((count) => Math.max(1, Math.floor((count * 2) / 3)));
    expect(partOver(question, fewer, shards, trials)).toBeGreaterThan(0.05);
  });

  it('chosen are as few as the room on a shard allows: 2,500/s beside 300/s on each of 8 shards take four', () => {
    const weights = [2500, ...Array<number>(24_000).fill(0.1)];
    const keys: PlannedKeys = {
      kind: 'weights',
      names: weights.map((_, i) => `k${i}`),
      weights,
    };
    // A thousandth of headroom for what 24,000 small keys vary.
    const question = questionOf(keys, 4900, { limit: { records: 1000, bytes: 2 ** 20 } });
    expect(saltingOf(question)?.chosen).toEqual([4]);
  });

  it('chosen among names that are known take the shards with room', () => {
    // Four shards by name, 700/s on one of them: 2,100/s fit as 3 x 700 on the others, not as 2.
    const question = questionOf({ kind: 'weights', names: ['hot', 'busy'], weights: [2100, 700] }, 2800, {
      shards: 4,
      namesKnown: true,
    });
    expect(saltingOf(question)?.chosen).toEqual([3]);
  });

  it('need more shards where there is no room, and say so', () => {
    const question = questionOf({ kind: 'hot', share: 0.5, keys: 1, of: 1000, template }, 8000, {
      shards: 4,
    });
    const salting = saltingOf(question);
    expect(salting?.shards).toBeGreaterThan(8);
  });
});

/** A name of the form `hot#n` that falls on each of `shards` equal shards. */
async function namesOn(shards: number): Promise<string[]> {
  const { hashKeyOf, HASH_SPACE } = await import('../../../src/model/hash-key.ts');
  const names: string[] = [];
  for (let n = 0; names.filter((name) => name).length < shards; n++) {
    const shard = Number((hashKeyOf(`hot#${n}`) * BigInt(shards)) / HASH_SPACE);
    names[shard] ??= `hot#${n}`;
  }
  return names;
}

/** First attempts refused while the key is cut into so many chosen salts, buckets empty at the start. */
async function throttledWith(salts: number, shards: number, perSec: number): Promise<number> {
  const names = (await namesOn(shards)).slice(0, salts);
  // A source for each salt: the producer takes them in turn.
  const sources = names.map((name, i) =>
    sourceAt(perSec / salts, 30, {
      name: String(i),
      keys: { kind: 'weights', names: [name], weights: [1] },
      size: { kind: 'fixed', bytes: 50 },
    }),
  );
  const stream = { shards, maxRecordBytes: 2 ** 20, retentionHours: 24, initialFill: 0 };
  return totalsOfSimulation(scenarioOf(sources, { stream })).throttled;
}

describe('salting carried out', () => {
  it('in a simulation with the chosen salts nothing is throttled, with one fewer it is', async () => {
    // 2,850/s at a limit of 1,000/s: three salts at 95 %.
    const question = questionOf({ kind: 'weights', names: ['hot', 'other'], weights: [2850, 0.001] }, 2850, {
      shards: 4,
    });
    const { chosen, shards } = saltingOf(question) as Salting;
    expect(chosen).toEqual([3]);
    expect(await throttledWith(chosen[0], shards, 2850)).toBe(0);
    expect(await throttledWith(chosen[0] - 1, shards, 2850)).toBeGreaterThan(0.2 * 2850 * 30);
  });
});
