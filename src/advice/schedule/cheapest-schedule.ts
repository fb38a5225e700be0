/**
 * The cheapest way through a profile that repeats: how many shards in which hour, within what UpdateShardCount allows.
 *
 * A call takes a while. On the way up the shards of before are all there is until it is done, and those of after are
 * paid for; on the way down it is the other way round. So a call is made so early that the shards are there when they
 * are needed, and no hour ever has fewer than it needs.
 */
import { LIMITS } from '../../model/limits.ts';
import { resizeBoundOf } from '../../model/resize-rules.ts';
import { leadMinutes } from './resize-lead.ts';

export interface ScheduleQuestion {
  /** Hours of the profile; the hour after the last is the first. */
  readonly hours: number;
  /** Shard counts to choose from, ascending. The last one fits every hour, and in some hour nothing less does. */
  readonly levels: readonly number[];
  /** Whether a level carries the load of an hour. */
  readonly fits: (hour: number, level: number) => boolean;
  /** Shard-hours that a call has to save to be worth its trouble: without it, a ripple would be followed. */
  readonly callWorth: number;
  /** Minutes that any call takes; undefined: by the number of its splits and merges. */
  readonly leadMinutes?: number | undefined;
  /** Calls in any 24 hours. Default: AWS's own limit. */
  readonly callsPerDay?: number;
}

export interface Resize {
  /** When to call, in minutes from the beginning of the profile. */
  readonly minute: number;
  readonly from: number;
  readonly to: number;
}

export interface Schedule {
  /** Per hour: shards that are there throughout. */
  readonly shards: readonly number[];
  /** Per hour: the most that are open. */
  readonly open: readonly number[];
  /** In the order of time. */
  readonly resizes: readonly Resize[];
}

const DAY_MINUTES = 24 * 60;

/**
 * The cheapest schedule by dynamic programming over hours and levels; where it calls too often, calls are made dearer
 * until it does not. What comes out costs no more than any schedule with as many calls or fewer (Lagrange).
 */
export function cheapestSchedule(question: ScheduleQuestion): Schedule {
  const most = question.callsPerDay ?? LIMITS.resizesPerDay.value;
  let { callWorth } = question;
  for (;;) {
    const schedule = cheapestAt(question, callWorth);
    if (mostCallsInADay(schedule.resizes, question.hours * 60) <= most) return schedule;
    callWorth = Math.max(1, callWorth * 1.25);
  }
}

/** The most calls in any 24 hours of a profile that repeats. */
export function mostCallsInADay(resizes: readonly Resize[], cycleMinutes: number): number {
  const minutes: number[] = [];
  for (let start = 0; start < DAY_MINUTES + cycleMinutes; start += cycleMinutes)
    minutes.push(...resizes.map(({ minute }) => start + minute));
  let most = 0;
  for (let from = 0, to = 0; from < minutes.length; from++) {
    while (to < minutes.length && minutes[to] < minutes[from] + DAY_MINUTES) to++;
    most = Math.max(most, to - from);
  }
  return most;
}

/** One hour at a level, or one call from a level to another and the whole hours that it takes. */
interface Move {
  readonly from: number;
  readonly to: number;
  readonly hours: number;
}

function cheapestAt(question: ScheduleQuestion, callWorth: number): Schedule {
  const { hours, levels } = question;
  // In the hour that takes the most there is only the last level, so the cycle can be cut open before it.
  const first = hourOfPeak(question);
  const runs = fittingRuns(question, first);
  const moves = movesOf(question);
  const top = levels.length - 1;
  const costs = Array.from({ length: hours + 1 }, () => new Float64Array(levels.length).fill(Infinity));
  const taken = Array.from({ length: hours + 1 }, () => new Array<Move | undefined>(levels.length));
  costs[0][top] = 0;
  for (let hour = 0; hour < hours; hour++) {
    for (let level = 0; level <= top; level++) {
      const cost = costs[hour][level];
      if (cost === Infinity) continue;
      for (const move of moves[level]) {
        const end = hour + move.hours;
        if (end > hours || runs[hour][Math.min(move.from, move.to)] < move.hours) continue;
        const isCall = move.from !== move.to;
        const open = levels[Math.max(move.from, move.to)];
        const sum = cost + open * move.hours + (isCall ? callWorth : 0);
        if (sum >= costs[end][move.to]) continue;
        costs[end][move.to] = sum;
        taken[end][move.to] = move;
      }
    }
  }
  return followed(question, first, taken);
}

function hourOfPeak({ hours, levels, fits }: ScheduleQuestion): number {
  if (levels.length === 1) return 0;
  for (let hour = 0; hour < hours; hour++)
    if (levels.slice(0, -1).every((level) => !fits(hour, level))) return hour;
  throw new RangeError('no hour needs the largest of the levels');
}

/** For how many hours on end, from each hour of the cycle that is cut open before `first`, a level fits. */
function fittingRuns({ hours, levels, fits }: ScheduleQuestion, first: number): Uint16Array[] {
  const runs = Array.from({ length: hours + 1 }, () => new Uint16Array(levels.length));
  for (let hour = hours - 1; hour >= 0; hour--)
    levels.forEach((level, i) => {
      if (fits((first + hour) % hours, level)) runs[hour][i] = runs[hour + 1][i] + 1;
    });
  return runs;
}

function movesOf({ levels, leadMinutes: given }: ScheduleQuestion): Move[][] {
  return levels.map((from, i) =>
    levels.flatMap((to, j): Move[] => {
      if (i === j) return [{ from: i, to: j, hours: 1 }];
      if (resizeBoundOf(from, to) !== undefined) return [];
      return [{ from: i, to: j, hours: Math.max(1, Math.ceil(leadMinutes(from, to, given) / 60)) }];
    }),
  );
}

/** Back from the end, and then by the hours of the profile. */
function followed(
  question: ScheduleQuestion,
  first: number,
  taken: readonly (readonly (Move | undefined)[])[],
): Schedule {
  const { hours, levels } = question;
  const shards = new Array<number>(hours);
  const open = new Array<number>(hours);
  const resizes: Resize[] = [];
  for (let end = hours, level = levels.length - 1; end > 0;) {
    const move = taken[end][level];
    if (move === undefined) throw new Error('the schedule has a gap');
    const start = end - move.hours;
    for (let hour = start; hour < end; hour++) {
      shards[(first + hour) % hours] = levels[Math.min(move.from, move.to)];
      open[(first + hour) % hours] = levels[Math.max(move.from, move.to)];
    }
    if (move.from !== move.to) {
      const [from, to] = [levels[move.from], levels[move.to]];
      const minute = to > from ? end * 60 - leadMinutes(from, to, question.leadMinutes) : start * 60;
      resizes.push({ minute: (first * 60 + minute) % (hours * 60), from, to });
    }
    end = start;
    level = move.from;
  }
  return { shards, open, resizes: resizes.sort((a, b) => a.minute - b.minute) };
}
