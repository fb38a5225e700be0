/**
 * A sweep: the same scenario simulated at several values of one field, `shards=4..16` or `rate=1000/s..20000/s`.
 */
import { LIMITS } from '../model/limits.ts';
import { formatCount, formatNumber, parseRate } from '../model/quantity.ts';
import { badInput } from '../model/refusal.ts';
import { nearestWord } from '../model/spelling.ts';
import { SWEEP_FIELDS, type SweepField } from '../results/many-simulations.ts';
import { formatPath } from '../traffic/scenario-complaint.ts';
import { timelineComplaints } from '../traffic/timeline-rules.ts';
import { MAX_RECORDS_PER_SEC } from '../traffic/scenario-rules.ts';
import type { Scenario } from '../traffic/scenario.ts';
import { atRate, atShards, peakOverMean } from './variant.ts';

export interface Sweep {
  readonly field: SweepField;
  /** Ascending. */
  readonly values: readonly number[];
}

const MOST_POINTS = 200;
/** Points of a range without a step, at most; their step is round. */
const USUAL_POINTS = 20;
const EXAMPLES =
  'Write for example shards=4..16, shards=4..64:4, rate=1000/s..20000/s or rate=1000/s..20000/s:500/s.';

interface Reader {
  /** One value; undefined where the text is none. */
  readonly read: (text: string) => number | undefined;
  readonly noun: string;
  readonly variant: (scenario: Scenario, value: number) => Scenario;
}

const FIELDS: Readonly<Record<SweepField, Reader>> = {
  shards: {
    read: (text) => (/^[1-9]\d{0,5}$/.test(text) ? Number(text) : undefined),
    noun: 'a whole number of shards, as 8',
    variant: atShards,
  },
  rate: { read: readRate, noun: 'records per second, as 2000/s', variant: atRate },
};

function readRate(text: string): number | undefined {
  const rate = parseRate(text);
  return rate !== undefined && 'recordsPerSec' in rate && rate.recordsPerSec > 0
    ? rate.recordsPerSec
    : undefined;
}

/**
 * Reads `field=from..to`, `field=from..to:step`, or `rate=from..to:n` for n points.
 * @throws Refusal where the field is unknown, a value cannot be read, or there are more than 200 points
 */
export function parseSweep(text: string): Sweep {
  const match = /^\s*([^=\s]+)\s*=\s*([^:]*?)\s*\.\.\s*([^:]*?)\s*(?::\s*(.*?)\s*)?$/.exec(text);
  if (!match) throw refused(text, 'is no sweep', EXAMPLES);
  const [, name, from, to] = match;
  const field = SWEEP_FIELDS.find((known) => known === name);
  if (field === undefined) {
    const near = nearestWord(name, SWEEP_FIELDS);
    throw refused(
      text,
      `there is no field "${name}" to sweep`,
      `${near ? `Did you mean ${near}? ` : ''}The fields are ${SWEEP_FIELDS.join(', ')}.`,
    );
  }
  const [first, last] = [from, to].map((value) => requireValue(text, field, value));
  if (first > last) throw refused(text, `${from} is above ${to}`, `Write ${field}=${to}..${from}.`);
  checkRange(text, field, last);
  return { field, values: valuesOf(text, field, first, last, match.at(4)) };
}

/** The scenario at one value of the sweep. */
export function sweptScenario(scenario: Scenario, field: SweepField, value: number): Scenario {
  return FIELDS[field].variant(scenario, value);
}

/** Refuses (exit 2) values at which the timeline cannot happen, and rates at which the scenario's peak would be above what a scenario may ask for. */
export function checkSweep({ field, values }: Sweep, scenario: Scenario): void {
  for (const value of values) {
    const complaint = timelineComplaints(sweptScenario(scenario, field, value)).at(0);
    if (complaint === undefined) continue;
    const where = `--sweep: with ${field}=${formatNumber(value)}, ${formatPath(complaint.path)}`;
    throw badInput(`${where}: ${complaint.what}`, complaint.fix);
  }
  if (field !== 'rate') return;
  const most = MAX_RECORDS_PER_SEC / peakOverMean(scenario);
  if (values[values.length - 1] <= most) return;
  throw badInput(
    `--sweep: at a mean of ${formatCount(values[values.length - 1])}/s the peak is above ${formatCount(MAX_RECORDS_PER_SEC)}/s.`,
    `Write at most ${formatCount(Math.floor(most))}/s.`,
  );
}

function requireValue(text: string, field: SweepField, value: string): number {
  const read = FIELDS[field].read(value);
  if (read === undefined) throw refused(text, `"${value}" is not ${FIELDS[field].noun}`, EXAMPLES);
  return read;
}

function checkRange(text: string, field: SweepField, last: number): void {
  const most = field === 'shards' ? LIMITS.shardQuota.value : MAX_RECORDS_PER_SEC;
  if (last <= most) return;
  throw refused(text, `${formatCount(last)} is too many`, `Write at most ${formatCount(most)}.`);
}

function valuesOf(
  text: string,
  field: SweepField,
  first: number,
  last: number,
  given: string | undefined,
): number[] {
  if (given !== undefined && field === 'rate' && /^\d+$/.test(given))
    return evenly(text, first, last, Number(given));
  const step = given === undefined ? roundStep(field, last - first) : requireValue(text, field, given);
  // A tenth of 0.3 is not three tenths in doubles: the last value is not lost for that.
  const steps = Math.floor((last - first) / step + 1e-9);
  if (steps >= MOST_POINTS) throw tooMany(text, steps + 1);
  const values = Array.from({ length: steps + 1 }, (_, i) => first + i * step);
  if (given === undefined && values[steps] < last) values.push(last);
  return values;
}

function evenly(text: string, first: number, last: number, points: number): number[] {
  if (points > MOST_POINTS) throw tooMany(text, points);
  if (points < 2) throw refused(text, `${points} points make no curve`, 'Write at least 2.');
  return Array.from({ length: points }, (_, i) => first + ((last - first) * i) / (points - 1));
}

/** The least of 1, 2 and 5 times a power of ten that makes no more than the usual points; shards go by whole ones. */
function roundStep(field: SweepField, width: number): number {
  const least = Math.max(width / (USUAL_POINTS - 1), field === 'shards' ? 1 : 1e-6);
  let power = 1e-6;
  while (power * 10 <= least) power *= 10;
  const step = [power, 2 * power, 5 * power].find((candidate) => candidate >= least) ?? 10 * power;
  return step > 1 ? Math.round(step) : step;
}

function tooMany(text: string, points: number): Error {
  return refused(
    text,
    `${formatCount(points)} points are too many`,
    `Write a larger step: at most ${MOST_POINTS} points.`,
  );
}

function refused(text: string, what: string, fix: string): Error {
  return badInput(`--sweep "${text}": ${what}.`, fix);
}
