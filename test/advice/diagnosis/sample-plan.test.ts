/** Which slices are read, on streams whose minutes are written out by hand. */
import { describe, expect, it } from 'vitest';
import { samplePlanOf } from '../../../src/advice/diagnosis/sample-plan.ts';
import { uniformRanges } from '../../../src/model/hash-range.ts';
import type { EvidenceShard } from '../../../src/results/evidence/evidence-shard.ts';
import type { StreamEvidence } from '../../../src/results/evidence/stream-evidence.ts';

const START_MS = 1_800_000_000_000;
const MINUTE_MS = 60_000;
const at = (minute: number): number => START_MS + minute * MINUTE_MS;
const BUDGET = { bytes: 64 * 2 ** 20, shards: 16, oldestMs: 0 };

/** Records accepted and throttled in each minute, per second, of 1,000 B. */
type Minutes = readonly (readonly [accepted: number, throttled: number])[];

function columnsOf(minutes: Minutes) {
  const column = (value: (minute: readonly [number, number]) => number): Float64Array =>
    Float64Array.from(minutes, (minute) => value(minute) * 60);
  return {
    IncomingRecords: column(([accepted]) => accepted),
    IncomingBytes: column(([accepted]) => accepted * 1000),
    WriteProvisionedThroughputExceeded: column(([, throttled]) => throttled),
  };
}

interface Told {
  readonly shards: number | readonly EvidenceShard[];
  /** Minutes by number of the shard. */
  readonly byShard?: Readonly<Record<number, Minutes>>;
  readonly stream?: Minutes;
  readonly log?: readonly number[];
}

function evidenceOf({ shards, byShard = {}, stream, log }: Told): StreamEvidence {
  const all = typeof shards === 'number' ? standing(shards) : shards;
  const count = (stream ?? Object.values(byShard).at(0))?.length ?? 0;
  return {
    shards: all,
    fromMs: START_MS,
    toMs: at(Math.max(1, count)),
    metrics:
      count === 0
        ? null
        : {
            ...{ startMs: START_MS, stepMs: MINUTE_MS, count, complete: count, secPerStep: 60 },
            stream: stream === undefined ? {} : columnsOf(stream),
            shards: new Map(
              Object.entries(byShard).map(([n, minutes]) => [nameOf(Number(n)), columnsOf(minutes)]),
            ),
            fanOut: new Map(),
          },
    log: log === undefined ? null : { shards: log.map((n) => ({ shardId: nameOf(n) })) },
  } as unknown as StreamEvidence;
}

const nameOf = (n: number): string => `shardId-${String(n).padStart(12, '0')}`;
const standing = (count: number): EvidenceShard[] =>
  uniformRanges(count).map((range, n) => ({ shardId: nameOf(n), range, open: true, parents: [] }));

/** `shard minute why`, in order. */
function planned(told: Told, budget = BUDGET): string[] {
  return samplePlanOf(evidenceOf(told), budget).slices.map(
    ({ shardId, fromMs, why }) => `${Number(shardId.slice(8))} ${(fromMs - START_MS) / MINUTE_MS} ${why}`,
  );
}

const CALM: Minutes = [
  [100, 0],
  [100, 0],
  [100, 0],
  [100, 0],
];

