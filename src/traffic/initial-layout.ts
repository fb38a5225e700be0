/**
 * The shards that a scenario's stream has at the start: equal ranges of hash keys, or those that it names.
 */
import { formatHashKey, MAX_HASH_KEY, parseHashKey } from '../model/hash-key.ts';
import { uniformRanges, type HashRange } from '../model/hash-range.ts';
import { createShardMap, shardMapOf, type ShardMap } from '../model/shard-map.ts';
import { describeValue, type Path } from './scenario-complaint.ts';
import type { StreamSpec } from './scenario.ts';

type Add = (path: Path, what: string, fix: string) => void;

/** Of a stream before anything has happened to it. */
export function initialMapOf({ shards, ranges }: Pick<StreamSpec, 'shards' | 'ranges'>): ShardMap {
  return ranges === undefined ? createShardMap(shards) : shardMapOf(ranges);
}

/** Its ranges, in order of hash key. */
export function initialRangesOf({
  shards,
  ranges,
}: Pick<StreamSpec, 'shards' | 'ranges'>): readonly HashRange[] {
  return ranges ?? uniformRanges(shards);
}

/** The ranges that begin at these hash keys, the first at 0, and tile the key space. */
export function rangesFrom(starts: readonly bigint[]): HashRange[] {
  return starts.map((start, i) => ({
    start,
    end: i + 1 < starts.length ? starts[i + 1] - 1n : MAX_HASH_KEY,
  }));
}

/** Undefined where a user names none. Texts that are no hash keys count as 0 until they are complained about. */
export function rangesOf(starts: readonly string[] | undefined): HashRange[] | undefined {
  return starts === undefined ? undefined : rangesFrom(starts.map((text) => parseHashKey(text) ?? 0n));
}

/** @param shards how many the scenario says are open at the start */
export function checkStarts(starts: readonly string[] | undefined, shards: number, add: Add): void {
  if (starts === undefined) return;
  const path: Path = ['stream', 'startingHashKeys'];
  if (starts.length !== shards) {
    add(
      path,
      `${starts.length} ${starts.length === 1 ? 'range begins' : 'ranges begin'} here, and the stream has ${shards} shards.`,
      'Write as many as shards: where each range of hash keys begins.',
    );
    return;
  }
  let below = -1n;
  for (const [i, text] of starts.entries()) {
    const start = parseHashKey(text);
    if (start === undefined) {
      add(
        [...path, i],
        `${describeValue(text)} is no hash key.`,
        'Write a whole decimal number from 0 to 2^128 - 1, in quotes.',
      );
      return;
    }
    if (i === 0 && start !== 0n) {
      add([...path, i], `the lowest range begins at ${text}, and hash keys at 0.`, 'Write "0" first.');
      return;
    }
    if (start <= below) {
      add(
        [...path, i],
        `${text} is not above the one before it, ${formatHashKey(below)}.`,
        'Write them in ascending order, each once.',
      );
      return;
    }
    below = start;
  }
}
