import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { mergedReading } from '../../src/results/reading-merge.ts';
import type { SavedConsumer, SavedReading } from '../../src/results/reading-section.ts';
import { readingTrouble } from '../../src/results/reading-state.ts';
import { LatencyHistogram } from '../../src/results/latency.ts';
import { hashSequence } from '../../src/results/sequence-hash.ts';
import { SequenceLedger } from '../../src/results/sequence-ledger.ts';

const SEC = 1_000_000;
/** The last reply of all machines. */
const LAST_US = 1_000 * SEC;

interface Put {
  readonly shard: number;
  readonly dueSec: number;
  readonly sequence: number;
}

function ledgerOf(puts: readonly Put[]): SequenceLedger {
  const ledger = new SequenceLedger();
  const words = new Uint32Array(2);
  for (const { shard, dueSec, sequence } of puts) {
    hashSequence(String(sequence), words);
    ledger.add(shard, dueSec, words[0], words[1]);
  }
  return ledger;
}

function latencyOf(
  ms: readonly number[],
): Pick<SavedConsumer, 'endToEnd'> & { summary: SavedConsumer['row']['endToEndMs'] } {
  const histogram = new LatencyHistogram();
  for (const value of ms) histogram.record(value * 1000);
  return { endToEnd: histogram.exact, summary: histogram.summary() };
}

/** Of a machine that has read some shards to their tip. */
function consumer(
  seen: readonly Put[],
  shards: readonly number[],
  change: Partial<Omit<SavedConsumer, 'row'>> & {
    ms?: readonly number[];
    row?: Partial<SavedConsumer['row']>;
  } = {},
): SavedConsumer {
  const { ms = [], row = {}, ...rest } = change;
  const { endToEnd, summary } = latencyOf(ms);
  return {
    readsAll: true,
    ...{ shards: shards.length, agesMs: [1, 2], passed: [5, seen.length], seen: ledgerOf(seen).saved() },
    ...{ heldMs: [0, 0], heldAtEndMs: 0 },
    ...{ ended: [], drained: shards, tipUs: LAST_US + 5 * SEC, endToEnd },
    ...{ hurried: 0, duplicates: 0, withoutHeader: 0, others: 0 },
    ...rest,
    row: {
      ...{
        name: 'c',
        kind: 'polling',
        everyMs: 1000,
        idleMs: 1000,
        calls: 10,
        throttledCalls: 0,
        emptyCalls: 1,
      },
      ...{
        records: seen.length,
        bytes: 100,
        iteratorAgeMs: { max: 2, atEnd: 0 },
        drain: { state: 'keptUp', ms: null },
      },
      share: { callsPerSec: 1, callsLimitPerSec: 5, bytesPerSec: 10, bytesLimitPerSec: 2_097_152 },
      ...row,
      endToEndMs: summary,
    },
  };
}

function reading(told: readonly Put[], ...consumers: readonly SavedConsumer[]): SavedReading {
  const acknowledged = ledgerOf(told).saved();
  return { retentionHours: 24, warmupMs: 1000, acknowledged, told: [5, told.length], consumers };
}

const whole = { lastPutUs: LAST_US, isWhole: true };
/** Two machines put to two shards each; the first reads shard 0, the second shard 1. */
const PUTS: readonly Put[] = Array.from({ length: 40 }, (_, i) => ({
  ...{ shard: i % 2, dueSec: 1 + Math.floor(i / 10), sequence: 1000 + i },
}));
const byFirst = PUTS.filter((_, i) => i % 4 < 2);
const bySecond = PUTS.filter((_, i) => i % 4 >= 2);
const on = (shard: number, puts = PUTS): Put[] => puts.filter((put) => put.shard === shard);

