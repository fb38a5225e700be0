/**
 * What was put on the wire and what became of it, warm-up included and Kinesis record by Kinesis record: what AWS's own
 * counters can be held against. The tally knows only the counted duration.
 */

/** Sums; those of several workers add up. */
export interface PutCounts {
  /** When the first request went out and the last reply came, microseconds since 1970; undefined where none did. */
  readonly firstUs: number | undefined;
  readonly lastUs: number | undefined;
  /** Kinesis records acknowledged, and their bytes of data and of partition keys. */
  readonly accepted: number;
  readonly dataBytes: number;
  readonly keyBytes: number;
  /** Kinesis records refused because a shard was full, retries counted again. */
  readonly throttled: number;
  /** Kinesis records whose reply never came: they may be stored. */
  readonly unknown: number;
  /** By number of the shard that they were sent to. */
  readonly shards: readonly ShardPutCounts[];
}

export interface ShardPutCounts {
  readonly accepted: number;
  /** Data and keys. */
  readonly bytes: number;
  readonly throttled: number;
  readonly unknown: number;
}

const NOTHING: ShardPutCounts = { accepted: 0, bytes: 0, throttled: 0, unknown: 0 };

/** What several workers have put together. */
export function mergedPutCounts(readings: readonly PutCounts[]): PutCounts {
  const sum = (of: (reading: PutCounts) => number): number =>
    readings.reduce((total, reading) => total + of(reading), 0);
  const times = (of: (reading: PutCounts) => number | undefined): number[] =>
    readings.flatMap((reading) => of(reading) ?? []);
  const firsts = times((reading) => reading.firstUs);
  const lasts = times((reading) => reading.lastUs);
  const shards = Math.max(0, ...readings.map((reading) => reading.shards.length));
  return {
    firstUs: firsts.length === 0 ? undefined : Math.min(...firsts),
    lastUs: lasts.length === 0 ? undefined : Math.max(...lasts),
    accepted: sum((reading) => reading.accepted),
    dataBytes: sum((reading) => reading.dataBytes),
    keyBytes: sum((reading) => reading.keyBytes),
    throttled: sum((reading) => reading.throttled),
    unknown: sum((reading) => reading.unknown),
    shards: Array.from({ length: shards }, (_, i) =>
      readings.map((reading) => reading.shards[i] ?? NOTHING).reduce(added),
    ),
  };
}

function added(a: ShardPutCounts, b: ShardPutCounts): ShardPutCounts {
  return {
    accepted: a.accepted + b.accepted,
    bytes: a.bytes + b.bytes,
    throttled: a.throttled + b.throttled,
    unknown: a.unknown + b.unknown,
  };
}
