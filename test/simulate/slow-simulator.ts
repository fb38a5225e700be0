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

export interface SlowWorld {
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
  /** `source:k`, and whether it was accepted. */
  readonly records: readonly { readonly id: string; readonly accepted: boolean }[];
}

interface Held {
  readonly record: DueRecord;
  sinceUs: number;
  attempts: number;
}

const MIB = 1_048_576;

/** Plays the records, in order of their due times, and returns every call with its outcomes, and who was dropped. */
export function playSlowly(
  records: readonly DueRecord[],
  world: SlowWorld,
): { calls: SlowCall[]; dropped: string[] } {
  const { producer, serviceUs } = world;
  const buckets = slowBuckets(world);
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
      const accepted = buckets(
        nowUs,
        taken.map((held) => held.record),
      );
      away.push({ replyUs: nowUs + serviceUs, held: taken, accepted });
      calls.push({
        sentUs: nowUs,
        records: taken.map((held, i) => ({ id: idOf(held), accepted: accepted[i] })),
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
    const eventUs = Math.min(replyUs, ...wakes);
    const dueUs = incoming.at(0)?.dueUs ?? (flushed ? Infinity : world.endUs);
    if (eventUs === Infinity && dueUs === Infinity) break;
    // What happens at the microsecond of a record's due time happens before it enters.
    if (eventUs <= dueUs) {
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

/** Both buckets of every shard in millionths of a token, as BigInt; refilled before each call. */
function slowBuckets(world: SlowWorld): (nowUs: number, records: readonly DueRecord[]) => boolean[] {
  const burst = BigInt(Math.max(MIB, Math.ceil(world.maxRecordBytes / 1024) * 1024));
  const fillOf = (tokens: bigint): bigint =>
    BigInt(Math.floor(Number(tokens) * world.initialFill)) * 1_000_000n;
  const shards = Array.from({ length: world.shards }, () => ({
    records: fillOf(1000n),
    bytes: fillOf(burst),
    seenUs: 0n,
  }));
  const lesser = (a: bigint, b: bigint): bigint => (a < b ? a : b);
  return (nowUs, records) => {
    const onShard = new Map<number, bigint>();
    for (const shard of shards) {
      const elapsed = BigInt(nowUs) - shard.seenUs;
      shard.records = lesser(1_000_000_000n, shard.records + elapsed * 1000n);
      shard.bytes = lesser(burst * 1_000_000n, shard.bytes + elapsed * 1_048_576n);
      shard.seenUs = BigInt(nowUs);
    }
    return records.map((record) => {
      const index = slowShardOf(record.key, world.shards);
      const before = onShard.get(index) ?? 0n;
      const kib = (bytes: bigint): bigint => ((bytes + 1023n) / 1024n) * 1024n;
      const cost = (kib(before + BigInt(weightOf(record))) - kib(before)) * 1_000_000n;
      const shard = shards[index];
      if (shard.records < 1_000_000n || shard.bytes < cost) return false;
      shard.records -= 1_000_000n;
      shard.bytes -= cost;
      onShard.set(index, before + BigInt(weightOf(record)));
      return true;
    });
  };
}

/** Shard i of n starts at floor(2^128 i / n). */
function slowShardOf(key: string, shards: number): number {
  const hash = BigInt(`0x${createHash('md5').update(key).digest('hex')}`);
  const width = 1n << 128n;
  let index = 0;
  while (index + 1 < shards && (width * BigInt(index + 1)) / BigInt(shards) <= hash) index++;
  return index;
}
