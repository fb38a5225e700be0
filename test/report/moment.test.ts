import fc from 'fast-check';
import { expect, it } from 'vitest';
import { moment } from '../../src/report/moment.ts';

it('writes the minute that the calendar of the machine writes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: Date.UTC(2400, 0) }), (ms) => {
      const iso = new Date(ms).toISOString();
      expect(moment(ms).replaceAll('\u00a0', ' ')).toBe(`${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`);
    }),
  );
});
