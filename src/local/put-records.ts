/** PutRecords: the common way of the scanned and the parsed request, from routing to the reply. */
import { hashWords, parseHashKey, toWords } from '../model/hash-key.ts';
import { LIMITS, MIB } from '../model/limits.ts';
import { sizeOf } from '../model/record.ts';
import { routeWords } from '../model/routing-table.ts';
import { digestWords, MOST_DIGEST_BYTES } from '../model/key-digest.ts';
import { operation } from './operation.ts';
import { FAILED, MOST_RECORDS, PutBatch, THROTTLED_BY_FAULT } from './put-batch.ts';
import { invalidArgument, refuseDryRun, validationFailure } from './service-error.ts';
import { DRY_RUN, STREAM_REFERENCE } from './shape.ts';
import type { Stream } from './stream.ts';

const MOST_BYTES = LIMITS.bytesPerPutRecords.value;

/** The fields of one record, as PutRecord and PutRecords declare them. */
export const RECORD_FIELDS = {
  PartitionKey: { type: 'String', min: 1, max: LIMITS.partitionKeyChars.value, required: true },
  ExplicitHashKey: { type: 'String', pattern: '0|([1-9]\\d{0,38})' },
  Data: { type: 'Blob', max: LIMITS.ceilingMaxRecordBytes.value, required: true },
} as const;

export const PUT_RECORDS = operation(
  {
    Records: {
      type: 'List',
      min: 1,
      max: MOST_RECORDS,
      of: { type: 'Structure', fields: RECORD_FIELDS },
      required: true,
    },
    DryRun: DRY_RUN,
    ...STREAM_REFERENCE,
  },
  (account, input, nowUs) => {
    const stream = account.findActive(input, nowUs);
    const batch = new PutBatch();
    batch.fill(input.Records);
    checkSizes(stream, batch, (i) => `records.${i + 1}.member.`);
    placeRecords(stream, batch);
    refuseDryRun(input.DryRun);
    chargeAndStore(stream, batch, nowUs);
    return stream.putReplies.json.replyTo(batch);
  },
);

/**
 * Puts a scanned batch and gives the reply in the format of the request.
 * @throws ServiceError where the request as a whole is refused; then nothing was charged or stored
 */
export function putBatch(stream: Stream, batch: PutBatch, nowUs: number, format: 'json' | 'cbor'): Buffer {
  checkSizes(stream, batch, (i) => `records.${i + 1}.member.`);
  placeRecords(stream, batch);
  chargeAndStore(stream, batch, nowUs);
  return stream.putReplies[format].replyTo(batch);
}

/** Charges the records of a call in request order and keeps the accepted ones; fills in verdicts and places. */
export function chargeAndStore(stream: Stream, batch: PutBatch, nowUs: number): void {
  const { throttle, faults } = stream;
  const faulty = faults.strikeRecords;
  throttle.beginCall(nowUs);
  for (let i = 0; i < batch.count; i++) {
    const fault = faulty ? faults.ofRecord(i, batch.shard[i]) : undefined;
    if (fault) batch.verdict[i] = fault === 'InternalFailure' ? FAILED : THROTTLED_BY_FAULT;
    else batch.verdict[i] = throttle.charge(batch.shard[i], sizeOf(batch.dataBytes[i], batch.keyLength[i]));
  }
  stream.log.append(batch, Math.floor(nowUs / 1000));
}

/** Refuses a call with a record, or a sum, above what the stream takes. `pathOf` names record i in the message. */
export function checkSizes(stream: Stream, batch: PutBatch, pathOf: (i: number) => string): void {
  let sum = 0;
  for (let i = 0; i < batch.count; i++) {
    const data = batch.dataBytes[i];
    const bytes = sizeOf(data, batch.keyLength[i]);
    if (bytes > stream.maxRecordBytes) throw tooLarge(stream, data, bytes, pathOf(i));
    sum += bytes;
  }
  if (sum > MOST_BYTES) throw invalidArgument(`Records size exceeds ${MOST_BYTES / MIB} MB limit`);
}

function tooLarge(stream: Stream, data: number, bytes: number, path: string): Error {
  const most = stream.maxRecordBytes;
  if (data <= most) {
    return invalidArgument(
      `The data and partition key of '${path}' are ${bytes} bytes together, more than ${most}`,
    );
  }
  return validationFailure(
    `1 validation error detected: Value 'java.nio.HeapByteBuffer[pos=0 lim=${data} cap=${data}]' at '${path}data' ` +
      `failed to satisfy constraint: Member must have length less than or equal to ${most}`,
  );
}

const words = new Uint32Array(4);

/** Finds each record's shard by its explicit hash key or its partition key's hash. */
export function placeRecords(stream: Stream, batch: PutBatch): void {
  const { routing, openShards } = stream;
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
