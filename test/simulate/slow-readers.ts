/**
 * A second simulator of consumers, slow and plain: every record an object, every event found by looking at all of them.
 * It shares no code with the first but the draws that spread polls.
 */
import type { Reading } from '../../src/simulate/shard-reads.ts';
import type { Scenario } from '../../src/traffic/scenario.ts';
import { Draws, PURPOSE } from '../../src/traffic/threefry.ts';

export interface Put {
  readonly shard: number;
  readonly bytes: number;
  readonly atUs: number;
}

export interface SlowResult {
  readonly readings: Reading[];
  /** By consumer. */
  readonly throttled: number[];
  readonly empty: number[];
  readonly lost: number[];
  readonly unread: number[];
}

interface Loop {
  readonly consumer: number;
  readonly shard: number;
  at: number;
  order: number;
  position: number;
  starts: number;
  waits: number;
  /** When each of its parallel batches is done. */
  readonly busy: number[];
  fanOut: number;
  fanOutSeen: number;
}

const MIB = 1024 * 1024;
const HOUR = 3_600_000_000;

export function readSlowly(scenario: Scenario, puts: readonly Put[], serviceUs: number): SlowResult {
  const { consumers, warmupUs, durationUs, stream, seed } = scenario;
  const endUs = warmupUs + durationUs;
  const zeros = (): number[] => consumers.map(() => 0);
  const result: SlowResult = {
    readings: [],
    throttled: zeros(),
    empty: zeros(),
    lost: zeros(),
    unread: zeros(),
  };
  const logs = Array.from({ length: stream.shards }, (_, shard) => puts.filter((put) => put.shard === shard));
  const draws = consumers.map((_, i) => new Draws(seed, PURPOSE.poll, i));
  const waitDraws = consumers.map((_, i) => new Draws(seed, PURPOSE.wait, i));
  /** Up to 2 % late. */
  const waitOf = (loop: Loop, meantUs: number): number => {
    const part = waitDraws[loop.consumer].uniform(loop.shard * 2 ** 32 + loop.waits++);
    return meantUs + Math.floor(meantUs * 0.02 * part);
  };
  // Of each shard: levels in millionths, and when it was last looked at.
  const limits = logs.map(() => ({ calls: 5e6, bytes: 10 * MIB * 1e6, seen: 0, shut: 0 }));
  let order = 0;
  const offset = (loop: Loop): number => {
    const { everyUs, idleUs } = consumers[loop.consumer];
    return Math.floor(draws[loop.consumer].uniform(loop.shard, loop.starts++) * (everyUs || idleUs));
  };
  const loops: Loop[] = [];
  consumers.forEach((spec, consumer) => {
    logs.forEach((log, shard) => {
      const joinUs = spec.joins ? warmupUs + spec.joins.atUs : 0;
      const kept = log.findIndex((put) => put.atUs >= joinUs - stream.retentionHours * HOUR);
      const before = log.filter((put) => put.atUs <= joinUs).length;
      const loop: Loop = {
        ...{ consumer, shard, at: joinUs, order: 0, starts: 0, waits: 0, fanOutSeen: 0 },
        position: spec.joins?.from === 'latest' ? before : spec.joins ? Math.max(0, kept) : 0,
        busy: Array.from({ length: spec.parallel }, () => 0),
        fanOut: Math.max(2 * MIB, stream.maxRecordBytes) * 1e6,
      };
      if (spec.kind === 'polling') loop.at += offset(loop);
      loops.push(loop);
    });
  });
  loops.sort((a, b) => a.shard - b.shard);

  const outUntil = ({ consumer }: Loop, now: number): number =>
    Math.max(
      0,
      ...consumers[consumer].outages
        .filter(({ atUs, forUs }) => warmupUs + atUs <= now && now < warmupUs + atUs + forUs)
        .map(({ atUs, forUs }) => warmupUs + atUs + forUs),
    );
  const expire = (loop: Loop, now: number): void => {
    while (loop.position < logs[loop.shard].length) {
      if (logs[loop.shard][loop.position].atUs >= now - stream.retentionHours * HOUR) break;
      loop.position++;
      if (now >= warmupUs) result.lost[loop.consumer]++;
    }
  };
  const process = (loop: Loop, count: number, arrived: number): void => {
    const { batch, perBatchUs, perRecordUs } = consumers[loop.consumer];
    for (let left = count; left > 0; left -= batch) {
      const slot = loop.busy.indexOf(Math.min(...loop.busy));
      const size = Math.min(batch, left);
      loop.busy[slot] = Math.max(arrived, loop.busy[slot]) + perBatchUs + size * perRecordUs;
    }
  };
  const take = (loop: Loop, now: number, limit: number, room: number, untilUs: number) => {
    const log = logs[loop.shard];
    let [count, bytes, isCut] = [0, 0, false];
    while (count < limit && loop.position + count < log.length) {
      const put = log[loop.position + count];
      if (put.atUs > now || put.atUs > untilUs) break;
      isCut = bytes + put.bytes > room;
      if (isCut) break;
      bytes += put.bytes;
      count++;
    }
    return { count, bytes, isCut };
  };
  const record = (loop: Loop, count: number, now: number): void => {
    const { consumer, shard, position } = loop;
    result.readings.push({ consumer, shard, from: position, count, nowUs: now });
    loop.position += count;
  };

  const poll = (loop: Loop, now: number): number => {
    const spec = consumers[loop.consumer];
    const limit = limits[loop.shard];
    limit.calls = Math.min(5e6, limit.calls + 5 * (now - limit.seen));
    limit.bytes = Math.min(10 * MIB * 1e6, limit.bytes + 2 * MIB * (now - limit.seen));
    limit.seen = now;
    const refused = (): number => {
      if (now >= warmupUs) result.throttled[loop.consumer]++;
      return Math.max(now + waitOf(loop, spec.throttledUs), now + serviceUs);
    };
    if (now < limit.shut || limit.calls < 1e6) return refused();
    const room = Math.min(10 * MIB, Math.floor(limit.bytes / 1e6));
    const { count, bytes, isCut } = take(loop, now, spec.limit, room, Infinity);
    if (bytes >= 10 * MIB || (isCut && room === 10 * MIB)) limit.shut = now + 5_000_000;
    else if (isCut) limit.shut = now + 1_000_000;
    if (isCut && count === 0) return refused();
    limit.calls -= 1e6;
    limit.bytes -= bytes * 1e6;
    if (count === 0) {
      if (now >= warmupUs) result.empty[loop.consumer]++;
      return Math.max(now + waitOf(loop, spec.idleUs), now + serviceUs);
    }
    record(loop, count, now);
    process(loop, count, now + serviceUs);
    return Math.max(now + waitOf(loop, spec.everyUs), now + serviceUs, Math.min(...loop.busy));
  };

  /** A microsecond later than needed never matters here: pushes are looked for at every one that can. */
  const push = (loop: Loop, now: number): number => {
    const spec = consumers[loop.consumer];
    const log = logs[loop.shard];
    const full = Math.max(2 * MIB, stream.maxRecordBytes) * 1e6;
    loop.fanOut = Math.min(full, loop.fanOut + 2 * MIB * (now - loop.fanOutSeen));
    loop.fanOutSeen = now;
    const { count, bytes } = take(loop, now, spec.limit, Math.floor(loop.fanOut / 1e6), now - 70_000);
    loop.fanOut -= bytes * 1e6;
    if (count > 0) {
      record(loop, count, now);
      process(loop, count, now);
    }
    if (loop.position === log.length) return Infinity;
    const next = log[loop.position];
    const roomAt = now + Math.max(0, Math.ceil((next.bytes * 1e6 - loop.fanOut) / (2 * MIB)));
    const busy = Math.min(...loop.busy);
    const old = next.atUs + 70_000;
    // Room is looked at only once something is old enough to be pushed.
    return old > now ? Math.max(old, busy) : Math.max(roomAt, busy, now);
  };

  for (;;) {
    const loop = loops.reduce((first, each) =>
      each.at < first.at || (each.at === first.at && each.order < first.order) ? each : first,
    );
    const now = loop.at;
    if (now >= endUs) break;
    loop.order = ++order;
    const backUs = outUntil(loop, now);
    const isPolling = consumers[loop.consumer].kind === 'polling';
    if (backUs > 0) {
      loop.at = backUs + (isPolling ? offset(loop) : 0);
      continue;
    }
    expire(loop, now);
    loop.at = isPolling ? poll(loop, now) : push(loop, now);
  }
  for (const loop of loops) {
    expire(loop, endUs);
    result.unread[loop.consumer] += logs[loop.shard].length - loop.position;
  }
  return result;
}
