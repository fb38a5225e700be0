/**
 * What must hold between the fields of a scenario, beyond what each field is on its own.
 */
import { LIMITS, MIB } from '../model/limits.ts';
import { formatBytes, formatCount, formatDuration, parseBytes, parseDuration } from '../model/quantity.ts';
import { utf8Length } from '../model/record.ts';
import { keyCountOf } from './keys.ts';
import { longestKey } from './record-mean.ts';
import { checkAggregate, checkProducer } from './producer-rules.ts';
import type { Complaint, Path } from './scenario-complaint.ts';
import type { Scenario, Size, Source } from './scenario.ts';
import {
  KEY_KINDS,
  SIZE_KINDS,
  type KeysInput,
  type ScenarioInput,
  type SizeInput,
  type SourceInput,
} from './scenario-schema.ts';
import { expandKeys } from './short-form.ts';

/** Of all sources together, at their peak. */
export const MAX_RECORDS_PER_SEC = 10_000_000;
const MAX_WEIGHTS = 1_000_000;
/** Keys have 32-bit numbers on hot paths. */
const MAX_KEYS_IN_ALL = 4_000_000_000;

const usOf = (text: string): number => parseDuration(text) ?? NaN;
const bytesOf = (text: string): number => parseBytes(text) ?? NaN;

/** Fields that contradict each other, in what a user wrote; every field is valid on its own. */
export function contradictions(input: ScenarioInput): Complaint[] {
  const complaints: Complaint[] = [];
  const add = (path: Path, what: string, fix: string): void => void complaints.push({ path, what, fix });
  input.traffic.forEach((source, i) => checkSource(source, ['traffic', i], add));
  checkDurations(input, add);
  checkRetention(input.stream.retention, add);
  checkProducer(input.producer ?? {}, add);
  input.consumers?.forEach((consumer, i) => {
    if (consumer.kind === 'efo' && consumer.every !== undefined)
      add(
        ['consumers', i, 'every'],
        'enhanced fan-out does not poll.',
        'Remove every, or write kind: polling.',
      );
  });
  return complaints;
}

type Add = (path: Path, what: string, fix: string) => void;

function checkSource(source: SourceInput, path: Path, add: Add): void {
  checkExactlyOne(source, ['rate', 'stages'], path, 'rate', add);
  checkKeys(source.keys, [...path, 'keys'], add);
  checkSize(source.size, [...path, 'size'], add);
  if (typeof source.arrivals === 'object') {
    const { every, within } = source.arrivals.bursts;
    if (usOf(within) > usOf(every))
      add(
        [...path, 'arrivals', 'bursts', 'within'],
        `${within} is longer than the period of ${every}.`,
        `Write at most ${every}.`,
      );
  }
}

/** Complains unless exactly one of the alternatives is given. */
function checkExactlyOne(given: object, names: readonly string[], path: Path, noun: string, add: Add): void {
  const present = names.filter((name) => (given as Record<string, unknown>)[name] !== undefined);
  const fix = `Write exactly one of ${names.join(', ')}.`;
  if (present.length === 0) add(path, `there is no ${noun}.`, fix);
  if (present.length > 1) add([...path, present[1]], `${present.join(' and ')} are both given.`, fix);
}

function checkKeys(keys: KeysInput | string, path: Path, add: Add): void {
  if (typeof keys !== 'string') {
    checkLongKeys(keys, path, add);
    return;
  }
  const expanded = expandKeys(keys);
  if ('long' in expanded) checkLongKeys(expanded.long, path, add);
}

function checkLongKeys(keys: KeysInput, path: Path, add: Add): void {
  checkExactlyOne(keys, KEY_KINDS, path, 'kind of keys', add);
  if (keys.hot) checkHot(keys.hot, [...path, 'hot'], add);
  if (keys.weights) checkWeights(keys.weights, [...path, 'weights'], add);
  if (keys.template === undefined) return;
  if (keys.weights)
    add(
      [...path, 'template'],
      'keys with weights have their own names.',
      'Remove template, or use another kind.',
    );
  if (keys.template.split('{n}').length !== 2)
    add(
      [...path, 'template'],
      `${JSON.stringify(keys.template)} does not contain {n} exactly once.`,
      'Write for example "tenant-{n}", where {n} becomes the number of the key.',
    );
}

function checkHot(hot: NonNullable<KeysInput['hot']>, path: Path, add: Add): void {
  if (hot.keys > hot.of)
    add(
      [...path, 'keys'],
      `${hot.keys} hot keys are more than the ${hot.of} in all.`,
      'Write at most as many as of.',
    );
  if (hot.keys === hot.of && Number.parseFloat(hot.share) < 100)
    add([...path, 'of'], 'there is no other key for the rest of the records.', 'Write more than keys.');
}

function checkWeights(weights: Readonly<Record<string, number>>, path: Path, add: Add): void {
  const names = Object.keys(weights);
  if (names.length === 0) add(path, 'there is no key.', 'Write for example { a: 3, b: 1 }.');
  if (names.length > MAX_WEIGHTS)
    add(
      path,
      `${formatCount(names.length)} keys are too many.`,
      `Write at most ${formatCount(MAX_WEIGHTS)}.`,
    );
  const misfit = names.find((name) => !isPartitionKey(name));
  if (misfit !== undefined) add([...path, misfit], 'this is no partition key.', KEY_LENGTH_FIX);
}

const MAX_KEY_CHARS = LIMITS.partitionKeyChars.value;
const KEY_LENGTH_FIX = `Write 1 to ${MAX_KEY_CHARS} characters.`;

