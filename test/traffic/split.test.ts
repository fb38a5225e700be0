import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyDictionary } from '../../src/traffic/key-dictionary.ts';
import { Offer, OfferColumns } from '../../src/traffic/offer.ts';
import type { Scenario } from '../../src/traffic/scenario.ts';
import { packScenario, unpackScenario } from '../../src/traffic/scenario-parcel.ts';
import { firstOwn, shareOf, splitWithin, WHOLE, type Split } from '../../src/traffic/split.ts';
import { LineTable } from '../../src/traffic/line-table.ts';
import { WeightedNames } from '../../src/traffic/weighted-names.ts';
import { scenarioOf, sourceAt, uniformKeys } from './scenarios.ts';

/** Everything that one of several senders takes, a line each, in the order in which it comes. */
function taken(scenario: Scenario, split: Split): { lines: string[]; ks: number[][]; digest: bigint } {
  const dictionary = new KeyDictionary(scenario.traffic.map(({ keys }) => keys));
  const offer = new Offer(scenario, dictionary, split);
  const columns = new OfferColumns(100);
  const lines: string[] = [];
  const ks: number[][] = scenario.traffic.map(() => []);
  while (offer.take(1e15, columns) > 0) {
    for (let i = 0; i < columns.length; i++) {
      const { dueUs, source, k, key, dataBytes, keyBytes, bytes } = columns;
      ks[source[i]].push(k[i]);
      lines.push(
        `${dueUs[i]} ${source[i]} ${k[i]} ${dictionary.nameOf(key[i])} ${dataBytes[i]} ${keyBytes[i]} ${bytes[i]}`,
      );
    }
  }
  return { lines, ks, digest: BigInt(offer.digest) };
}

function parts(count: number): Split[] {
  return Array.from({ length: count }, (_, index) => ({ index, count }));
}

/** Two sources, sizes and keys that are drawn, arrivals by chance and evenly. */
function mixed(batch: number): Scenario {
  const base = scenarioOf([
    sourceAt(900, 2, {
      arrivals: { kind: 'poisson' },
      size: { kind: 'lognormal', median: 200, p99: 2000 },
      keys: { kind: 'zipf', count: 500, exponent: 1.1, template: 'key-{n}' },
    }),
    sourceAt(333, 2, { keys: { kind: 'timestamp', granularityUs: 1000, count: 1 << 30, template: 't-{n}' } }),
  ]);
  return { ...base, warmupUs: 500_000, seed: 5, producer: { ...base.producer, batch } };
}

describe('an offer that several senders share', () => {
  it.each([
    [1, 2],
    [7, 3],
    [500, 2],
    [500, 4],
    [2000, 3],
  ])('in blocks of %d records, over %d senders, is the one that a single sender has', (batch, count) => {
    const scenario = mixed(batch);
    const whole = taken(scenario, WHOLE);
    const shares = parts(count).map((split) => taken(scenario, split));
    expect(shares.flatMap(({ lines }) => lines).sort()).toEqual(whole.lines.toSorted());
    const sum = shares.reduce((total, { digest }) => total + digest, 0n);
    expect(BigInt.asUintN(64, sum)).toBe(whole.digest);
  });

  it('gives sender i the blocks whose number is i modulo the number of senders, of each source', () => {
    const scenario = mixed(50);
    parts(3).forEach((split) => {
      for (const ks of taken(scenario, split).ks) {
        expect(ks.length).toBeGreaterThan(100);
        for (const k of ks) expect(Math.floor(k / 50) % 3).toBe(split.index);
      }
    });
  });

  it('finds the first record of a block of its own', () => {
    fc.assert(
      fc.property(
        fc.nat(10_000),
        fc.integer({ min: 1, max: 9 }),
        fc.nat(8),
        fc.integer({ min: 1, max: 600 }),
        (k, count, i, block) => {
          const index = i % count;
          let next = k;
          while (Math.floor(next / block) % count !== index) next++;
          expect(firstOwn(k, { index, count }, block)).toBe(next);
        },
      ),
    );
  });

  it('splits a machine’s part over its threads and nobody else’s', () => {
    for (const machine of parts(3)) {
      const own = Array.from({ length: 60 }, (_, block) => block).filter(
        (block) => block % 3 === machine.index,
      );
      const ofThreads = parts(2).flatMap((thread) => {
        const { index, count } = splitWithin(machine, thread);
        return Array.from({ length: 60 }, (_, block) => block).filter((block) => block % count === index);
      });
      expect(ofThreads.sort((a, b) => a - b)).toEqual(own);
    }
  });

  it('shares out a number so that the shares add up, and nobody has nothing', () => {
    for (const [total, count] of [
      [16, 1],
      [16, 3],
      [5, 5],
      [17, 4],
    ]) {
      const shares = parts(count).map((split) => shareOf(total, split));
      expect(shares.reduce((sum, share) => sum + share, 0)).toBe(total);
      expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
    }
    expect(shareOf(1, { index: 3, count: 4 })).toBe(1);
  });
});

describe('a scenario on its way to another thread', () => {
  it('arrives with its tables, and is the same offer', () => {
    const table = new WeightedNames();
    const names = Buffer.from('alpha beta gamma');
    table.add(names, 0, 5, 3);
    table.add(names, 6, 10, 1);
    table.add(names, 11, 16, 6);
    const lines = new LineTable(Buffer.from('one\ntwo words\nthree'));
    const scenario = scenarioOf([
      sourceAt(500, 1, { keys: { kind: 'file', table }, size: { kind: 'lines', lines } }),
      sourceAt(300, 1, { keys: { kind: 'file', table } }),
      sourceAt(100, 1, {
        keys: { kind: 'hashKeys', hashKeys: [1n, 2n ** 127n], keyBytes: [3, 4], weights: [1, 2] },
      }),
      sourceAt(100, 1, { keys: uniformKeys(7) }),
    ]);
    const there = unpackScenario(structuredClone(packScenario(scenario)));
    expect(taken(there, WHOLE)).toEqual(taken(scenario, WHOLE));
    const [first, second] = there.traffic.map(({ keys }) => keys);
    // One table: the same name is one key.
    expect(first.kind === 'file' && second.kind === 'file' && first.table === second.table).toBe(true);
  });
});
