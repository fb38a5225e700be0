/**
 * A column of numbers, one per shard, that becomes longer when shards are born.
 */

/** The same numbers in a column of at least so many; the new ones are 0. */
export function lengthened(column: Float64Array, count: number): Float64Array {
  if (count <= column.length) return column;
  const longer = new Float64Array(count);
  longer.set(column);
  return longer;
}
