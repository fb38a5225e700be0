import { describe, expect, it } from 'vitest';
import { Backlog, type SecondLoad } from '../../src/results/backlog.ts';
import { retrySummaryOf, type RetryTrace } from '../../src/results/retry-recovery.ts';

const many = (count: number, value: number): number[] => new Array<number>(count).fill(value);

/** Thirty calm seconds, a spike of three, a drain of four after it, and `after` as long as the rest lasts. */
function traceOf(after: readonly number[], before: readonly number[] = many(30, 0)): RetryTrace {
  const retries = [...before, ...many(7, 500), ...after];
  const backlogSec = [...many(before.length, 0), 1, 2, 4, 3, 2, 1, 0, ...many(after.length, 0)].slice(
    0,
    retries.length,
  );
  return { stepSec: 1, offered: many(retries.length, 500), retries, backlogSec };
}

describe('whether a load recovers', () => {
  it('recovered: calm begins within three times the drain', () => {
    expect(retrySummaryOf(traceOf(many(30, 0)), 1000, 1500)).toEqual({
      amplification: 1.5,
      state: 'recovered',
      spikeStartMs: 30_000,
      spikeEndMs: 33_000,
      drainMs: 4000,
      calmMs: 4000,
    });
    // One retry in a hundred is calm, a little more is not.
    expect(retrySummaryOf(traceOf(many(30, 5)), 1, 1).state).toBe('recovered');
    expect(retrySummaryOf(traceOf(many(30, 6)), 1, 1).state).toBe('collapsed');
  });

  it('collapsed: the load fell below the limit, the time before was calm, and calm does not come back in time', () => {
    expect(retrySummaryOf(traceOf(many(60, 400)), 1, 1)).toMatchObject({ state: 'collapsed', drainMs: 4000 });
    // Calm, but thirteen seconds after the end of the spike and not twelve.
    expect(retrySummaryOf(traceOf([...many(9, 400), ...many(40, 0)]), 1, 1)).toMatchObject({
      state: 'collapsed',
      calmMs: 13_000,
    });
    expect(retrySummaryOf(traceOf([...many(8, 400), ...many(40, 0)]), 1, 1).state).toBe('recovered');
  });

  it('unsettled: what was not calm before the spike is not its trace', () => {
    expect(retrySummaryOf(traceOf(many(60, 400), many(30, 400)), 1, 1).state).toBe('unsettled');
    const trace = { stepSec: 1, offered: many(30, 500), retries: many(30, 400), backlogSec: many(30, 0) };
    expect(retrySummaryOf(trace, 1, 1)).toEqual({ amplification: 1, state: 'unsettled' });
  });

  it('undecided: the run ends before calm would have to be over', () => {
    expect(retrySummaryOf(traceOf(many(15, 400)), 1, 1).state).toBe('undecided');
  });

  it('overloaded: the excess is never worked off', () => {
    const trace = {
      stepSec: 1,
      offered: many(40, 500),
      retries: many(40, 0),
      backlogSec: [...many(20, 0), ...many(20, 1)],
    };
    expect(retrySummaryOf(trace, 1, 1)).toEqual({
      amplification: 1,
      state: 'overloaded',
      spikeStartMs: 20_000,
      spikeEndMs: 40_000,
    });
  });

  it('recovered: calm that is seen counts, though the backlog would outlast the run', () => {
    const trace = {
      stepSec: 1,
      offered: many(60, 500),
      retries: [...many(20, 0), ...many(14, 400), ...many(26, 0)],
      backlogSec: [...many(20, 0), 2, 4, 6, 8, 10, ...Array.from({ length: 35 }, (_, i) => 9.9 - i / 10)],
    };
    expect(retrySummaryOf(trace, 1, 1)).toEqual({
      amplification: 1,
      state: 'recovered',
      spikeStartMs: 20_000,
      spikeEndMs: 25_000,
      calmMs: 9000,
    });
    // Without calm, the rest of the run was too short to tell; the load was not above the limit in it.
    const restless = { ...trace, retries: [...many(20, 0), ...many(40, 400)] };
    expect(retrySummaryOf(restless, 1, 1).state).toBe('undecided');
  });

  it('names an outage as the cause of the spike that it lies in', () => {
    const cause = (fromMs: number, toMs: number) =>
      retrySummaryOf(traceOf(many(30, 0)), 1, 1, [{ fromMs, toMs }]).spikeCause;
    expect(cause(30_500, 31_000)).toBe('outage');
    expect(cause(20_000, 30_000)).toBeUndefined();
    expect(cause(33_000, 40_000)).toBeUndefined();
  });

  it('says the worst of several spikes', () => {
    const [first, second] = [traceOf(many(60, 400)), traceOf(many(30, 0))];
    const join = (name: 'offered' | 'retries' | 'backlogSec'): number[] => [
      ...Array.from(second[name]),
      ...Array.from(first[name]),
    ];
    const both = {
      stepSec: 1,
      offered: join('offered'),
      retries: join('retries'),
      backlogSec: join('backlogSec'),
    };
    expect(retrySummaryOf(both, 1, 1)).toMatchObject({ state: 'collapsed', spikeStartMs: 97_000 });
  });

  it('of nothing is calm', () => {
    const nothing = { stepSec: 1, offered: [], retries: [], backlogSec: [] };
    expect(retrySummaryOf(nothing, 0, 0)).toEqual({ amplification: 0, state: 'calm' });
  });
});

/** What two columns say about shards. */
const load = (records: readonly number[], bytes: readonly number[]): SecondLoad => ({
  records: (shard) => records[shard],
  bytes: (shard) => bytes[shard],
});

describe('the backlog', () => {
  it('is what offered records are ahead of bucket and refill, the worst shard, in seconds of its limit', () => {
    const backlog = new Backlog(2);
    const offered = [1000, 1500, 2000, 1000, 900, 0, 0];
    // The bucket of 1,000 takes 0, 500, then 1,000 of it; 500 are over, 400 after a second of 900.
    expect(offered.map((n, second) => backlog.add(second, load([n, 100], [0, 0])))).toEqual([
      0, 0, 0.5, 0.5, 0.4, 0, 0,
    ]);
  });

  it('of an outage is what is offered in it, whatever the buckets hold', () => {
    const backlog = new Backlog(1);
    backlog.outage(1, 3);
    backlog.outage(2.5, 3.5);
    const offered = [500, 500, 500, 1000, 500, 500, 500, 500];
    expect(offered.map((n, second) => backlog.add(second, load([n], [0])))).toEqual([
      0, 0.5, 1, 1.5, 1, 0.5, 0, 0,
    ]);
  });

  it('is not worked off by silence in an outage', () => {
    const backlog = new Backlog(1, 0);
    backlog.add(0, load([2000], [0]));
    backlog.outage(2, 4.5);
    expect(backlog.add(1, load([2000], [0]))).toBe(2);
    expect(backlog.add(5, load([500], [0]))).toBe(1);
  });

  it('is worked off by silence, and counts bytes by the largest record of the stream', () => {
    const backlog = new Backlog(1, 0, 10 * 1024 * 1024);
    const mib = 1024 * 1024;
    expect(backlog.add(0, load([1], [4 * mib]))).toBe(3);
    expect(backlog.add(2, load([1], [mib]))).toBe(2);
    expect(backlog.add(14, load([1], [11 * mib]))).toBe(1);
  });
});
