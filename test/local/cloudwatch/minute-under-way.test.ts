import { describe, expect, it } from 'vitest';
import { MetricStore } from '../../../src/local/cloudwatch/metric-store.ts';
import { COUNT, STATS, SUM } from '../../../src/local/cloudwatch/metric-history.ts';

const MINUTE_US = 60_000_000;

/** Sum and count of the only series, over everything that shows. */
function shown(store: MetricStore, nowUs: number): readonly [sum: number, count: number] {
  const minutes = store.between(0, store.visibleEnd(nowUs));
  const column = (at: number): number => minutes.reduce((sum, { stats }) => sum + (stats[at] ?? 0), 0);
  expect(minutes.every(({ stats }) => stats.length === STATS)).toBe(true);
  return [column(SUM), column(COUNT)];
}

describe('the minute under way', () => {
  it('shows as far as it has come where the delay is a minute less than none, and what comes later is added', () => {
    const store = new MetricStore({ delayMs: -60_000 });
    const subject = store.subject('stream', 'orders');
    const add = (nowUs: number, value: number): void => {
      store.advance(nowUs);
      store.add(subject, 0, value);
    };
    add(10 * MINUTE_US, 5);
    add(10 * MINUTE_US + 1, 7);
    expect(shown(store, 10 * MINUTE_US + 2)).toEqual([12, 2]);
    // Asked again, it is not counted again.
    expect(shown(store, 10 * MINUTE_US + 3)).toEqual([12, 2]);
    add(10 * MINUTE_US + 4, 1);
    add(11 * MINUTE_US, 2);
    expect(shown(store, 11 * MINUTE_US + 1)).toEqual([15, 4]);
  });

  it('does not show otherwise', () => {
    const store = new MetricStore();
    store.advance(10 * MINUTE_US);
    store.add(store.subject('stream', 'orders'), 0, 5);
    expect(shown(store, 11 * MINUTE_US - 1)).toEqual([0, 0]);
    expect(shown(store, 11 * MINUTE_US)).toEqual([5, 1]);
  });
});
