/**
 * Hash keys to shards on hot paths: the open shards' ends as columns of words, with a table over the first
 * twelve bits that leaves few of them to compare.
 */
import { toWords } from './hash-key.ts';
import { untouchedEnds, type ShardMap } from './shard-map.ts';

const PREFIX_BITS = 12;
const PREFIXES = 1 << PREFIX_BITS;
/** Of a hash key. */
const WORDS = 4;

export interface RoutingTable {
  /** Ends of the open shards, four words each, in ascending order. */
  readonly ends: Uint32Array;
  /** For each prefix, the first open shard that may hold a key with it. */
  readonly first: Uint32Array;
}

/** Columns of a shard map's open shards; positions are those in `map.open`. */
export function routingTableOf(map: ShardMap): RoutingTable {
  const ends = new Uint32Array(map.open.length * WORDS);
  writeEnds(map, ends, 0, map.open.length);
  return { ends, first: firstOf(ends) };
}

/** The same of a layout that came from another one: what few shards have changed costs little. */
export function reroutedTable(table: RoutingTable, before: ShardMap, map: ShardMap): RoutingTable {
  const { low, high } = untouchedEnds(before.open, map.open);
  const ends = new Uint32Array(map.open.length * WORDS);
  ends.set(table.ends.subarray(0, low * WORDS));
  writeEnds(map, ends, low, map.open.length - high);
  ends.set(table.ends.subarray((before.open.length - high) * WORDS), (map.open.length - high) * WORDS);
  return { ends, first: firstOf(ends) };
}

/** Of the open shards `from` … `to - 1`. */
function writeEnds({ open }: ShardMap, ends: Uint32Array, from: number, to: number): void {
  for (let i = from; i < to; i++) toWords(open[i].range.end, ends, i * WORDS);
}

function firstOf(ends: Uint32Array): Uint32Array {
  const first = new Uint32Array(PREFIXES);
  let shard = 0;
  for (let prefix = 0; prefix < PREFIXES; prefix++) {
    while (ends[shard * WORDS] >>> (32 - PREFIX_BITS) < prefix) shard++;
    first[prefix] = shard;
  }
  return first;
}

/** Position in `map.open` of the shard that holds the hash key in `words[offset … offset + 3]`. */
export function routeWords(table: RoutingTable, words: Uint32Array, offset = 0): number {
  const { ends } = table;
  let shard = table.first[words[offset] >>> (32 - PREFIX_BITS)];
  while (isAfter(words, offset, ends, shard * 4)) shard++;
  return shard;
}

function isAfter(a: Uint32Array, i: number, b: Uint32Array, j: number): boolean {
  if (a[i] !== b[j]) return a[i] > b[j];
  if (a[i + 1] !== b[j + 1]) return a[i + 1] > b[j + 1];
  if (a[i + 2] !== b[j + 2]) return a[i + 2] > b[j + 2];
  return a[i + 3] > b[j + 3];
}