describe('consumers of several machines', () => {
  it('have seen together what was acknowledged to all of them, though none of them has alone', () => {
    const { rows, losses } = mergedReading(
      [reading(byFirst, consumer(on(0), [0])), reading(bySecond, consumer(on(1), [1]))],
      whole,
    );
    expect(rows[0].delivery).toMatchObject({
      acknowledged: 40,
      seen: 40,
      lost: 0,
      unread: 0,
      unacknowledged: 0,
    });
    expect(losses).toEqual([]);
  });

  it('find a planted loss, on its shard and from its second on', () => {
    const found = on(1).filter(({ sequence }) => sequence !== 1013 && sequence !== 1021);
    const { rows, losses } = mergedReading(
      [reading(byFirst, consumer(on(0), [0])), reading(bySecond, consumer(found, [1]))],
      whole,
    );
    expect(rows[0].delivery).toMatchObject({ acknowledged: 40, seen: 38, lost: 2, isAtLeast: true });
    expect(rows[0]).toMatchObject({ lostRecords: 2, endToEndWithout: 2 });
    // 1013 is the fourteenth: due in second 2, of which the warm-up takes one.
    expect(losses).toEqual([
      {
        consumer: 'c',
        records: 2,
        shards: 1,
        worstShard: 1,
        firstMs: 1000,
        isMissing: true,
        isAtLeast: true,
      },
    ]);
  });

  it('count what was stored without a reply as that, not against what was lost', () => {
    const unanswered = { shard: 0, dueSec: 2, sequence: 7777 };
    const { rows } = mergedReading(
      [reading(byFirst, consumer([...on(0), unanswered], [0])), reading(bySecond, consumer(on(1), [1]))],
      whole,
    );
    expect(rows[0].delivery).toMatchObject({ acknowledged: 40, seen: 41, lost: 0, unacknowledged: 1 });
    // One of the same second and shard was lost: number and XOR together tell that.
    const swapped = [...on(0).filter(({ sequence }) => sequence !== 1010), unanswered];
    const other = mergedReading(
      [reading(byFirst, consumer(swapped, [0])), reading(bySecond, consumer(on(1), [1]))],
      whole,
    );
    expect(other.rows[0].delivery).toMatchObject({ seen: 40, lost: 1, isAtLeast: true, unacknowledged: 1 });
  });

  it('lose nothing on a shard that was not read to the end of everybody’s sending: that is unread', () => {
    const none = on(1).slice(0, -3);
    const deliveryWith = (change: Partial<SavedConsumer>): unknown =>
      mergedReading(
        [reading(byFirst, consumer(on(0), [0])), reading(bySecond, consumer(none, [1], change))],
        whole,
      ).rows[0].delivery;
    expect(deliveryWith({})).toMatchObject({ lost: 3, unread: 0 });
    expect(deliveryWith({ tipUs: LAST_US + SEC })).toMatchObject({ lost: 0, unread: 3 });
    expect(deliveryWith({ drained: [] })).toMatchObject({ lost: 0, unread: 3 });
    // After a shard's end nothing can come, however early that was.
    expect(deliveryWith({ drained: [], ended: [1], tipUs: 0 })).toMatchObject({ lost: 3, unread: 0 });
  });

  it('decide nothing while it is not known what was acknowledged, or of one that need not see all', () => {
    const parts = [reading(byFirst, consumer(on(0), [0]))];
    const cut = mergedReading(parts, { ...whole, isWhole: false });
    expect([cut.rows[0].delivery, cut.losses]).toEqual([undefined, []]);
    const late = mergedReading([reading(PUTS, consumer([], [0, 1], { readsAll: false }))], whole);
    expect([late.rows[0].delivery, late.losses]).toEqual([undefined, []]);
  });

  it('are added up: counts by sums, latencies by histograms, shares by shards, ages by the worst', () => {
    const [fast, slow] = [Array.from({ length: 99 }, () => 10), [900]];
    const { rows, series } = mergedReading(
      [
        reading(byFirst, consumer(on(0), [0, 2, 4], { ms: fast, hurried: 1, duplicates: 2 })),
        reading(
          bySecond,
          consumer(on(1), [1], {
            ...{ ms: slow, duplicates: 1, agesMs: [7, 1] },
            row: { throttledCalls: 4, share: { ...consumer([], []).row.share, callsPerSec: 5 } },
          }),
        ),
      ],
      whole,
    );
    expect(rows[0]).toMatchObject({
      calls: 20,
      throttledCalls: 4,
      emptyCalls: 2,
      records: 40,
      endToEndWithout: 1,
    });
    expect(rows[0].share.callsPerSec).toBe((3 * 1 + 1 * 5) / 4);
    expect(rows[0].delivery?.duplicates).toBe(3);
    const { count, p50, max, mean } = rows[0].endToEndMs;
    expect([count, max, mean]).toEqual([100, 900, (99 * 10 + 900) / 100]);
    expect(p50).toBeCloseTo(10, 1);
    // At the end of each step: 10 sent and 10 passed, then 40 and 40.
    expect(series).toEqual([{ name: 'c', iteratorAgeMs: [7, 2], backlog: [0, 0] }]);
  });

  it('are as old as it is since they had everything, while they are out and anything is sent', () => {
    // Out from 1 s to the end; the other machine's records are what it has not read.
    const out = { passed: [10, 10, 10], agesMs: [0, 0, 0], heldMs: [0, 1000, 2000], heldAtEndMs: 2000 };
    const ageOf = (told: readonly number[], change: Partial<typeof out> = {}): unknown => {
      const parts = [
        { ...reading([], consumer([], [0], { ...out, ...change })), told: [0, 0, 0] },
        { ...reading([], consumer([], [1], { ...out, passed: [0, 0, 0] })), told },
      ];
      const { rows, series } = mergedReading(parts, whole);
      return [series[0].iteratorAgeMs, rows[0].iteratorAgeMs];
    };
    expect(ageOf([10, 20, 30])).toEqual([[0, 1000, 2000], { max: 2000, atEnd: 2000 }]);
    // Nothing was sent meanwhile: there was nothing to be behind.
    expect(ageOf([10, 10, 10])).toEqual([[0, 0, 0], { max: 2, atEnd: 0 }]);
    // Out and back within a step: it ends without a backlog, and was behind all the same.
    expect(ageOf([10, 20, 20], { passed: [10, 20, 20] })).toEqual([[0, 1000, 0], { max: 1000, atEnd: 0 }]);
  });

  it('come to the same however records are shared out, and however coarse a ledger had to be', () => {
    const parts = fc.array(fc.tuple(fc.nat(2), fc.nat(2), fc.nat(3), fc.nat(60)), { maxLength: 60 });
    fc.assert(
      fc.property(parts, fc.nat(59), fc.integer({ min: 1, max: 40 }), (records, lost, cells) => {
        const puts = records.map(([, , shard, dueSec], i) => ({ shard, dueSec, sequence: 5000 + i }));
        const found = puts.filter((_, i) => i !== lost);
        const machines = [0, 1, 2].map((machine) => {
          const own = ledgerOf(puts.filter((_, i) => records[i][0] === machine));
          const isOwn = (shard: number): boolean => shard % 3 === machine;
          const seen = ledgerOf(found.filter(({ shard }) => isOwn(shard)));
          return {
            ...reading(
              [],
              consumer([], [0, 1, 2, 3].filter(isOwn), {
                seen: seen.saved(machine === 1 ? cells : undefined),
              }),
            ),
            acknowledged: own.saved(machine === 2 ? cells : undefined),
          };
        });
        const [{ delivery }] = mergedReading(machines, whole).rows;
        expect(delivery).toMatchObject({
          acknowledged: puts.length,
          lost: puts.length - found.length,
          unread: 0,
        });
      }),
    );
  });

  it('are refused where a ledger would need memory for steps beyond the load', () => {
    const good = reading(PUTS, consumer(PUTS, [0, 1]));
    expect(readingTrouble(good, 100)).toBeUndefined();
    const far = { stepSec: 1, cells: [[0, 1e12, 1, '0'.repeat(16)]] as const };
    expect(readingTrouble({ ...good, acknowledged: far }, 100)).toBe('acknowledged');
    const odd = { ...good.acknowledged, stepSec: 3 };
    expect(readingTrouble(reading(PUTS, consumer([], [], { seen: odd })), 100)).toBe('consumers[0].seen');
  });
});
