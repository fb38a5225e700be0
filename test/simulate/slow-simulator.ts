/**
 * A second simulator, slow and plain, written from the interface and not from src/simulate: objects, arrays and
 * BigInt, one event at a time. It takes the records that fall due and the draws of the jitter, and nothing else of ours.
 */
import { createHash } from 'node:crypto';

export interface DueRecord {
  readonly dueUs: number;
  readonly source: number;
  readonly k: number;
  readonly key: string;
  readonly dataBytes: number;
}

export interface SlowProducer {
  readonly batch: number;
  readonly lingerUs: number;
  readonly inFlight: number;
  /** Tries in all; 1 is no retry. */
  readonly maxAttempts: number;
  readonly baseUs: number;
  readonly maxUs: number;
}

/** What happens to the stream at a time on the same clock as the records; shards by their numbers. */
export type SlowEvent = { readonly atUs: number } & (
  | { readonly kind: 'split'; readonly shard: number | 'hottest' }
  | { readonly kind: 'merge'; readonly shards: readonly [number, number] | 'coldest' }
  | { readonly kind: 'outage'; readonly durationUs: number }
);

export interface SlowWorld {
  readonly events?: readonly SlowEvent[];
  readonly shards: number;
  readonly maxRecordBytes: number;
  readonly initialFill: number;
  readonly serviceUs: number;
  /** End of the offer, at which waiting records no longer linger. */
  readonly endUs: number;
  readonly producer: SlowProducer;
  readonly jitter: (source: number, k: number, attempt: number) => number;
}

export interface SlowCall {
  readonly sentUs: number;
  /** `source:k`, whether it was accepted, and the number of its shard. */
  readonly records: readonly { readonly id: string; readonly accepted: boolean; readonly shard: number }[];
}

interface Held {
  readonly record: DueRecord;
  sinceUs: number;
  attempts: number;
}

const MIB = 1_048_576;
const SPACE = 1n << 128n;

