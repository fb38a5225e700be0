/** PutRecords: the common way of the scanned and the parsed request, from routing to the reply. */
import { hashWords, parseHashKey, toWords } from '../model/hash-key.ts';
import { LIMITS, MIB } from '../model/limits.ts';
import type { OnDemandMinutes } from '../model/on-demand-minutes.ts';
import { sizeOf } from '../model/record.ts';
import { routeWords } from '../model/routing-table.ts';
import { digestWords, MOST_DIGEST_BYTES } from '../model/key-digest.ts';
import { ACCEPTED, type Throttle } from '../model/throttle.ts';
import type { Account } from './account.ts';
import type { Faults } from './faults/faults.ts';
import { operation } from './operation.ts';
import { FAILED, MOST_RECORDS, PutBatch, THROTTLED_BY_FAULT } from './put-batch.ts';
import { invalidArgument, refuseDryRun, validationFailure } from './service-error.ts';
import { DRY_RUN, HASH_KEY, STREAM_REFERENCE, type Fields } from './shape.ts';
import type { Stream } from './stream.ts';

const MOST_BYTES = LIMITS.bytesPerPutRecords.value;

/** The fields of one record, as PutRecord and PutRecords declare them. */
export const RECORD_FIELDS = {
  PartitionKey: { type: 'String', min: 1, max: LIMITS.partitionKeyChars.value, required: true },
  ExplicitHashKey: HASH_KEY,
  Data: { type: 'Blob', max: LIMITS.ceilingMaxRecordBytes.value, required: true },
} as const;

/** On a stream whose records the service spreads, the key may be missing. */
export const SPREAD_RECORD_FIELDS = {
  ...RECORD_FIELDS,
  PartitionKey: { type: 'String', min: 1, max: LIMITS.partitionKeyChars.value },
} as const;

/** Whether an input, of whatever form, names a stream whose records the service spreads. */
export function namesSpreadStream(account: Account, input: unknown, nowUs: number): boolean {
  const { StreamName, StreamARN } = input as Record<string, unknown>;
  const isText = (value: unknown): value is string | undefined => typeof (value ?? '') === 'string';
  if (!isText(StreamName) || !isText(StreamARN)) return false;
  return (
    account.peek({ StreamName: StreamName ?? undefined, StreamARN: StreamARN ?? undefined }, nowUs)?.settings
      .spread ?? false
  );
}

function fieldsWith<const F extends Fields>(recordFields: F) {
  return {
    Records: {
      type: 'List',
      min: 1,
      max: MOST_RECORDS,
      of: { type: 'Structure', fields: recordFields },
      required: true,
    },
    DryRun: DRY_RUN,
    ...STREAM_REFERENCE,
  } as const;
}

const FIELDS = fieldsWith(RECORD_FIELDS);
const SPREAD_FIELDS = fieldsWith(SPREAD_RECORD_FIELDS);

export const PUT_RECORDS = operation(
  FIELDS,
  (account, input, nowUs) => {
    const stream = account.findOpen(input, nowUs);
    const batch = new PutBatch();
    batch.fill(input.Records);
    checkSizes(stream, batch, (i) => `records.${i + 1}.member.`);
    placeRecords(stream, batch);
    refuseDryRun(input.DryRun);
    return putPlaced(account, stream, batch, nowUs, 'json');
  },
  (account, input, nowUs) => (namesSpreadStream(account, input, nowUs) ? SPREAD_FIELDS : FIELDS),
);

/**
 * Puts a scanned batch and gives the reply in the format of the request.
 * @throws ServiceError where the request as a whole is refused; then nothing was charged or stored
 */
export function putBatch(
  account: Account,
  stream: Stream,
  batch: PutBatch,
  nowUs: number,
  format: 'json' | 'cbor',
): Buffer {
  checkSizes(stream, batch, (i) => `records.${i + 1}.member.`);
  placeRecords(stream, batch);
  return putPlaced(account, stream, batch, nowUs, format);
}

function putPlaced(
  account: Account,
  stream: Stream,
  batch: PutBatch,
  nowUs: number,
  format: 'json' | 'cbor',
): Buffer {
  chargeAndStore(account, stream, batch, nowUs);
  stream.metrics.put(batch, 'putRecords', nowUs);
  return stream.putReplies[format].replyTo(batch, stream.settings.encryption.keyId !== undefined);
}