/** Unicode characters, of which some take two places in a string. */
function isPartitionKey(name: string): boolean {
  return name !== '' && (name.length <= MAX_KEY_CHARS || Array.from(name).length <= MAX_KEY_CHARS);
}

function checkSize(size: SizeInput, path: Path, add: Add): void {
  if (typeof size === 'string') return;
  checkExactlyOne(size, SIZE_KINDS, path, 'size', add);
  const { uniform, lognormal } = size;
  if (uniform && bytesOf(uniform.min) > bytesOf(uniform.max))
    add([...path, 'uniform', 'min'], `${uniform.min} is above max.`, `Write at most ${uniform.max}.`);
  if (!lognormal) return;
  if (bytesOf(lognormal.median) < 1)
    add([...path, 'lognormal', 'median'], `${lognormal.median} is not above 0.`, 'Write at least 1B.');
  if (bytesOf(lognormal.p99) <= bytesOf(lognormal.median))
    add(
      [...path, 'lognormal', 'p99'],
      `${lognormal.p99} is not above the median.`,
      `Write more than ${lognormal.median}.`,
    );
}

/** The stages of all sources, and the duration where it is given, must end together. */
function checkDurations(input: ScenarioInput, add: Add): void {
  const totals = input.traffic.map((source) =>
    source.stages?.reduce((sum, stage) => sum + usOf(stage.for), 0),
  );
  const staged = totals.findIndex((total) => total !== undefined);
  if (staged < 0) {
    if (input.duration === undefined) add(['duration'], 'this is missing.', 'Add for example duration: 60s.');
    return;
  }
  const totalUs = totals[staged] ?? 0;
  const length = `last ${formatDuration(totalUs)} in all`;
  if (input.duration !== undefined && usOf(input.duration) !== totalUs)
    add(
      ['duration'],
      `${input.duration} is not how long the stages last, which ${length}.`,
      'Remove duration: stages replace it.',
    );
  totals.forEach((otherUs, i) => {
    if (otherUs !== undefined && otherUs !== totalUs)
      add(
        ['traffic', i, 'stages'],
        `these stages last ${formatDuration(otherUs)} in all, those of traffic[${staged}] ${formatDuration(totalUs)}.`,
        'Make them as long as each other, for example by a last stage at a constant rate.',
      );
  });
}

function checkRetention(retention: string | undefined, add: Add): void {
  if (retention !== undefined && usOf(retention) % 3_600_000_000 !== 0)
    add(
      ['stream', 'retention'],
      `${retention} is not a whole number of hours.`,
      'Write for example 24h or 7d.',
    );
}

/** Totals and record sizes that are out of bounds, in the scenario with units resolved. */
export function excesses(scenario: Scenario): Complaint[] {
  const complaints: Complaint[] = [];
  const add = (path: Path, what: string, fix: string): void => void complaints.push({ path, what, fix });
  checkRates(scenario, add);
  const keys = scenario.traffic.reduce((sum, source) => sum + keyCountOf(source.keys), 0);
  if (keys >= MAX_KEYS_IN_ALL)
    add(
      ['traffic'],
      `${formatCount(keys)} keys in all are too many.`,
      `Write fewer than ${formatCount(MAX_KEYS_IN_ALL)}.`,
    );
  checkAggregate(scenario, add);
  scenario.traffic.forEach((source, i) => checkRecord(scenario, source, ['traffic', i], add));
  return complaints;
}

function checkRates(scenario: Scenario, add: Add): void {
  const peak = (source: Source): number =>
    source.stages.reduce((most, stage) => Math.max(most, stage.from, stage.to), 0);
  const total = scenario.traffic.reduce((sum, source) => sum + peak(source), 0);
  if (total <= 0) add(['traffic'], 'nothing is sent.', 'Write a rate above 0/s.');
  if (total > MAX_RECORDS_PER_SEC)
    add(
      ['traffic'],
      `${formatCount(total)} records per second are too many.`,
      `Write at most ${formatCount(MAX_RECORDS_PER_SEC)}/s in all.`,
    );
}

function checkRecord(scenario: Scenario, source: Source, path: Path, add: Add): void {
  const key = longestKey(source.keys, scenario.placementSeed);
  if (!isPartitionKey(key))
    add(
      [...path, 'keys', 'template'],
      `it makes keys of ${Array.from(key).length} characters.`,
      `Write a shorter one: a partition key has at most ${MAX_KEY_CHARS}.`,
    );
  const bytes = mostData(source.size) + utf8Length(key);
  if (bytes <= scenario.stream.maxRecordBytes) return;
  const what = `${formatBytes(mostData(source.size))} of data and ${utf8Length(key)} B of key are more than`;
  const ceiling = LIMITS.ceilingMaxRecordBytes.value;
  if (bytes > ceiling)
    add([...path, 'size'], `${what} any stream takes in a record.`, 'Write less than 10MiB.');
  else
    add(
      [...path, 'size'],
      `${what} this stream takes in a record, ${formatBytes(scenario.stream.maxRecordBytes)}.`,
      `Write less, or stream: { maxRecordSize: ${Math.ceil(bytes / MIB)}MiB }.`,
    );
}

/** The largest data of a record; of a lognormal size the median, for its draws are cut. */
function mostData(size: Size): number {
  if (size.kind === 'fixed') return size.bytes;
  return size.kind === 'uniform' ? size.max : size.median;
}
