/** The ledgers of several threads under a layout that changes, against one tally that was told everything at once. */
import { describe, expect, it } from 'vitest';
import { ATTEMPT, type AttemptOutcome } from '../../src/model/outcome.ts';
import { createShardMap, mergeChange, splitChange, type LayoutChange } from '../../src/model/shard-map.ts';
import { Ledger } from '../../src/results/ledger.ts';
import { LedgerMerge } from '../../src/results/ledger-merge.ts';
import type { LedgerPage } from '../../src/results/ledger-page.ts';
import { shardRowsOf, totalsOf } from '../../src/results/run-document.ts';
import { Tally, type TallyOptions } from '../../src/results/tally.ts';
import { dictionaryOf, Pipeline, tallyOptionsOf } from '../../src/simulate/pipeline.ts';
import { RecentLoad } from '../../src/simulate/recent-load.ts';
import { KeyRouter } from '../../src/traffic/key-router.ts';
import type { RecordCounts } from '../../src/results/record-counts.ts';
import { scenarioOf, sourceAt, uniformKeys } from '../traffic/scenarios.ts';

const SCENARIO = scenarioOf([sourceAt(1000, 24, { keys: uniformKeys(300) })], { warmupUs: 1_000_000 });
const MAP = createShardMap(2);
const SPLIT = splitChange(MAP, MAP.open[0].shardId, 2n ** 126n);
const MERGE = mergeChange(SPLIT.map, 'shardId-000000000003', 'shardId-000000000001');
/** On the schedule's clock, in the middle of seconds and not. */
const CHANGES: readonly { atUs: number; change: LayoutChange }[] = [
  { atUs: 8_400_000, change: SPLIT },
  { atUs: 16_000_000, change: MERGE },
];
const END_US = 25_000_000;
const STEP_US = 50_000;

/** Sends everything; shard 0, while it is there, throttles one record in four of each request. */
function play<T extends RecordCounts>(pipeline: Pipeline<T>, onStep: (nowUs: number) => void): void {
  const { producer } = pipeline;
  for (let nowUs = 0; nowUs <= END_US + 1_000_000; nowUs += STEP_US) {
    for (const { atUs, change } of CHANGES) if (atUs === nowUs) pipeline.relayout(change, nowUs);
    pipeline.enterDue(nowUs);
    if (nowUs >= END_US) producer.flush();
    for (let batch = pipeline.nextBatch(nowUs); batch; batch = pipeline.nextBatch(nowUs)) {
      pipeline.reroute(batch);
      const { slots } = batch;
      const outcomes = Array.from(slots, (slot, i): AttemptOutcome =>
        producer.records.shard[slot] === 0 && i % 4 === 0 ? ATTEMPT.throttled : ATTEMPT.accepted,
      );
      pipeline.settle(batch, outcomes, nowUs);
    }
    onStep(nowUs);
  }
}

function told(tally: Tally, lastPhase = tally.series.counts): object {
  const { durationUs } = SCENARIO;
  tally.load.finish(durationUs / 1e6);
  const { openShards, offered, shards } = tally.series.until(
    durationUs,
    MERGE.map.all.map(({ shardId }) => shardId),
  );
  const phases = tally.phases.until(durationUs, lastPhase, tally.load.endedUtilization);
  return {
    totals: totalsOf(tally, undefined),
    shards: shardRowsOf(tally, MERGE.map),
    ...{ openShards, offered, byShard: shards },
    phases: phases.map((phase) => ({ ...phase, latencyMs: undefined })),
  };
}

function alone(): object {
  const pipeline = new Pipeline(SCENARIO, MAP, 3);
  play(pipeline, () => undefined);
  return told(pipeline.tally);
}

function together(count: number): { readonly told: object; readonly merge: LedgerMerge } {
  const merge = new LedgerMerge(new Tally(tallyOptionsOf(SCENARIO, MAP, 3)), count, true);
  const router = new KeyRouter(dictionaryOf(SCENARIO), MAP);
  const threads = Array.from({ length: count }, (_, index) => {
    const pages: { page: LedgerPage; atUs: number }[] = [];
    let nowUs = 0;
    const part = {
      split: { index, count },
      countsOf: (options: TallyOptions) =>
        new Ledger(options, (page) => pages.push({ page: structuredClone(page), atUs: nowUs })),
    };
    const pipeline = new Pipeline<Ledger>(SCENARIO, MAP, 3, new RecentLoad(), part);
    let second = -2;
    play(pipeline, (stepUs) => {
      nowUs = stepUs + STEP_US;
      const reached = Math.floor((stepUs - SCENARIO.warmupUs) / 1e6);
      if (reached > second) pipeline.tally.close();
      second = reached;
    });
    pipeline.tally.close();
    return pages;
  });
  for (let nowUs = 0; threads.some((pages) => pages.length > 0); nowUs += STEP_US) {
    for (const { atUs, change } of CHANGES) {
      if (atUs !== nowUs) continue;
      merge.relayout(change, atUs - SCENARIO.warmupUs, () => {
        router.relayout(change);
        return (key) => router.shardOf(key);
      });
    }
    threads.forEach((pages, thread) => {
      while (pages.length > 0 && pages[0].atUs <= nowUs + STEP_US)
        merge.add(thread, pages.shift()?.page as LedgerPage);
      merge.reach(thread, Math.floor((nowUs - SCENARIO.warmupUs) / 1e6));
    });
  }
  for (let thread = 0; thread < count; thread++) merge.reach(thread, Infinity);
  return { told: told(merge.tally, merge.lastPhase()), merge };
}

describe('ledgers under a layout that changes', () => {
  it('of one thread tell what one tally is told: rows, series, windows, and the phases between changes', () => {
    expect(together(1).told).toEqual(alone());
  });

  it('of three threads add up, and every phase has what was counted in it', () => {
    const { told: parts } = together(3) as {
      told: { phases: { offered: number; throttledAttempts: number }[] };
    };
    const offered = parts.phases.map((phase) => phase.offered);
    // 1,000 a second; changes 7.4 s and 15 s into the counted duration. What falls due in the 50 ms before a change
    // enters after it.
    expect(offered).toEqual([7350, 7600, 9050]);
    expect(parts.phases.map(({ throttledAttempts }) => throttledAttempts > 0)).toEqual([true, false, false]);
  });

  it('count everything up to the end of the last phase', () => {
    expect(together(2).merge.lastPhase()?.offered).toBe(24_000);
  });
});
