import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ATTEMPT } from '../../src/model/outcome.ts';
import { TimeSeries } from '../../src/results/time-series.ts';

const SEC = 1_000_000;

function sum(column: readonly number[]): number {
  return column.reduce((a, b) => a + b, 0);
}

describe('the time line of a run', () => {
  it('has at most 1,440 steps of whole seconds that cover the duration, and no step too many', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200_000 * SEC }), (durationUs) => {
        const series = new TimeSeries(durationUs, 1).until(durationUs, ['a']);
        expect(series.offered.length).toBeLessThanOrEqual(1440);
        expect(series.stepMs % 1000).toBe(0);
        expect(series.stepMs * 1000 * series.offered.length).toBeGreaterThanOrEqual(durationUs);
        expect(series.stepMs * 1000 * (series.offered.length - 1)).toBeLessThan(durationUs);
      }),
    );
  });

  it('adds up to the totals with what came after the end, wherever the run was cut short', () => {
    const event = fc.record({
      timeUs: fc.integer({ min: -SEC, max: 90 * SEC }),
      kind: fc.constantFrom('offer', 'accept', 'throttle'),
      shard: fc.nat(2),
      bytes: fc.nat(1000),
    });
    fc.assert(
      fc.property(fc.array(event), fc.integer({ min: 1, max: 60 * SEC }), (events, endUs) => {
        const line = new TimeSeries(60 * SEC, 3);
        for (const { kind, timeUs, shard, bytes } of events) {
          if (kind === 'offer') line.offer(timeUs, shard, bytes);
          else if (kind === 'accept') line.accept(timeUs);
          else line.throttle(timeUs, shard);
        }
        const of = (kind: string): typeof events => events.filter((candidate) => candidate.kind === kind);
        const series = line.until(endUs, ['a', 'b', 'c']);
        expect(series.offered).toHaveLength(Math.ceil(endUs / SEC));
        expect(sum(series.offered)).toBe(of('offer').length);
        const { accepted = 0, throttledAttempts = 0 } = series.afterEnd ?? {};
        expect(sum(series.accepted) + accepted).toBe(of('accept').length);
        expect(sum(series.throttledAttempts) + throttledAttempts).toBe(of('throttle').length);
        const lateUs = Math.min(60, series.offered.length) * SEC;
        expect(accepted).toBe(of('accept').filter(({ timeUs }) => timeUs >= lateUs).length);
        expect(throttledAttempts).toBe(of('throttle').filter(({ timeUs }) => timeUs >= lateUs).length);
        expect(sum(series.bytes)).toBe(sum(of('offer').map(({ bytes }) => bytes)));
        series.shards.forEach((shard, i) => {
          expect(sum(shard.offered)).toBe(of('offer').filter((e) => e.shard === i).length);
          expect(sum(shard.throttledAttempts)).toBe(
            of('throttle').filter((e) => e.shard === i && e.timeUs < lateUs).length,
          );
        });
      }),
    );
  });

  it('says when the last reply after the end came, and nothing where none did', () => {
    const line = new TimeSeries(2.5 * SEC, 1);
    line.accept(2.4 * SEC);
    expect(line.until(2.5 * SEC, ['a']).afterEnd).toBeUndefined();
    // within the last step, which is longer than what is left of the duration
    line.throttle(2.5 * SEC, 0);
    line.retry(4 * SEC);
    line.accept(4 * SEC);
    line.fail(9 * SEC);
    const { throttledAttempts, accepted, retries, afterEnd } = line.until(2.5 * SEC, ['a']);
    expect([throttledAttempts, accepted, retries]).toEqual([
      [0, 0, 0],
      [0, 0, 1],
      [0, 0, 0],
    ]);
    expect(afterEnd).toEqual({ accepted: 1, throttledAttempts: 1, retries: 1, lastMs: 9000 });
  });

  it('keeps replies after the end apart where they come many at once, too', () => {
    const line = new TimeSeries(2 * SEC, 2);
    const [shards, outcomes] = [
      Uint32Array.of(0, 1, 1),
      Uint8Array.of(ATTEMPT.accepted, ATTEMPT.throttled, ATTEMPT.accepted),
    ];
    line.answerRun(SEC, shards, outcomes, 3);
    line.answerRun(5 * SEC, shards, outcomes, 3);
    const { accepted, throttledAttempts, afterEnd } = line.until(2 * SEC, ['a', 'b']);
    expect([accepted, throttledAttempts]).toEqual([
      [0, 2],
      [0, 1],
    ]);
    expect(afterEnd).toEqual({ accepted: 2, throttledAttempts: 1, retries: 0, lastMs: 5000 });
  });

  it('lets retries after the end weigh on the last step where calm is judged', () => {
    const line = new TimeSeries(2 * SEC, 1);
    line.offer(SEC, 0, 1);
    line.retry(SEC);
    line.retry(50 * SEC);
    const { offered, retries, backlogSec } = line.retryTrace;
    expect([offered, retries, backlogSec].map((column) => Array.from(column))).toEqual([
      [0, 1],
      [0, 2],
      [0, 0],
    ]);
  });

  it('puts each count into the step of its time', () => {
    const line = new TimeSeries(3 * SEC, 1);
    line.offer(0, 0, 5);
    line.offer(SEC - 1, 0, 5);
    line.offer(SEC, 0, 7);
    line.accept(2 * SEC);
    const series = line.until(3 * SEC, ['a']);
    expect(series.offered).toEqual([2, 1, 0]);
    expect(series.bytes).toEqual([10, 7, 0]);
    expect(series.accepted).toEqual([0, 0, 1]);
  });

  it('keeps lines of their own for 100 shards, and the totals for all', () => {
    const line = new TimeSeries(SEC, 150);
    for (let shard = 0; shard < 150; shard++) line.offer(0, shard, 1);
    const series = line.until(
      SEC,
      Array.from({ length: 150 }, (_, i) => String(i)),
    );
    expect(series.shards).toHaveLength(100);
    expect(series.offered).toEqual([150]);
  });
});
