/**
 * The flags of `shardwise plan`, read and checked.
 */
import type { PlacementMode, PlanOptions } from '../advice/plan/plan-input.ts';
import { refuseUnplaceable } from '../advice/plan/planned-keys.ts';
import { LIMITS } from '../model/limits.ts';
import { formatBytes, type Rate, requireBytes, requirePercent, requireRate } from '../model/quantity.ts';
import { badInput } from '../model/refusal.ts';
import { NO_FILES, type FileContents } from '../traffic/scenario-files.ts';
import type { Keys } from '../traffic/scenario.ts';
import { kindOfShort, parseConsumersShort } from '../traffic/short-form.ts';
import { keysOfShort } from '../traffic/short-keys.ts';
import type { PlanFlags } from './plan.ts';

const MAX_RECORDS_PER_SEC = 1_000_000_000;

/** Refuses (exit 2) what is no value of its flag. @param files content of the file that --keys names */
export function parsePlanOptions(flags: PlanFlags, files: FileContents = NO_FILES): PlanOptions {
  const options = {
    rate: given(flags.rate, rateOf),
    dataBytes: given(flags.recordSize, (text) => requireBytes(text, '--record-size')),
    keyBytes: given(flags.keySize, keyBytesOf),
    keys: given(flags.keys, (text) => keysOf(text, files)),
    consumers: given(flags.consumers, (text) => parseConsumersShort(text)),
    headroom: given(flags.headroom, headroomOf),
    confidence: given(flags.confidence, confidenceOf),
    placement: given(flags.placement, placementOf),
  };
  checkRecordSize(options.dataBytes, options.keyBytes ?? 0);
  return options;
}

function given<T>(text: string | undefined, read: (text: string) => T): T | undefined {
  return text === undefined ? undefined : read(text);
}

function keysOf(text: string, files: FileContents): Keys {
  refuseUnplaceable(kindOfShort(text), '--keys');
  return keysOfShort(text, '--keys', files);
}

function rateOf(text: string): Rate {
  const rate = requireRate(text, '--rate');
  const amount = 'recordsPerSec' in rate ? rate.recordsPerSec : rate.bytesPerSec;
  if (amount > 0 && amount <= MAX_RECORDS_PER_SEC * 1024) return rate;
  throw badInput(
    `--rate: ${text} is ${amount > 0 ? 'more than Kinesis could ever take' : 'no traffic'}.`,
    'Write for example 3000/s or 5MiB/s.',
  );
}

function keyBytesOf(text: string): number {
  const bytes = requireBytes(text, '--key-size');
  const most = LIMITS.partitionKeyChars.value * 4;
  if (bytes >= 1 && bytes <= most) return bytes;
  throw badInput(
    `--key-size: ${text} is not the length of a partition key.`,
    `A key has 1 to ${LIMITS.partitionKeyChars.value} characters, which are 1B to ${most}B.`,
  );
}

function checkRecordSize(dataBytes: number | undefined, keyBytes: number): void {
  const most = LIMITS.ceilingMaxRecordBytes.value;
  if (dataBytes === undefined || dataBytes + keyBytes <= most) return;
  throw badInput(
    `--record-size: a record of ${formatBytes(dataBytes + keyBytes)} is larger than Kinesis takes.`,
    `Write at most ${formatBytes(most).replace(' ', '')}, its key included, or cut the record into several.`,
  );
}

function headroomOf(text: string): number {
  const headroom = requirePercent(text, '--headroom');
  if (headroom <= 0.99) return headroom;
  throw badInput(`--headroom: ${text} leaves nothing of a shard.`, 'Write at most 99%, for example 20%.');
}

function confidenceOf(text: string): number {
  const confidence = requirePercent(text, '--confidence');
  if (confidence > 0 && confidence <= 0.999999) return confidence;
  throw badInput(
    `--confidence: ${text} is ${confidence > 0 ? 'never reached: names fall by chance' : 'no demand at all'}.`,
    'Write a percentage above 0% and up to 99.9999%, for example 95%.',
  );
}

function placementOf(text: string): PlacementMode {
  if (text === 'random' || text === 'actual') return text;
  throw badInput(`--placement: there is no placement ${JSON.stringify(text)}.`, 'Write random or actual.');
}
