/**
 * The rate of a source as its scenario writes it, brought to linear stages; and the rules that hold between its
 * fields.
 */
import { formatCount, parseDuration, parseRate, type Rate } from '../model/quantity.ts';
import {
  flat,
  MOST_PERIODS,
  MOST_PIECES,
  replayStages,
  sineStages,
  spikeStages,
  weeklyStages,
  weekOf,
} from './rate-shapes.ts';
import type { Path } from './scenario-complaint.ts';
import { contentOf, type FileContents } from './scenario-files.ts';
import type { SourceInput } from './source-schema.ts';
import type { Stage } from './scenario.ts';

const usOf = (text: string): number => parseDuration(text) ?? NaN;

/** Records per second of a rate as written. */
type PerSec = (text: string) => number;

/** How long a source lasts by itself, in microseconds; undefined where its rate has no end of its own. */
export function naturalUs({ stages, steps, replay }: SourceInput, files: FileContents): number | undefined {
  const parts = stages ?? steps;
  if (parts) return parts.reduce((sum, part) => sum + usOf(part.for), 0);
  if (!replay) return undefined;
  return replayStages(contentOf(files.rates, replay.file)).reduce((sum, stage) => sum + stage.durationUs, 0);
}

/** The stages of a source that lasts `durationUs`. */
export function stagesOf(
  source: SourceInput,
  perSec: PerSec,
  durationUs: number,
  files: FileContents,
): Stage[] {
  const { stages, steps, sine, weekly, spikes, replay } = source;
  if (stages)
    return stages.map((stage) => ({
      durationUs: usOf(stage.for),
      from: perSec(stage.from),
      to: perSec(stage.to),
    }));
  if (steps) return steps.map((step) => flat(usOf(step.for), perSec(step.rate)));
  if (sine) {
    const wave = { mean: perSec(sine.mean), amplitude: perSec(sine.amplitude), periodUs: usOf(sine.period) };
    return sineStages(wave, durationUs);
  }
  if (weekly) return weeklyStages(weekRates(weekly, perSec), durationUs);
  if (spikes) {
    const { base, to, every } = spikes;
    const shape = { base: perSec(base), to: perSec(to), everyUs: usOf(every), forUs: usOf(spikes.for) };
    return spikeStages(shape, durationUs);
  }
  if (replay) return replayStages(contentOf(files.rates, replay.file));
  return [flat(durationUs, perSec(source.rate ?? '0/s'))];
}

function weekRates(weekly: NonNullable<SourceInput['weekly']>, perSec: PerSec): number[] {
  if (Array.isArray(weekly)) return weekly.map(perSec);
  return weekOf(weekly.weekdays.map(perSec), weekly.weekend.map(perSec));
}

type Add = (path: Path, what: string, fix: string) => void;

/** What contradicts itself in the rate of a source. */
export function checkRateShape(source: SourceInput, path: Path, add: Add): void {
  const { sine, spikes } = source;
  const mean = sine && parseRate(sine.mean);
  const amplitude = sine && parseRate(sine.amplitude);
  if (sine && mean && amplitude) {
    if (!sameUnit(mean, amplitude))
      add(
        [...path, 'sine', 'amplitude'],
        `${sine.amplitude} is not in the unit of the mean.`,
        'Use one unit for both.',
      );
    else if (amountOf(amplitude) > amountOf(mean))
      add(
        [...path, 'sine', 'amplitude'],
        `${sine.amplitude} is above the mean.`,
        `Write at most ${sine.mean}.`,
      );
  }
  if (spikes && usOf(spikes.for) > usOf(spikes.every))
    add(
      [...path, 'spikes', 'for'],
      `${spikes.for} is longer than the period of ${spikes.every}.`,
      `Write at most ${spikes.every}.`,
    );
}

/** A shape that would need too many pieces for so long a time. */
export function checkPieces(source: SourceInput, durationUs: number, path: Path, add: Add): void {
  const { sine, spikes } = source;
  if (sine && durationUs / usOf(sine.period) > MOST_PERIODS)
    add(
      [...path, 'sine', 'period'],
      `there are more than ${formatCount(MOST_PERIODS)} periods in the duration.`,
      'Write a longer period or a shorter duration.',
    );
  if (spikes && (2 * durationUs) / usOf(spikes.every) > MOST_PIECES)
    add(
      [...path, 'spikes', 'every'],
      `there are more than ${formatCount(MOST_PIECES / 2)} spikes in the duration.`,
      'Write a longer period or a shorter duration.',
    );
}

/** The first rate of a source that is written in bytes. */
export function byteRateOf(source: SourceInput): { readonly path: Path; readonly text: string } | undefined {
  return ratesOf(source).find(({ text }) => {
    const rate = parseRate(text);
    return rate !== undefined && 'bytesPerSec' in rate;
  });
}

function ratesOf({ rate, stages, steps, sine, weekly, spikes }: SourceInput): { path: Path; text: string }[] {
  const week =
    weekly === undefined ? [] : Array.isArray(weekly) ? weekly : [...weekly.weekdays, ...weekly.weekend];
  return [
    ...(rate === undefined ? [] : [{ path: ['rate'], text: rate }]),
    ...(stages ?? []).flatMap(({ from, to }, i) => [
      { path: ['stages', i, 'from'], text: from },
      { path: ['stages', i, 'to'], text: to },
    ]),
    ...(steps ?? []).map((step, i) => ({ path: ['steps', i, 'rate'], text: step.rate })),
    ...(sine ? [{ path: ['sine', 'mean'], text: sine.mean }] : []),
    ...week.map((text) => ({ path: ['weekly'], text })),
    ...(spikes
      ? [
          { path: ['spikes', 'base'], text: spikes.base },
          { path: ['spikes', 'to'], text: spikes.to },
        ]
      : []),
  ];
}

function sameUnit(a: Rate, b: Rate): boolean {
  return 'bytesPerSec' in a === 'bytesPerSec' in b;
}

function amountOf(rate: Rate): number {
  return 'recordsPerSec' in rate ? rate.recordsPerSec : rate.bytesPerSec;
}
