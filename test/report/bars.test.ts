import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { barWidth, loadBar, MARK, sparkline } from '../../src/report/bars.ts';

describe('loadBar', () => {
  it('stands full at the limit, and passes the mark above it', () => {
    expect(loadBar(1, 1, 8)).toBe('████████│');
    expect(loadBar(0.5, 1, 8)).toBe('████    │');
    expect(loadBar(2, 2, 8)).toBe('████│████');
    expect(loadBar(1.01, 2, 8)).toBe('████│▏   ');
    expect(loadBar(0, 2, 8)).toBe('    │    ');
  });

  it('has the same width and its mark in the same place for every load', () => {
    const load = fc.double({ min: 0, max: 50, noNaN: true });
    fc.assert(
      fc.property(load, load, load, fc.integer({ min: 3, max: 30 }), (a, b, more, cells) => {
        const full = Math.max(a, b, more);
        const bars = [loadBar(a, full, cells), loadBar(b, full, cells)];
        for (const bar of bars) expect(bar).toHaveLength(barWidth(cells));
        expect(bars[0].indexOf(MARK)).toBe(bars[1].indexOf(MARK));
        if (a <= 1) expect(bars[0].slice(bars[0].indexOf(MARK) + 1).trim()).toBe('');
      }),
    );
  });
});

describe('sparkline', () => {
  it('draws more values than a call takes arguments', () => {
    expect(sparkline(new Array<number>(500_000).fill(1), 1, 2)).toBe('██');
  });

  it('is blank at zero, lowest just above, full at the highest', () => {
    expect(sparkline([0, 1, 500, 1000], 1000, 80)).toBe(' ▁▄█');
  });

  it('shows the highest of the steps that share a character, and loses none', () => {
    expect(sparkline([0, 0, 0, 8, 0, 0], 8, 3)).toBe(' █ ');
    fc.assert(
      fc.property(
        fc.array(fc.nat(1000), { minLength: 1, maxLength: 200 }),
        fc.integer({ min: 1, max: 60 }),
        (values, cells) => {
          const line = sparkline(values, Math.max(...values), cells);
          expect(line.length).toBe(Math.min(cells, values.length));
          expect(line.includes('█')).toBe(Math.max(...values) > 0);
        },
      ),
    );
  });

  it('of nothing is nothing', () => {
    expect(sparkline([], 0, 10)).toBe('');
  });
});