/** Plays the records, in order of their due times, and returns every call with its outcomes, and who was dropped. */
export function playSlowly(
  records: readonly DueRecord[],
  world: SlowWorld,
): { calls: SlowCall[]; dropped: string[] } {
  const { producer, serviceUs } = world;
  const stream = slowStream(world, records);
  const events = [...(world.events ?? [])];
  const calls: SlowCall[] = [];
  const dropped: string[] = [];
  const incoming = [...records];
  let fresh: Held[] = [];
  let again: Held[] = [];
  let away: { replyUs: number; held: Held[]; accepted: boolean[] }[] = [];
  let waits: { releaseUs: number; held: Held }[] = [];
  let flushed = false;

  const bytesOf = (held: Held): number => weightOf(held.record);
  const sum = (all: readonly Held[]): number => all.reduce((total, held) => total + bytesOf(held), 0);

  function sendAll(nowUs: number): void {
    for (;;) {
      waits
        .filter((wait) => wait.releaseUs <= nowUs)
        .sort((a, b) => a.releaseUs - b.releaseUs)
        .forEach(({ held }) => again.push(Object.assign(held, { sinceUs: nowUs })));
      waits = waits.filter((wait) => wait.releaseUs > nowUs);
      dropped.push(...fresh.filter((held) => nowUs - held.sinceUs > 10_000_000).map(idOf));
      fresh = fresh.filter((held) => nowUs - held.sinceUs <= 10_000_000);
      const line = [...again, ...fresh];
      if (line.length === 0 || away.length >= producer.inFlight) return;
      const isFull = line.length >= producer.batch || sum(line) >= 10 * MIB;
      const lingered = [again.at(0), fresh.at(0)].some(
        (held) => held !== undefined && nowUs >= held.sinceUs + producer.lingerUs,
      );
      if (!isFull && !lingered && !flushed) return;
      const taken: Held[] = [];
      for (const held of line.slice(0, producer.batch)) {
        if (sum(taken) + bytesOf(held) > 10 * MIB) break;
        taken.push(held);
      }
      again = again.filter((held) => !taken.includes(held));
      fresh = fresh.filter((held) => !taken.includes(held));
      const asked = taken.map((held) => held.record);
      const accepted = stream.put(nowUs, asked);
      away.push({ replyUs: nowUs + serviceUs, held: taken, accepted });
      calls.push({
        sentUs: nowUs,
        records: taken.map((held, i) => ({
          id: idOf(held),
          accepted: accepted[i],
          shard: stream.numberOf(held.record.key),
        })),
      });
    }
  }

  function reply(nowUs: number): void {
    const [first, ...rest] = away;
    away = rest;
    first.held.forEach((held, i) => {
      held.attempts++;
      if (first.accepted[i] || held.attempts >= producer.maxAttempts) return;
      const longest = Math.min(producer.maxUs, producer.baseUs * 2 ** (held.attempts - 1));
      const u = world.jitter(held.record.source, held.record.k, held.attempts);
      waits.push({ releaseUs: nowUs + Math.floor(u * longest), held });
    });
  }

  for (;;) {
    const replyUs = away.at(0)?.replyUs ?? Infinity;
    const wakes = [
      ...waits.map((wait) => wait.releaseUs),
      ...fresh.slice(0, 1).map((held) => held.sinceUs + 10_000_001),
      ...(away.length < producer.inFlight
        ? [...again.slice(0, 1), ...fresh.slice(0, 1)].map((held) => held.sinceUs + producer.lingerUs)
        : []),
    ];
    const happenUs = events.at(0)?.atUs ?? Infinity;
    const eventUs = Math.min(replyUs, happenUs, ...wakes);
    const dueUs = incoming.at(0)?.dueUs ?? (flushed ? Infinity : world.endUs);
    if (eventUs === Infinity && dueUs === Infinity) break;
    // What happens at the microsecond of a record's due time happens before it enters.
    if (eventUs <= dueUs) {
      while (events.length > 0 && events[0].atUs <= eventUs) {
        const [event] = events.splice(0, 1);
        stream.happen(event);
      }
      if (replyUs === eventUs) reply(eventUs);
      sendAll(eventUs);
      continue;
    }
    const record = incoming.shift();
    if (record === undefined) flushed = true;
    else {
      const held = { record, sinceUs: dueUs, attempts: 0 };
      const waiting = sum([...fresh, ...again, ...waits.map((wait) => wait.held), held]);
      if (waiting > 64 * MIB) dropped.push(idOf(held));
      else fresh.push(held);
    }
    sendAll(dueUs);
  }
  return { calls, dropped };
}

function idOf({ record }: Held): string {
  return `${record.source}:${record.k}`;
}

function weightOf(record: DueRecord): number {
  return record.dataBytes + Buffer.byteLength(record.key);
}

interface SlowShard {
  readonly number: number;
  readonly start: bigint;
  readonly end: bigint;
  records: bigint;
  bytes: bigint;
}

interface SlowStream {
  put(nowUs: number, records: readonly DueRecord[]): boolean[];
  numberOf(key: string): number;
  happen(event: SlowEvent): void;
}