/**
 * Charges the records of a call in request order and keeps the accepted ones; fills in verdicts and places. A record
 * that a fault strikes is not charged.
 */
export function chargeAndStore(account: Account, stream: Stream, batch: PutBatch, nowUs: number): void {
  const { faults, throttle } = stream;
  if (faults.strikeRecords) strike(faults, batch);
  else batch.verdict.fill(ACCEPTED, 0, batch.count);
  if (account.limits.write) charge(throttle, batch, nowUs);
  if (stream.minutes) noteAccepted(stream.minutes, batch);
  stream.log.append(batch, Math.floor(nowUs / 1000));
  stream.watch.stored(batch);
}

function noteAccepted(minutes: OnDemandMinutes, batch: PutBatch): void {
  for (let i = 0; i < batch.count; i++) {
    if (batch.verdict[i] === ACCEPTED)
      minutes.add(batch.shard[i], sizeOf(batch.dataBytes[i], batch.keyLength[i]));
  }
}

function strike(faults: Faults, batch: PutBatch): void {
  for (let i = 0; i < batch.count; i++) {
    const fault = faults.ofRecord(i, batch.shard[i]);
    if (fault === undefined) batch.verdict[i] = ACCEPTED;
    else batch.verdict[i] = fault === 'InternalFailure' ? FAILED : THROTTLED_BY_FAULT;
  }
}

function charge(throttle: Throttle, batch: PutBatch, nowUs: number): void {
  throttle.beginCall(nowUs);
  for (let i = 0; i < batch.count; i++) {
    if (batch.verdict[i] !== ACCEPTED) continue;
    batch.verdict[i] = throttle.charge(batch.shard[i], sizeOf(batch.dataBytes[i], batch.keyLength[i]));
  }
}

/**
 * Refuses a call with a record, or a sum, above what the stream takes. `pathOf` says where record i stands, with a dot
 * at the end; '' where there is but one.
 */
export function checkSizes(stream: Stream, batch: PutBatch, pathOf: (i: number) => string): void {
  let sum = 0;
  for (let i = 0; i < batch.count; i++) {
    const data = batch.dataBytes[i];
    const bytes = sizeOf(data, batch.keyLength[i]);
    if (bytes > stream.settings.maxRecordBytes) throw tooLarge(stream, data, bytes, pathOf(i));
    sum += bytes;
  }
  if (sum > MOST_BYTES) throw invalidArgument(`Records size exceeds ${MOST_BYTES / MIB} MB limit`);
}

function tooLarge(stream: Stream, data: number, bytes: number, path: string): Error {
  const most = stream.settings.maxRecordBytes;
  if (data <= most) {
    const whose = path === '' ? 'the record' : `'${path.slice(0, -1)}'`;
    return invalidArgument(
      `The data and partition key of ${whose} are ${bytes} bytes together, more than ${most}`,
    );
  }
  return validationFailure(
    `1 validation error detected: Value 'java.nio.HeapByteBuffer[pos=0 lim=${data} cap=${data}]' at '${path}data' ` +
      `failed to satisfy constraint: Member must have length less than or equal to ${most}`,
  );
}

const words = new Uint32Array(4);

/** Finds each record's shard by its explicit hash key or its partition key's hash, or takes them in turn. */
export function placeRecords(stream: Stream, batch: PutBatch): void {
  if (stream.settings.spread) {
    for (let i = 0; i < batch.count; i++) batch.shard[i] = stream.nextShard();
    return;
  }
  const { routing, openShards } = stream.layout;
  for (let i = 0; i < batch.count; i++) {
    const explicit = batch.hashKeys.size > 0 ? batch.hashKeys.get(i) : undefined;
    if (explicit !== undefined) toWords(readHashKey(explicit), words);
    else if (batch.keyLength[i] > MOST_DIGEST_BYTES) hashWords(batch.keyOf(i), words);
    else digestWords(batch.body, batch.keyStart[i], batch.keyLength[i], words);
    batch.shard[i] = openShards[routeWords(routing, words)];
  }
}

function readHashKey(text: string): bigint {
  const hashKey = parseHashKey(text);
  if (hashKey === undefined) {
    throw invalidArgument(
      'Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. ' +
        `Specified value was ${text}`,
    );
  }
  return hashKey;
}
