/**
 * What must hold between the fields of a scenario, beyond what each field is on its own.
 */
import { LIMITS, MIB } from '../model/limits.ts';
import { formatBytes, formatCount, formatDuration, parseBytes, parseDuration } from '../model/quantity.ts';
import { utf8Length } from '../model/record.ts';
import { autoComplaints, checkCapacity, checkEventMode, shardsOf } from './capacity-rules.ts';
import { checkConsumers, checkConsumerTimes } from './consumer-schema.ts';
import { isGenerated, templateCounts } from './key-dictionary.ts';
import { checkStarts } from './initial-layout.ts';
import { keyCountOf } from './keys.ts';
import { isSteadyText, textLengthOf } from './payload-text.ts';
import { longestKey } from './record-mean.ts';
import { checkAggregate, checkProducer } from './producer-rules.ts';
import { checkCalls, checkClosedSource, isClosedLoop } from './producer-loop-rules.ts';
import type { Complaint, Path } from './scenario-complaint.ts';
import { longKeys, type FileContents } from './scenario-files.ts';
import { isPartitionKey, MAX_KEY_CHARS } from './partition-key.ts';
import { checkExactlyOne, checkKeys } from './scenario-key-rules.ts';
import { byteRateOf, checkPieces, checkRateShape, naturalUs } from './scenario-rates.ts';
import type { Keys, Scenario, Size, Source } from './scenario.ts';
import type { ScenarioInput } from './scenario-schema.ts';
import { timelineComplaints } from './timeline-rules.ts';
import { checkEventFields } from './timeline-schema.ts';
import { PAYLOAD_KINDS, RATE_KINDS, SIZE_KINDS, type SizeInput, type SourceInput } from './source-schema.ts';

/** Of all sources together, at their peak. */
export const MAX_RECORDS_PER_SEC = 10_000_000;
/** Keys have 32-bit numbers on hot paths. */
const MAX_KEYS_IN_ALL = 4_000_000_000;

const usOf = (text: string): number => parseDuration(text) ?? NaN;
const bytesOf = (text: string): number => parseBytes(text) ?? NaN;

/** Fields that contradict each other, in what a user wrote; every field is valid on its own. */
export function contradictions(input: ScenarioInput): Complaint[] {
  const complaints: Complaint[] = [];
  const add = (path: Path, what: string, fix: string): void => void complaints.push({ path, what, fix });
  checkCapacity(input.stream, add);
  checkStarts(input.stream.startingHashKeys, shardsOf(input.stream), add);
  const isClosed = isClosedLoop(input);
  input.traffic.forEach((source, i) => {
    if (isClosed) checkClosedSource(source, ['traffic', i], add);
    else checkExactlyOne(source, RATE_KINDS, ['traffic', i], 'rate', add);
    checkSource(source, shardsOf(input.stream), ['traffic', i], add);
  });
  checkRetention(input.stream.retention, add);
  checkProducer(input.producer ?? {}, add);
  checkCalls(input.producer ?? {}, add);
  checkConsumers(input.consumers ?? [], add);
  input.timeline?.forEach((event, i) => {
    checkEventFields(event, ['timeline', i], add);
    checkEventMode(event, input.stream, ['timeline', i], add);
  });
  return complaints;
}

type Add = (path: Path, what: string, fix: string) => void;

