/**
 * Shows a load meter what was kept of one load or of several: second by second, a longer step as that many seconds of its
 * mean.
 */
import type { KeySketch } from './key-sketch.ts';
import type { LoadMeter } from './load-meter.ts';
import { TRACE_WIDTH, type SavedTrace } from './load-trace.ts';
import { readRows } from './number-column.ts';

/** Rows of number, records, bytes, squares of bytes. */
export interface StepRows {
  readonly step: number;
  readonly shards: Float64Array;
  readonly keys: Float64Array;
}

/** What one machine kept. */
export interface KeptLoad {
  readonly stepSec: number;
  /** In order. */
  readonly steps: readonly StepRows[];
}

/** @returns undefined where a step is damaged, by its number in the list */
export function readSteps({ steps }: SavedTrace): readonly StepRows[] | { readonly damaged: number } {
  const rows: StepRows[] = [];
  for (const [i, { step, shards, keys = '' }] of steps.entries()) {
    const [ofShards, ofKeys] = [readRows(shards, TRACE_WIDTH), readRows(keys, TRACE_WIDTH)];
    if (ofShards === undefined || ofKeys === undefined) return { damaged: i };
    rows.push({ step, shards: ofShards, keys: ofKeys });
  }
  return rows;
}

/** @param sketch that the meter's keys are placed by; keys that it does not hold are left out */
export function playLoads(load: LoadMeter, sketch: KeySketch, loads: readonly KeptLoad[]): void {
  const bySecond = new Map<number, { rows: StepRows; of: number }[]>();
  for (const { stepSec, steps } of loads) {
    for (const rows of steps) {
      for (let second = rows.step * stepSec; second < (rows.step + 1) * stepSec; second++) {
        const all = bySecond.get(second) ?? [];
        all.push({ rows, of: stepSec });
        bySecond.set(second, all);
      }
    }
  }
  for (const second of [...bySecond.keys()].sort((a, b) => a - b)) {
    load.reach(second);
    for (const { rows, of } of bySecond.get(second) ?? []) {
      addRows(rows.shards, of, (number) => number, load.shards);
      addRows(rows.keys, of, (number) => sketch.find(number), load.keys);
    }
  }
}

function addRows(
  rows: Float64Array,
  seconds: number,
  placeOf: (number: number) => number,
  sums: LoadMeter['shards'],
): void {
  for (let at = 0; at < rows.length; at += TRACE_WIDTH) {
    const place = placeOf(rows[at]);
    if (place < 0) continue;
    sums.addSums(place, rows[at + 1] / seconds, rows[at + 2] / seconds, rows[at + 3] / seconds);
  }
}
