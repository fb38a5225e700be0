/**
 * One consumer of a run, over all shards: what it has seen, and what that tells.
 */
import type { _Record as KinesisRecord } from '@aws-sdk/client-kinesis';
import { decodeAggregate } from '../../model/kpl-codec.ts';
import { OpenRecords } from '../../results/open-records.ts';
import { RecordNames } from '../../results/record-names.ts';
import { hashSequence } from '../../results/sequence-hash.ts';
import { NO_DUE, SequenceLedger } from '../../results/sequence-ledger.ts';
import type { StreamConsumer } from '../../simulate/stream-consumer.ts';
import { LOAD_ID_BYTES, readHeader, type PayloadHeader } from '../../traffic/payload.ts';
import type { LiveShard } from './live-shard.ts';
import type { ShardReader } from './shard-reader.ts';

const US_PER_SEC = 1_000_000;

/** Whose records a consumer counts, and when. */
export interface CountedRun {
  readonly runId: Uint8Array;
  /** Whether records of the run may be too short for a header, or be texts. */
  readonly lacksHeaders: boolean;
  /** Start of the schedule, microseconds since 1970, and of the counted duration from there. */
  readonly startUs: number;
  readonly warmupUs: number;
  /** Of one machine of several: what all count seconds from. Records of the others are of the run as well. */
  readonly baseUs?: number | undefined;
}

/** The user records of a Kinesis record that are the run's. */
interface Content {
  readonly headers: readonly PayloadHeader[];
  /** User records without a header. */
  readonly bare: number;
  /** Of another run. */
  readonly others: number;
}

export class LiveConsumer {
  readonly stream: StreamConsumer;
  readonly seen = new SequenceLedger();
  readonly open = new OpenRecords();
  /** User records of the run that came a second time, that have no header, and Kinesis records of others. */
  duplicates = 0;
  withoutHeader = 0;
  others = 0;
  /** User records of the counted duration read when its time was over, so that their latency is not its own. */
  hurried = 0;
  failedCalls = 0;
  firstError: { readonly code: string; readonly message: string } | undefined;
  /** Its code takes no time any more and latencies are not its own: the run is over, and what is left is only counted. */
  hurries = false;
  /** When a record of the run came last. */
  lastUs = -Infinity;
  readonly #names = new RecordNames();
  readonly #hash = new Uint32Array(2);

  constructor(stream: StreamConsumer) {
    this.stream = stream;
  }

  /**
   * Records of one reply or event, in order. What was seen before is passed over.
   * @param arrivedUs from the start of the schedule
   */
  take(
    reader: ShardReader,
    shard: LiveShard,
    records: readonly KinesisRecord[],
    run: CountedRun,
    arrivedUs: number,
  ): void {
    const fresh = records.filter(({ SequenceNumber = '' }) => reader.isNew(SequenceNumber));
    reader.slots.arrive(fresh.length);
    for (const record of fresh) this.#takeOne(reader, shard, record, run, arrivedUs);
    if (fresh.length > 0) {
      reader.lastSequence = fresh[fresh.length - 1].SequenceNumber ?? '';
      reader.from = { type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: reader.lastSequence };
    }
  }

  /** Whether everything that was acknowledged is for it: it was there from the start, or reads what it missed. */
  get readsAll(): boolean {
    return this.stream.spec.joins?.from !== 'latest';
  }

  failed(code: string, message: string): void {
    this.failedCalls++;
    this.firstError ??= { code, message };
  }

  #takeOne(
    reader: ShardReader,
    shard: LiveShard,
    { Data: data = new Uint8Array(0), PartitionKey: key = '', SequenceNumber: sequence = '' }: KinesisRecord,
    run: CountedRun,
    arrivedUs: number,
  ): void {
    const doneUs = this.hurries ? arrivedUs : reader.slots.next(arrivedUs);
    const { headers, bare, others } = contentOf(data, run);
    const isOurs = headers.length > 0 || (others === 0 && run.lacksHeaders);
    if (!isOurs) {
      this.others++;
      return;
    }
    this.lastUs = arrivedUs;
    this.withoutHeader += bare;
    reader.position++;
    this.stream.passed++;
    reader.counts.records++;
    reader.counts.bytes += data.length + key.length;
    const { baseUs = run.startUs } = run;
    const dueSec = headers.length === 0 ? NO_DUE : Math.floor((headers[0].dueUs - baseUs) / US_PER_SEC);
    hashSequence(sequence, this.#hash);
    const [low, high] = this.#hash;
    this.seen.add(shard.number, dueSec, low, high);
    if (this.readsAll && run.baseUs === undefined) this.open.seen(shard.number, dueSec, low, high);
    for (const { worker, source, k, dueUs } of headers) {
      if (this.#names.see(worker, source, k)) this.duplicates++;
      const sinceUs = dueUs - run.startUs;
      if (dueUs - baseUs < run.warmupUs) continue;
      if (this.hurries) this.hurried++;
      else this.stream.meter.endToEnd.record(doneUs - sinceUs);
    }
  }
}

/** De-aggregated where the KPL's format says so. The first record's header is that of the Kinesis record. */
function contentOf(data: Uint8Array, { runId, baseUs }: CountedRun): Content {
  const length = baseUs === undefined ? runId.length : LOAD_ID_BYTES;
  const parts = decodeAggregate(data)?.map((user) => user.data) ?? [data];
  const headers: PayloadHeader[] = [];
  let [bare, others] = [0, 0];
  for (const part of parts) {
    const header = readHeader(part);
    if (header === undefined) bare++;
    else if (sameBytes(header.runId, runId, length)) headers.push(header);
    else others++;
  }
  return { headers, bare, others };
}

function sameBytes(a: Uint8Array, b: Uint8Array, length: number): boolean {
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return false;
  return true;
}
