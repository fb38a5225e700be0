/**
 * A column of numbers, one per shard, that becomes longer when shards are born.
 */

type Column = Float64Array | Uint32Array | Uint8Array;

/** The same numbers in a column of at least so many; the new ones are 0. */
export function lengthened<C extends Column>(column: C, count: number): C {
  if (count <= column.length) return column;
  const longer = new (column.constructor as new (length: number) => C)(count);
  longer.set(column);
  return longer;
}

/**
 * The same numbers in a column of at least so many, and longer than that where it has to grow: not every shard that is
 * born has it copied. For columns whose length nobody asks for.
 */
export function roomier<C extends Column>(column: C, count: number): C {
  return count <= column.length ? column : lengthened(column, count + (count >>> 3));
}
