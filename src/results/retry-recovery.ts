/**
 * What retries made of the load, and whether it came back to rest after a spike.
 *
 * - *Amplification* is attempts per offered record.
 * - *Calm* are ten seconds with at most 1.01 attempts per offered record. Attempts beyond a record's first are held
 *   against the records offered in the same time, so that a reply that comes a moment after its record does no harm.
 * - A *spike* is a time in which the offered load outruns buckets and refill (`backlog.ts`), or an outage, in which
 *   nothing is taken. It ends when its backlog is largest; from there unlimited retries need Q/(r - l) to work the
 *   excess Q off, which is how long the backlog takes to be gone.
 * - *Recovered*: calm begins within three times that. Retries that give up leave less to do than the backlog: calm that
 *   is seen is calm, also where the run ends before the backlog would be gone.
 * - *Collapsed*: calm does not begin in that time, although the load has fallen below the limit and the ten seconds
 *   before the spike were calm, which stand for the run without the spike.
 * - *Overloaded*: the backlog grew to the end. *Undecided*: the run ended, or the next spike came, too early to tell.
 *   *Unsettled*: records were retried, but not after a spike that came out of calm.
 *
 * The first that holds of collapsed, overloaded, undecided, unsettled, recovered, calm is said, with the times of the
 * spike that it comes from.
 * Sources: Bronson et al., HotOS 2021; Huang et al., OSDI 2022 (metastable failures).
 */
import type { RetrySummary, RetryState } from './report-document.ts';

/** Columns by step of time. */
export interface RetryTrace {
  readonly stepSec: number;
  readonly offered: ArrayLike<number>;
  readonly retries: ArrayLike<number>;
  /** Largest backlog of a shard, in seconds of its limit. */
  readonly backlogSec: ArrayLike<number>;
}

/** A time in which every put failed, from the start of the counted duration. */
export interface OutageTime {
  readonly fromMs: number;
  readonly toMs: number;
}

const CALM_SEC = 10;
const CALM_RETRIES = 0.01;
const PATIENCE = 3;
/** Steps from the largest backlog to the end of the run in which chance may have it fall while the load stays high. */
const MOST_AFTER = 2;

const ORDER: readonly RetryState[] = [
  'collapsed',
  'overloaded',
  'undecided',
  'unsettled',
  'recovered',
  'calm',
];

/** Steps of a spike: it begins at `from`, is largest at the end of `peak`, and is worked off at the end of `end`. */
interface Spike {
  readonly from: number;
  readonly peak: number;
  readonly end: number | undefined;
}

/** Judges all spikes and says the worst. */
export function retrySummaryOf(
  trace: RetryTrace,
  offered: number,
  attempts: number,
  outages: readonly OutageTime[] = [],
): RetrySummary {
  const amplification = offered === 0 ? 0 : attempts / offered;
  const spikes = spikesOf(trace.backlogSec);
  const judged: Omit<RetrySummary, 'amplification'>[] = spikes.map((spike, i) => ({
    ...judge(trace, spike, spikes.at(i + 1)?.from ?? trace.offered.length),
    ...causeOf(trace, spike, outages),
  }));
  if (spikes.length === 0) judged.push({ state: isAlwaysCalm(trace) ? 'calm' : 'unsettled' });
  const worst = judged.reduce((a, b) => (ORDER.indexOf(b.state) < ORDER.indexOf(a.state) ? b : a));
  return { amplification, ...worst };
}

/** The part of a trace that was played, where it was interrupted; at least its first step. */
export function traceUntil({ stepSec, ...columns }: RetryTrace, untilSec: number): RetryTrace {
  const steps = Math.max(1, Math.ceil(untilSec / stepSec));
  const cut = (column: ArrayLike<number>): number[] => Array.from(column).slice(0, steps);
  return {
    stepSec,
    offered: cut(columns.offered),
    retries: cut(columns.retries),
    backlogSec: cut(columns.backlogSec),
  };
}

/** An outage that a spike has in it is what made it as large as it is. */
function causeOf(
  { stepSec }: RetryTrace,
  { from, peak }: Spike,
  outages: readonly OutageTime[],
): Pick<RetrySummary, 'spikeCause'> {
  const [startMs, endMs] = [from, peak + 1].map((step) => step * stepSec * 1000);
  const isOutage = outages.some(({ fromMs, toMs }) => fromMs < endMs && toMs > startMs);
  return isOutage ? { spikeCause: 'outage' } : {};
}

function spikesOf(backlog: ArrayLike<number>): Spike[] {
  const spikes: Spike[] = [];
  for (let i = 0; i < backlog.length; i++) {
    if (backlog[i] === 0) continue;
    const from = i;
    let peak = i;
    for (; i < backlog.length && backlog[i] > 0; i++) if (backlog[i] >= backlog[peak]) peak = i;
    spikes.push({ from, peak, end: i < backlog.length ? i : undefined });
  }
  return spikes;
}

/** @param next the step in which the next spike begins, or behind the last step */
function judge(
  trace: RetryTrace,
  { from, peak, end }: Spike,
  next: number,
): Omit<RetrySummary, 'amplification'> {
  const ms = (steps: number): number => steps * trace.stepSec * 1000;
  const spike = { spikeStartMs: ms(from), spikeEndMs: ms(peak + 1) };
  const calm = firstCalm(trace, peak + 1, Math.min(next, trace.offered.length));
  if (end === undefined) {
    if (calm !== undefined) return { state: 'recovered', ...spike, calmMs: ms(calm - peak - 1) };
    return { state: next - peak - 1 <= MOST_AFTER ? 'overloaded' : 'undecided', ...spike };
  }
  const drain = end - peak;
  const times = { ...spike, drainMs: ms(drain) };
  const last = peak + 1 + PATIENCE * drain;
  if (calm !== undefined && calm <= last)
    return { state: 'recovered', ...times, calmMs: ms(calm - peak - 1) };
  const late = calm === undefined ? {} : { calmMs: ms(calm - peak - 1) };
  if (last + windowOf(trace) > next) return { state: 'undecided', ...times, ...late };
  const isOutOfCalm = from >= windowOf(trace) && isCalm(trace, from - windowOf(trace));
  return { state: isOutOfCalm ? 'collapsed' : 'unsettled', ...times, ...late };
}

/** The first step at which calm begins that is over before `end`. */
function firstCalm(trace: RetryTrace, from: number, end: number): number | undefined {
  for (let i = from; i + windowOf(trace) <= end; i++) if (isCalm(trace, i)) return i;
  return undefined;
}

function isAlwaysCalm(trace: RetryTrace): boolean {
  const last = Math.max(0, trace.offered.length - windowOf(trace));
  for (let i = 0; i <= last; i++) if (!isCalm(trace, i)) return false;
  return true;
}

function isCalm({ offered, retries, stepSec }: RetryTrace, from: number): boolean {
  let records = 0;
  let again = 0;
  for (let i = from; i < Math.min(offered.length, from + windowOf({ stepSec })); i++) {
    records += offered[i];
    again += retries[i];
  }
  return again <= CALM_RETRIES * records;
}

function windowOf({ stepSec }: Pick<RetryTrace, 'stepSec'>): number {
  return Math.ceil(CALM_SEC / stepSec);
}
