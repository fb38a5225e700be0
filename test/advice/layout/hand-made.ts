/** Cells and keys for tests of layouts, and the slow and plain ways to the same answers. */
import type { Cells, SegmentLimit } from '../../../src/advice/layout/cells.ts';
import type { OrderedKeys } from '../../../src/advice/layout/key-cells.ts';
import { positionOfHashKey } from '../../../src/model/hash-key.ts';

/** One cell per load, at equal distances. @param rows loads[cell][row]: records; bytes are given or twice that */
export function cellsWith(
  loads: readonly (readonly number[])[],
  old: readonly number[] = [],
  bytes: readonly (readonly number[])[] = loads,
): Cells {
  return {
    count: loads.length,
    rows: loads[0].length,
    records: Float64Array.from(loads.flat()),
    bytes: Float64Array.from(bytes.flat()),
    isOld: Uint8Array.from(loads, (_, cell) => Number(cell === 0 || old.includes(cell))),
    startAt: (cell) => (2n ** 128n / BigInt(loads.length)) * BigInt(cell),
  };
}

/** Keys at given hash keys, one row. */
export function keysAt(hashKeys: readonly bigint[], records: readonly number[]): OrderedKeys {
  return {
    count: hashKeys.length,
    rows: 1,
    positions: Float64Array.from(hashKeys, positionOfHashKey),
    hashKeyAt: (i) => hashKeys[i],
    records: Float64Array.from(records),
    bytes: Float64Array.from(records),
  };
}

/** Every layout of so few cells. */
export function* everyLayout(count: number): Generator<number[]> {
  for (let mask = 0; mask < 2 ** (count - 1); mask++) {
    const layout = [0];
    for (let cell = 1; cell < count; cell++) if ((mask >> (cell - 1)) & 1) layout.push(cell);
    yield layout;
  }
}

/** By definition: each shard's rows above the limit, one by one. */
export function fitsPlainly(cells: Cells, layout: readonly number[], limit: SegmentLimit): boolean {
  return layout.every((first, shard) => {
    const end = layout[shard + 1] ?? cells.count;
    let above = 0;
    for (let row = 0; row < cells.rows; row++) {
      let [records, bytes] = [0, 0];
      for (let cell = first; cell < end; cell++) {
        records += cells.records[cell * cells.rows + row];
        bytes += cells.bytes[cell * cells.rows + row];
      }
      if (records > limit.records || bytes > limit.bytes) above++;
    }
    return above <= (limit.exceptRows ?? 0);
  });
}

export function stepsBetween(cells: Cells, layout: readonly number[]): { splits: number; merges: number } {
  let [splits, merges] = [0, 0];
  for (let cell = 1; cell < cells.count; cell++) {
    const isNew = layout.includes(cell);
    if (isNew && cells.isOld[cell] === 0) splits++;
    if (!isNew && cells.isOld[cell] === 1) merges++;
  }
  return { splits, merges };
}