function checkSource(source: SourceInput, shards: number, path: Path, add: Add): void {
  checkRateShape(source, path, add);
  checkKeys(longKeys(source.keys), shards, [...path, 'keys'], add);
  checkPayload(source, path, add);
  if (source.size !== undefined) checkSize(source.size, [...path, 'size'], add);
  checkByteRate(source, path, add);
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

/** A text gives the size; anything else needs one. */
function checkPayload({ payload, size }: SourceInput, path: Path, add: Add): void {
  if (payload) checkExactlyOne(payload, PAYLOAD_KINDS, [...path, 'payload'], 'kind of payload', add);
  const isText = payload?.template !== undefined || payload?.lines !== undefined;
  if (isText && size !== undefined)
    add(
      [...path, 'size'],
      'a payload of text has its own size.',
      'Remove size, or write payload: { random: … }.',
    );
  if (!isText && size === undefined)
    add([...path, 'size'], 'this is missing.', 'Add for example size: 900B.');
}

/** A rate in bytes stands for one in records where the mean of a record is known beforehand. */
function checkByteRate(source: SourceInput, path: Path, add: Add): void {
  const written = byteRateOf(source);
  if (written === undefined) return;
  const keys = longKeys(source.keys);
  const isOpen =
    keys.timestamp ?? keys.latest ?? keys.drift ?? (keys.sequential && keys.sequential.count === undefined);
  const template = source.payload?.template;
  const changing = isOpen
    ? 'keys'
    : template !== undefined && !isSteadyText(template)
      ? 'payload'
      : undefined;
  if (changing !== undefined)
    add(
      [...path, ...written.path],
      `${written.text} is no number of records: the size of a record changes with its ${changing === 'keys' ? 'key' : 'payload'} as time passes.`,
      'Write a rate in records per second, such as 2000/s.',
    );
}

/** The sources that have an end of their own, and the duration where it is given, must end together. */
export function durationComplaints(input: ScenarioInput, files: FileContents): Complaint[] {
  const complaints: Complaint[] = [];
  const add = (path: Path, what: string, fix: string): void => void complaints.push({ path, what, fix });
  const totals = input.traffic.map((source) => naturalUs(source, files));
  const staged = totals.findIndex((total) => total !== undefined);
  if (staged < 0 && input.duration === undefined)
    add(['duration'], 'this is missing.', 'Add for example duration: 60s.');
  if (staged >= 0) checkTogether(input, totals, staged, add);
  const durationUs = staged < 0 ? usOf(input.duration ?? '') : (totals[staged] ?? 0);
  input.traffic.forEach((source, i) => checkPieces(source, durationUs, ['traffic', i], add));
  return complaints;
}

function checkTogether(
  input: ScenarioInput,
  totals: readonly (number | undefined)[],
  staged: number,
  add: Add,
): void {
  const kindOf = (i: number): string =>
    RATE_KINDS.find((kind) => input.traffic[i][kind] !== undefined) ?? 'stages';
  const totalUs = totals[staged] ?? 0;
  const length = `last ${formatDuration(totalUs)} in all`;
  if (input.duration !== undefined && usOf(input.duration) !== totalUs)
    add(
      ['duration'],
      kindOf(staged) === 'replay'
        ? `${input.duration} is not how long the replay lasts, ${formatDuration(totalUs)}.`
        : `${input.duration} is not how long the ${kindOf(staged)} last, which ${length}.`,
      `Remove duration: ${kindOf(staged)} replace${kindOf(staged) === 'replay' ? 's' : ''} it.`,
    );
  totals.forEach((otherUs, i) => {
    if (otherUs !== undefined && otherUs !== totalUs)
      add(
        ['traffic', i, kindOf(i)],
        `these ${kindOf(i)} last ${formatDuration(otherUs)} in all, those of traffic[${staged}] ${formatDuration(totalUs)}.`,
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
  const keys = keysInAll(scenario.traffic.map((source) => source.keys));
  if (keys >= MAX_KEYS_IN_ALL)
    add(
      ['traffic'],
      `${formatCount(keys)} keys in all are too many.`,
      `Write fewer than ${formatCount(MAX_KEYS_IN_ALL)}.`,
    );
  checkAggregate(scenario, add);
  complaints.push(...autoComplaints(scenario));
  checkConsumerTimes(scenario, add);
  scenario.traffic.forEach((source, i) => checkRecord(scenario, source, ['traffic', i], add));
  complaints.push(...timelineComplaints(scenario));
  return complaints;
}

/** Sources with the same template have the same keys. */
function keysInAll(sources: readonly Keys[]): number {
  let sum = 0;
  for (const count of templateCounts(sources).values()) sum += count;
  for (const keys of sources) if (!isGenerated(keys)) sum += keyCountOf(keys);
  return sum;
}

function checkRates(scenario: Scenario, add: Add): void {
  const peak = (source: Source): number =>
    source.stages.reduce((most, stage) => Math.max(most, stage.from, stage.to), 0);
  const total = scenario.traffic.reduce((sum, source) => sum + peak(source), 0);
  if (total <= 0 && scenario.producer.loop !== 'closed')
    add(['traffic'], 'nothing is sent.', 'Write a rate above 0/s.');
  if (total > MAX_RECORDS_PER_SEC)
    add(
      ['traffic'],
      `${formatCount(total)} records per second are too many.`,
      `Write at most ${formatCount(MAX_RECORDS_PER_SEC)}/s in all.`,
    );
}

function checkRecord(scenario: Scenario, source: Source, path: Path, add: Add): void {
  const key = longestKey(source.keys, scenario.placementSeed);
  const totalUs = scenario.warmupUs + scenario.durationUs;
  const data = mostData(source.size, utf8Length(key), totalUs);
  const field = source.size.kind === 'template' || source.size.kind === 'lines' ? 'payload' : 'size';
  if (!isPartitionKey(key))
    add(
      [...path, 'keys', 'template'],
      `it makes keys of ${Array.from(key).length} characters.`,
      `Write a shorter one: a partition key has at most ${MAX_KEY_CHARS}.`,
    );
  const bytes = data + utf8Length(key);
  if (bytes <= scenario.stream.maxRecordBytes) return;
  const what = `${formatBytes(data)} of data and ${utf8Length(key)} B of key are more than`;
  const ceiling = LIMITS.ceilingMaxRecordBytes.value;
  if (bytes > ceiling)
    add([...path, field], `${what} any stream takes in a record.`, 'Write less than 10MiB.');
  else
    add(
      [...path, field],
      `${what} this stream takes in a record, ${formatBytes(scenario.stream.maxRecordBytes)}.`,
      `Write less, or stream: { maxRecordSize: ${Math.ceil(bytes / MIB)}MiB }.`,
    );
}

/** The largest data of a record; of a lognormal size the median, for its draws are cut. */
function mostData(size: Size, keyBytes: number, totalUs: number): number {
  switch (size.kind) {
    case 'fixed':
      return size.bytes;
    case 'uniform':
      return size.max;
    case 'lognormal':
      return size.median;
    case 'histogram':
      return size.bytes.reduce((most, bytes) => Math.max(most, bytes), 0);
    case 'template':
      return textLengthOf(size.template)(Number.MAX_SAFE_INTEGER, keyBytes, totalUs);
    case 'lines':
      return size.lines.longest;
  }
}
