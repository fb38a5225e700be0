/** Lineage of random streams against hash keys followed one by one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HASH_SPACE } from '../../../src/model/hash-key.ts';
import { contains, widthOf, type HashRange } from '../../../src/model/hash-range.ts';
import { ancestorsOf, type LineageShard } from '../../../src/results/evidence/shard-lineage.ts';

/** The key space in 64 cells, so that every cut falls on the edge of one. */
const CELLS = 64n;
const CELL = HASH_SPACE / CELLS;
const rangeOf = (from: bigint, to: bigint): HashRange => ({ start: from * CELL, end: to * CELL - 1n });

/** A stream that was split and merged as told, and its shards of now. */
function grown(steps: readonly { readonly split: boolean; readonly at: number; readonly cut: number }[]) {
  const all: LineageShard[] = [];
  const add = (range: HashRange, parents: readonly string[]): LineageShard => {
    const shard = { shardId: `s${all.length}`, range, parents };
    all.push(shard);
    return shard;
  };
  let open = [add(rangeOf(0n, 32n), []), add(rangeOf(32n, 64n), [])];
  for (const { split, at, cut } of steps) {
    const i = at % open.length;
    const { shardId, range } = open[i];
    if (split) {
      const cells = widthOf(range) / CELL;
      if (cells < 2n) continue;
      const middle = range.start / CELL + 1n + (BigInt(cut) % (cells - 1n));
      const children = [
        add({ start: range.start, end: middle * CELL - 1n }, [shardId]),
        add({ start: middle * CELL, end: range.end }, [shardId]),
      ];
      open = [...open.slice(0, i), ...children, ...open.slice(i + 1)];
    } else if (i + 1 < open.length) {
      const child = add({ start: range.start, end: open[i + 1].range.end }, [shardId, open[i + 1].shardId]);
      open = [...open.slice(0, i), child, ...open.slice(i + 2)];
    }
  }
  return { all, open };
}

describe('the ancestors of a shard', () => {
  const step = fc.record({ split: fc.boolean(), at: fc.nat(20), cut: fc.nat(63) });

  it('are those whose cells it has, each with the part of its cells', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 15 }), (steps) => {
        const { all, open } = grown(steps);
        const byId = new Map(all.map((shard) => [shard.shardId, shard]));
        const cellsIn = (range: HashRange): bigint[] =>
          Array.from({ length: 64 }, (_, cell) => BigInt(cell) * CELL).filter((key) => contains(range, key));
        for (const shard of open) {
          const shares = new Map(ancestorsOf(shard, byId).map(({ shardId, share }) => [shardId, share]));
          for (const other of all) {
            const cells = cellsIn(other.range);
            const shared = cells.filter((key) => contains(shard.range, key)).length;
            const isClosed = !open.includes(other);
            const want = isClosed && shared > 0 ? shared / cells.length : undefined;
            if (want === undefined) expect(shares.has(other.shardId)).toBe(false);
            else expect(shares.get(other.shardId)).toBeCloseTo(want, 12);
          }
        }
      }),
    );
  });

  it('that are forgotten are left out, and nothing goes on behind them', () => {
    const { all, open } = grown([
      { split: true, at: 0, cut: 15 },
      { split: true, at: 0, cut: 7 },
    ]);
    const known = new Map(all.slice(1).map((shard) => [shard.shardId, shard]));
    expect(ancestorsOf(open[0], known)).toEqual([{ shardId: 's2', share: 0.5 }]);
  });
});