/** Both buckets of every open shard in millionths of a token, as BigInt; all are refilled before anything happens. */
function slowStream(world: SlowWorld, due: readonly DueRecord[]): SlowStream {
  const burst = BigInt(Math.max(MIB, Math.ceil(world.maxRecordBytes / 1024) * 1024));
  const fillOf = (tokens: bigint): bigint =>
    BigInt(Math.floor(Number(tokens) * world.initialFill)) * 1_000_000n;
  const starts = Array.from({ length: world.shards }, (_, i) => (SPACE / BigInt(world.shards)) * BigInt(i));
  // In order of hash key.
  let shards: SlowShard[] = starts.map((start, i) => ({
    number: i,
    start,
    end: (starts.at(i + 1) ?? SPACE) - 1n,
    records: fillOf(1000n),
    bytes: fillOf(burst),
  }));
  let born = world.shards;
  let seenUs = 0;
  let changedUs = 0;
  let failsUntilUs = -1;
  const lesser = (a: bigint, b: bigint): bigint => (a < b ? a : b);
  const shardOf = (key: string): SlowShard => {
    const hash = BigInt(`0x${createHash('md5').update(key).digest('hex')}`);
    const shard = shards.find(({ start, end }) => start <= hash && hash <= end);
    if (shard === undefined) throw new Error('a gap among the shards');
    return shard;
  };
  const refill = (nowUs: number): void => {
    const elapsed = BigInt(nowUs - seenUs);
    for (const shard of shards) {
      shard.records = lesser(1_000_000_000n, shard.records + elapsed * 1000n);
      shard.bytes = lesser(burst * 1_000_000n, shard.bytes + elapsed * 1_048_576n);
    }
    seenUs = nowUs;
  };
  /** Load of shards together over a shard's limits, in the ten seconds before, or since the last change. */
  const loadOf = (atUs: number, asked: readonly SlowShard[]): number => {
    const recent = due.filter(
      ({ dueUs, key }) =>
        dueUs < atUs && dueUs >= atUs - 10_000_000 && dueUs >= changedUs && asked.includes(shardOf(key)),
    );
    const bytes = recent.reduce((sum, record) => sum + weightOf(record), 0);
    return Math.max(recent.length / 1000, bytes / MIB);
  };
  const most = <T>(all: readonly T[], valueOf: (one: T) => number): T =>
    all.reduce((best, one) => (valueOf(one) > valueOf(best) ? one : best));

  return {
    numberOf: (key) => shardOf(key).number,
    happen: (event) => {
      refill(event.atUs);
      if (event.kind === 'outage') {
        failsUntilUs = Math.max(failsUntilUs, event.atUs + event.durationUs);
        return;
      }
      if (event.kind === 'split') {
        const parent =
          event.shard === 'hottest'
            ? most(shards, (shard) => loadOf(event.atUs, [shard]))
            : most(shards, ({ number }) => (number === event.shard ? 1 : 0));
        const middle = (parent.start + parent.end) / 2n;
        const low = { ...parent, number: born++, end: middle - 1n };
        const high = { ...parent, number: born++, start: middle };
        shards = shards.flatMap((shard) => (shard === parent ? [low, high] : [shard]));
      } else {
        const pairs = shards.slice(1).map((shard, i) => [shards[i], shard] as const);
        const [low, high] =
          event.shards === 'coldest'
            ? most(pairs, (pair) => -loadOf(event.atUs, pair))
            : most(
                pairs,
                (pair) => pair.filter(({ number }) => event.shards.includes(number as never)).length,
              );
        const child = {
          number: born++,
          start: low.start,
          end: high.end,
          records: lesser(low.records, high.records),
          bytes: lesser(low.bytes, high.bytes),
        };
        shards = shards.filter((shard) => shard !== high).map((shard) => (shard === low ? child : shard));
      }
      changedUs = event.atUs;
    },
    put: (nowUs, records) => {
      if (nowUs < failsUntilUs) return records.map(() => false);
      const onShard = new Map<number, bigint>();
      refill(nowUs);
      return records.map((record) => {
        const shard = shardOf(record.key);
        const before = onShard.get(shard.number) ?? 0n;
        const kib = (bytes: bigint): bigint => ((bytes + 1023n) / 1024n) * 1024n;
        const cost = (kib(before + BigInt(weightOf(record))) - kib(before)) * 1_000_000n;
        if (shard.records < 1_000_000n || shard.bytes < cost) return false;
        shard.records -= 1_000_000n;
        shard.bytes -= cost;
        onShard.set(shard.number, before + BigInt(weightOf(record)));
        return true;
      });
    },
  };
}
