import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DueOrder } from '../../src/traffic/due-order.ts';

describe('due times in order', () => {
  it('are those of a comparing sort, whether or not their numbers say anything of their order', () => {
    const order = new DueOrder();
    const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(share, fc.nat(50)), { maxLength: 300 }),
        fc.boolean(),
        (times, isAlike) => {
          order.room(times.length).set(times.map(([u]) => u));
          const due = Float64Array.from(times, ([u, any]) => (isAlike ? Math.floor(u * 100_000) : any));
          expect(order.sort(due)).toEqual(due.slice().sort());
        },
      ),
    );
  });
});