describe('the plan of a sample', () => {
  it('reads the worst minute of the shard that throttled most, and the busiest before that began', () => {
    const hot: Minutes = [
      [300, 0],
      [800, 0],
      [400, 0],
      [1000, 50],
      [1000, 0],
      [1000, 900],
      [200, 0],
    ];
    const warm: Minutes = hot.map(() => [500, 0]);
    expect(planned({ shards: 2, byShard: { 0: warm, 1: hot } })).toEqual([
      '1 5 worst',
      '1 1 before-onset',
      '0 0 worst',
    ]);
  });

  it('has no minute before where it throttled from the start', () => {
    expect(
      planned({
        shards: 1,
        byShard: {
          0: [
            [1000, 9],
            [1000, 99],
          ],
        },
      }),
    ).toEqual(['0 1 worst']);
  });

  it('takes shards by throttling, then by load, up to the number allowed', () => {
    const byShard = {
      0: [[999, 0]],
      1: [[500, 0]],
      2: [[990, 10]],
      3: [[0, 0]],
    } as const;
    expect(planned({ shards: 4, byShard })).toEqual(['2 0 worst', '0 0 worst', '1 0 worst']);
    expect(planned({ shards: 4, byShard }, { ...BUDGET, shards: 1 })).toEqual(['2 0 worst']);
  });

  it('leaves out what the stream no longer keeps', () => {
    const minutes: Minutes = [
      [1000, 500],
      [700, 0],
      [600, 0],
    ];
    expect(planned({ shards: 1, byShard: { 0: minutes } }, { ...BUDGET, oldestMs: at(0) + 1 })).toEqual([
      '0 1 worst',
    ]);
    expect(planned({ shards: 1, byShard: { 0: minutes } }, { ...BUDGET, oldestMs: at(9) })).toEqual([]);
  });

  it('without shard metrics reads shards evenly around the stream’s worst minutes', () => {
    const stream: Minutes = [
      [4000, 0],
      [8000, 900],
      [1000, 0],
    ];
    const wide = { ...BUDGET, shards: 4 };
    expect(planned({ shards: 8, stream }, wide)).toEqual([
      ...['1 1 even', '3 1 even', '5 1 even', '7 1 even'],
      ...['1 0 before-onset', '3 0 before-onset', '5 0 before-onset', '7 0 before-onset'],
    ]);
    expect(planned({ shards: 8, stream: CALM, log: [6] }, { ...BUDGET, shards: 2 })).toEqual([
      '6 0 even',
      '3 0 even',
    ]);
  });

  it('reads the parents where the worst minute was before a split', () => {
    const [whole] = uniformRanges(1);
    const [low, high] = uniformRanges(2);
    const born = { openedAfterMs: at(1), openedBeforeMs: at(2), parents: [nameOf(0)], open: true };
    const shards: EvidenceShard[] = [
      { shardId: nameOf(1), range: low, ...born },
      { shardId: nameOf(2), range: high, ...born },
      { shardId: nameOf(0), range: whole, open: false, parents: [] },
    ];
    const early: Minutes = [
      [900, 0],
      [100, 0],
      [100, 0],
    ];
    const late: Minutes = [
      [100, 0],
      [100, 0],
      [900, 0],
    ];
    expect(planned({ shards, stream: early })).toEqual(['0 0 even']);
    expect(planned({ shards, stream: late })).toEqual(['1 2 even', '2 2 even']);
  });

  it('reads the last minute of shards where nothing was counted, and nothing of a stream that was still', () => {
    expect(planned({ shards: 2 })).toEqual(['0 0 even', '1 0 even']);
    expect(planned({ shards: 2, stream: [[0, 0]] })).toEqual([]);
  });

  it('makes slices as long as their part of the budget lasts, and never above it in all', () => {
    // 1,000 records/s of 1,000 B: a minute is 60 MB, a tenth of that 6 s.
    const evidence = evidenceOf({ shards: 1, byShard: { 0: [[1000, 0]] } });
    const plan = samplePlanOf(evidence, { ...BUDGET, bytes: 6_000_000 });
    expect(plan.slices).toMatchObject([
      { fromMs: at(0), toMs: at(0) + 6000, mostBytes: 6_000_000, meanBytes: 1000 },
    ]);
    expect(plan).toMatchObject({
      mostBytes: 6_000_000,
      shards: 1,
      shardsInAll: 1,
      bySuspicion: true,
      oldestMs: at(0),
    });
    expect(samplePlanOf(evidence, { ...BUDGET, bytes: 2 ** 40 }).slices).toMatchObject([{ toMs: at(1) }]);
  });
});

describe('the newest minute', () => {
  it('counts too, as far as it has come: it is what a pager is about', () => {
    const evidence = evidenceOf({
      shards: 1,
      byShard: {
        0: [
          [100, 0],
          [900, 9],
        ],
      },
    });
    const { slices } = samplePlanOf({ ...evidence, toMs: at(1) + 20_000 }, { ...BUDGET, bytes: 2 ** 40 });
    expect(slices[0]).toMatchObject({ why: 'worst', fromMs: at(1), toMs: at(1) + 20_000 });
  });
});
