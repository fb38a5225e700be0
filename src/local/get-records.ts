/** GetRecords. */
import { LIMITS } from '../model/limits.ts';
import { parentsOf, shardIdOf } from '../model/shard-map.ts';
import type { Account } from './account.ts';
import { hashKeyRangeOf } from './describe-stream.ts';
import { operation, type OperationResult } from './operation.ts';
import { invalidArgument, refuseDryRun, ServiceError, shardNotFound, throttled } from './service-error.ts';
import { DRY_RUN, STREAM_ARN, type InputOf } from './shape.ts';
import { decodeIterator, encodeIterator, type ShardIterator } from './shard-iterator.ts';
import type { Stream } from './stream.ts';

const MOST_RECORDS = LIMITS.recordsPerGetRecords.value;
const MOST_BYTES = LIMITS.bytesPerGetRecords.value;
const ITERATOR_LIFE_US = LIMITS.iteratorLifeSec.value * 1_000_000;

const FIELDS = {
  Limit: { type: 'Integer', min: 1, max: MOST_RECORDS },
  ShardIterator: { type: 'String', min: 1, max: 512, required: true },
  DryRun: DRY_RUN,
  StreamARN: STREAM_ARN,
} as const;

export const GET_RECORDS = operation(FIELDS, getRecords);

function getRecords(account: Account, input: InputOf<typeof FIELDS>, nowUs: number): OperationResult {
  const iterator = decodeIterator(input.ShardIterator);
  if (!iterator) throw invalidArgument('Invalid ShardIterator.');
  requireFresh(iterator, nowUs);
  const stream = streamOf(account, iterator, input.StreamARN, nowUs);
  refuseDryRun(input.DryRun);
  const nowMs = Math.floor(nowUs / 1000);
  stream.log.expire(nowMs);
  const page = pageWithin(account, stream, iterator, input.Limit ?? MOST_RECORDS, nowUs);
  const atEnd = page.next >= stream.log.next(iterator.shard);
  const behindMs = atEnd ? 0 : nowMs - page.arrivalMs;
  const { records, bytes } = page;
  stream.metrics.read({ shard: iterator.shard, records: records.length, bytes, ageMs: behindMs }, nowUs);
  return {
    ...(atEnd && stream.layout.isClosed(iterator.shard)
      ? endOf(stream, iterator.shard)
      : { NextShardIterator: encodeIterator({ ...iterator, counter: page.next, issuedUs: nowUs }) }),
    Records: records,
    MillisBehindLatest: behindMs,
  };
}

function requireFresh({ issuedUs }: ShardIterator, nowUs: number): void {
  if (nowUs - issuedUs <= ITERATOR_LIFE_US) return;
  throw new ServiceError(
    'ExpiredIteratorException',
    `Iterator expired. The iterator was created at time ${utcText(issuedUs)} while right now it is ${utcText(nowUs)} ` +
      `which is further in the future than the tolerated delay of ${ITERATOR_LIFE_US / 1000} milliseconds.`,
  );
}

function streamOf(account: Account, iterator: ShardIterator, arn: string | undefined, nowUs: number): Stream {
  const { stream: name, shard } = iterator;
  if (arn !== undefined && account.nameOf({ StreamARN: arn }) !== name) {
    throw invalidArgument('The StreamARN and the ShardIterator do not belong to the same stream.');
  }
  const stream = account.named(name, nowUs);
  const isThere = stream?.state.isOpen(nowUs) === true && stream.createdUs === iterator.createdUs;
  if (!isThere || !stream.hasShard(shard, nowUs)) throw shardNotFound(shardIdOf(shard), name, account.id);
  return stream;
}

/** What a reply says of a closed shard that was read to its end: nothing is left there, and where its records go on. */
function endOf(stream: Stream, shard: number): object {
  return {
    NextShardIterator: null,
    ChildShards: childShardsOf(stream, shard),
  };
}

export function childShardsOf(stream: Stream, shard: number): object[] {
  return stream.layout.childrenOf(shard).map((child) => ({
    ShardId: child.shardId,
    ParentShards: parentsOf(child),
    HashKeyRange: hashKeyRangeOf(child),
  }));
}

/** The page that the shard's read limits allow. @throws ServiceError where they allow none */
function pageWithin(
  account: Account,
  stream: Stream,
  iterator: ShardIterator,
  limit: number,
  nowUs: number,
): Page {
  if (!account.limits.read) return readPage(stream, iterator, limit, MOST_BYTES);
  const { records: throttle } = stream.readLimits;
  const { shard } = iterator;
  const allowed = throttle.call(shard, nowUs);
  if (allowed >= 0) {
    const page = readPage(stream, iterator, limit, allowed);
    if (throttle.reply(shard, nowUs, page.bytes, page.isCut, allowed)) return page;
  }
  stream.metrics.readThrottled(shard, nowUs);
  throw throttled(shardIdOf(shard), stream.name, account.id);
}

export interface Page {
  readonly records: object[];
  /** Of data and keys. */
  readonly bytes: number;
  /** Whether there was another record that the bytes left no room for. */
  readonly isCut: boolean;
  /** Where the next page begins. */
  readonly next: number;
  /** Arrival of the page's last record, or of the next one where the page is empty. */
  readonly arrivalMs: number;
}

/** Records from the iterator on, up to the limits; behind the trim horizon it starts at the horizon. */
export function readPage(
  stream: Stream,
  iterator: Pick<ShardIterator, 'shard' | 'counter'>,
  limit: number,
  mostBytes: number,
): Page {
  const { log } = stream;
  const { shard } = iterator;
  const end = log.next(shard);
  const records: object[] = [];
  let counter = Math.max(log.first(shard), Math.min(iterator.counter, end));
  let bytes = 0;
  let isCut = false;
  let arrivalMs = counter < end ? log.arrivalMs(shard, counter) : 0;
  for (; counter < end && records.length < limit; counter++) {
    const record = log.read(shard, counter);
    isCut = bytes + record.bytes > mostBytes;
    if (isCut) break;
    bytes += record.bytes;
    arrivalMs = record.arrivalMs;
    records.push({
      SequenceNumber: stream.sequenceNumber(shard, counter),
      ApproximateArrivalTimestamp: arrivalMs / 1000,
      Data: record.data,
      ...(record.key === '' ? {} : { PartitionKey: record.key }),
      ...(stream.settings.encryption.wasOn(arrivalMs) ? { EncryptionType: 'KMS' } : {}),
    });
  }
  return { records, bytes, isCut, next: counter, arrivalMs };
}

const DAYS = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A time as AWS writes it here: "Thu Jan 22 01:22:02 UTC 2015". */
export function utcText(us: number): string {
  const seconds = Math.floor(us / 1e6);
  const days = Math.floor(seconds / 86_400);
  const clock = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60];
  const { year, month, day } = civilDate(days);
  const pad = (value: number): string => value.toString().padStart(2, '0');
  return `${DAYS[days % 7]} ${MONTHS[month]} ${pad(day)} ${clock.map(pad).join(':')} UTC ${year}`;
}

/** Calendar day of a count of days since 1970, month from 0. */
export function civilDate(days: number): { year: number; month: number; day: number } {
  let rest = days;
  let year = 1970;
  for (; rest >= daysIn(year); year++) rest -= daysIn(year);
  const lengths = [31, daysIn(year) - 337, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  let month = 0;
  for (; rest >= lengths[month]; month++) rest -= lengths[month];
  return { year, month, day: rest + 1 };
}

function daysIn(year: number): number {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 366 : 365;
}
