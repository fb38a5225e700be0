/**
 * The largest rate at which something still holds, to one per cent, by probing: doubling or halving until it is
 * between two probes, then cutting the bracket.
 *
 * It takes for granted that what breaks at one rate breaks at every higher one.
 */

export interface RateBracket {
  /** The highest probe that held, records per second; null where none did. */
  readonly holdsAtPerSec: number | null;
  /** The lowest probe that broke; null where none did up to the end of the range. */
  readonly breaksAtPerSec: number | null;
  /** Whether the search ended because what is measured is the same at every rate, and breaks at all of them. */
  readonly isFlat?: boolean;
}

/** What was measured at a rate, and whether it holds. */
export interface RateAnswer {
  readonly holds: boolean;
  readonly actual: number;
}

export interface RateRange {
  /** Where to begin, and between which rates to stay; records per second. */
  readonly startPerSec: number;
  readonly leastPerSec: number;
  readonly mostPerSec: number;
}

/** How near the two ends of the bracket come. */
const PRECISION = 1.01;
/** Parts by which two values at half the rate, and at the lowest rate, may differ and still be the same. */
const SAME_AT_HALF = 0.01;
const SAME_AT_LEAST = 0.05;

/** @param probe undefined: the search is to end with what is known */
export async function searchRate(
  range: RateRange,
  probe: (ratePerSec: number) => Promise<RateAnswer | undefined>,
): Promise<RateBracket> {
  const known: Known = { holds: null, breaks: null };
  const isFlat = await bracket(range, known, probe);
  while (known.holds !== null && known.breaks !== null && known.breaks > known.holds * PRECISION) {
    if ((await note(known, fourDigits(Math.sqrt(known.holds * known.breaks)), probe)) === undefined) break;
  }
  return { holdsAtPerSec: known.holds, breaksAtPerSec: known.breaks, ...(isFlat && { isFlat }) };
}

/** The highest rate that held and the lowest that broke, records per second. */
interface Known {
  holds: number | null;
  breaks: number | null;
}

type Probe = (ratePerSec: number) => Promise<RateAnswer | undefined>;

async function note(known: Known, rate: number, probe: Probe): Promise<RateAnswer | undefined> {
  const answer = await probe(rate);
  if (answer?.holds === true) known.holds = Math.max(known.holds ?? rate, rate);
  if (answer?.holds === false) known.breaks = Math.min(known.breaks ?? rate, rate);
  return answer;
}

/**
 * Probes until two are known a factor of two apart, or nearer at the ends of the range, of which one holds.
 * @returns whether the value is the same at every rate
 */
async function bracket(range: RateRange, known: Known, probe: Probe): Promise<boolean> {
  const { startPerSec, leastPerSec, mostPerSec } = range;
  let rate = startPerSec;
  let last = await note(known, rate, probe);
  while (last?.holds === true && rate < mostPerSec) {
    rate = Math.min(rate * 2, mostPerSec);
    last = await note(known, rate, probe);
  }
  let least: RateAnswer | undefined;
  while (known.holds === null && last !== undefined && rate > leastPerSec) {
    rate = Math.max(rate / 2, leastPerSec);
    const next = await note(known, rate, probe);
    // Values that are near to each other may be near to their end, too: the lowest rate tells.
    if (next !== undefined && least === undefined && isSame(next, last, SAME_AT_HALF) && rate > leastPerSec) {
      least = await probe(leastPerSec);
      if (least === undefined) return false;
      if (isSame(least, next, SAME_AT_LEAST)) {
        known.breaks = leastPerSec;
        return true;
      }
    }
    last = next;
  }
  return false;
}

function isSame(a: RateAnswer, b: RateAnswer, part: number): boolean {
  return !a.holds && !b.holds && Math.abs(a.actual - b.actual) <= part * Math.abs(b.actual);
}

/** Rounded to four digits, which is well within the precision and short to read. */
function fourDigits(rate: number): number {
  let unit = 1;
  while (rate / unit >= 10_000) unit *= 10;
  let parts = 1;
  while (rate * parts < 1000 && parts < 1e9) parts *= 10;
  return unit > 1 ? Math.round(rate / unit) * unit : Math.round(rate * parts) / parts;
}
