/**
 * Layouts from nothing but the load: the fewest shards that fit, and the most even load on a given number of shards.
 */
import { LoadWindow, type Cells, type Layout, type SegmentLimit } from './cells.ts';

/**
 * The fewest shards that keep within the limit, each filled from the left as far as it goes. That is optimal, because
 * every part of a run that fits, fits too (math.md 9).
 * @param most give up when it takes more
 * @returns undefined where a cell alone is above the limit, or where it takes more than `most`
 */
export function fewestSegments(cells: Cells, limit: SegmentLimit, most = Infinity): Layout | undefined {
  const firsts = [0];
  const window = new LoadWindow(cells, limit);
  for (let cell = 0; cell < cells.count; cell++) {
    window.push();
    if (window.fits()) continue;
    if (window.length > 1) {
      window.restart(cell);
      window.push();
      firsts.push(cell);
    }
    if (!window.fits() || firsts.length > most) return undefined;
  }
  return Uint32Array.from(firsts);
}

/** Halvings of the range in which the least maximum lies: to a millionth of a millionth of the limit. */
const HALVINGS = 40;

/**
 * The layout of `shards` shards (fewer only where there are not as many cells) whose fullest one is as light as can be.
 * @param limit what fill is measured by: the dimensions count as parts of it
 */
export function evenSegments(cells: Cells, shards: number, limit: SegmentLimit): Layout {
  const at = (fill: number): Layout | undefined => {
    const scaled = { ...limit, records: limit.records * fill, bytes: limit.bytes * fill };
    return fewestSegments(cells, scaled, shards);
  };
  let high = 1;
  let best = at(high);
  while (best === undefined) {
    high *= 2;
    best = at(high);
  }
  for (let low = 0, i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    const found = at(middle);
    if (found === undefined) low = middle;
    else [best, high] = [found, middle];
  }
  return withMore(cells, best, shards, limit);
}

/** More shards for a layout that needs fewer than it may have: runs are halved by their load, the fullest first. */
function withMore(cells: Cells, layout: Layout, shards: number, limit: SegmentLimit): Layout {
  const wanted = Math.min(shards, cells.count);
  let firsts = [...layout];
  while (firsts.length < wanted) {
    const ends = [...firsts.slice(1), cells.count];
    const runs = firsts
      .map((first, i) => ({ first, end: ends[i], fill: fillBetween(cells, first, ends[i], limit) }))
      .filter(({ first, end }) => end - first > 1)
      .sort((a, b) => b.fill - a.fill || a.first - b.first)
      .slice(0, wanted - firsts.length);
    const cuts = runs.map(({ first, end, fill }) => halfOf(cells, first, end, fill, limit));
    firsts = [...firsts, ...cuts].sort((a, b) => a - b);
  }
  return Uint32Array.from(firsts);
}

/** The first cell of the second half of a run of at least two cells. */
function halfOf(cells: Cells, first: number, end: number, fill: number, limit: SegmentLimit): number {
  let sum = 0;
  for (let cell = first; cell < end - 1; cell++) {
    sum += fillBetween(cells, cell, cell + 1, limit);
    if (sum * 2 >= fill) return cell + 1;
  }
  return end - 1;
}

/** The mean over the rows of the fuller dimension, as a part of the limit. */
function fillBetween(cells: Cells, first: number, end: number, limit: SegmentLimit): number {
  let records = 0;
  let bytes = 0;
  for (let at = first * cells.rows; at < end * cells.rows; at++) {
    records += cells.records[at];
    bytes += cells.bytes[at];
  }
  return Math.max(records / limit.records, bytes / limit.bytes) / cells.rows;
}
