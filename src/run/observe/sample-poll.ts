/**
 * Reads slices of shards by polling, within a share of what each shard may be read, for what its records say. Nothing
 * else is kept of them.
 */
import { GetRecordsCommand, GetShardIteratorCommand, type KinesisClient } from '@aws-sdk/client-kinesis';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SampleSlice } from '../../results/evidence/record-sample.ts';
import type { RecordSampler } from '../../results/sample/record-sampler.ts';
import { isDenied } from '../aws/aws-trouble.ts';
import { referenceTo } from '../aws/stream-reference.ts';
import { epochClock } from '../clock.ts';
import { readTroubleOf } from '../read/read-error.ts';
import { ReadPace } from './read-pace.ts';
import { addMissing, newResult, type SampleResult } from './sample-result.ts';
import { byShard, SliceReading, type WantedSlice } from './wanted-slice.ts';

export interface PollRequest {
  /** Tries each call once: what is tried again counts against the share. */
  readonly client: KinesisClient;
  /** Or its ARN. */
  readonly streamName: string;
  readonly slices: readonly WantedSlice[];
  /** Of a shard's read budget, above 0 and at most 1. */
  readonly share: number;
  /** Records older than that are no longer there, milliseconds since 1970. */
  readonly trimmedMs: number;
  /** When to end at the latest, milliseconds since 1970. */
  readonly untilMs: number;
  readonly signal: AbortSignal;
}

/** Waits after a call that was throttled; it doubles. */
const THROTTLED_MS = 1_000;
const THROTTLED_TRIES = 4;
const FAILED_MS = 500;
const FAILED_TRIES = 3;

/** Reads all shards at the same time, the slices of each one after the other. */
export async function samplePolling(request: PollRequest, sampler: RecordSampler): Promise<SampleResult> {
  const result = newResult();
  await Promise.all(
    byShard(request.slices).map(async (slices) => {
      let owedMs = 0;
      for (const slice of slices) {
        await pause(owedMs, request);
        const poll = new SlicePoll(request, slice, sampler, result);
        await poll.read();
        owedMs = poll.owedMs;
      }
    }),
  );
  return result;
}

const nowMs = (): number => epochClock() / 1000;

/** Ends early where everything has to. */
async function pause(ms: number, { signal, untilMs }: PollRequest): Promise<void> {
  const leftMs = Math.min(ms, untilMs - nowMs());
  if (leftMs > 0 && !signal.aborted) await sleep(leftMs, undefined, { signal }).catch(() => undefined);
}

class SlicePoll {
  readonly #request: PollRequest;
  readonly #result: SampleResult;
  readonly #reading: SliceReading;
  readonly #pace: ReadPace;
  #iterator: string | undefined;
  #last: string | undefined;
  #throttled = 0;
  #failed = 0;
  /** What the shard's share asks to wait before it is called again. */
  owedMs = 0;

  constructor(request: PollRequest, slice: WantedSlice, sampler: RecordSampler, result: SampleResult) {
    this.#request = request;
    this.#result = result;
    this.#reading = new SliceReading(slice, sampler, nowMs());
    this.#pace = new ReadPace(request.share, slice.meanBytes);
  }

  async read(): Promise<void> {
    let ended: End;
    do ended = await this.#step();
    while (ended === 'go on');
    const isOld = this.#reading.fromMs < this.#request.trimmedMs;
    this.#reading.close(ended === 'end' ? (isOld ? 'trimmed' : undefined) : ended);
  }

  /** One call, and the wait after it. */
  async #step(): Promise<End> {
    const { signal, untilMs } = this.#request;
    if (signal.aborted) return 'interrupted';
    const calledMs = nowMs();
    if (calledMs >= untilMs) return this.#throttled > 0 ? 'throttled' : 'time';
    try {
      this.#iterator ??= await this.#newIterator();
      const { ended, wantedMs } = await this.#ask();
      this.owedMs = wantedMs - (nowMs() - calledMs);
      if (ended !== 'go on') return ended;
    } catch (error) {
      const after = this.#refused(error);
      if (typeof after === 'string') return after;
      this.owedMs = after;
    }
    await pause(this.owedMs, this.#request);
    return 'go on';
  }

  async #newIterator(): Promise<string | undefined> {
    const { client, streamName, signal } = this.#request;
    const { shardId, fromMs } = this.#reading.wanted;
    const { ShardIterator } = await client.send(
      new GetShardIteratorCommand({
        ...referenceTo(streamName),
        ShardId: shardId,
        ...(this.#last !== undefined
          ? { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber: this.#last }
          : fromMs === undefined
            ? { ShardIteratorType: 'LATEST' }
            : { ShardIteratorType: 'AT_TIMESTAMP', Timestamp: new Date(fromMs) }),
      }),
      { abortSignal: signal },
    );
    return ShardIterator;
  }

  async #ask(): Promise<{ readonly ended: End; readonly wantedMs: number }> {
    const { client, streamName, signal } = this.#request;
    const reading = this.#reading;
    const reference = referenceTo(streamName);
    const before = reading.bytes;
    const askedMs = nowMs();
    this.#result.calls++;
    const reply = await client.send(
      new GetRecordsCommand({
        ShardIterator: this.#iterator,
        Limit: this.#pace.limit(reading.wanted.mostBytes - reading.bytes),
        ...('StreamARN' in reference && { StreamARN: reference.StreamARN }),
      }),
      { abortSignal: signal },
    );
    [this.#throttled, this.#failed] = [0, 0];
    const records = reply.Records ?? [];
    const ended = reading.take(records);
    this.#last = records.at(-1)?.SequenceNumber ?? this.#last;
    this.#iterator = reply.NextShardIterator ?? undefined;
    // At the tip everything is read that had arrived when it was asked.
    if (reply.MillisBehindLatest === 0) reading.reached(askedMs);
    const wantedMs = this.#pace.wait(records.length, reading.bytes - before);
    if (ended !== undefined) return { ended, wantedMs };
    const isAll = this.#iterator === undefined || (reply.MillisBehindLatest === 0 && askedMs >= reading.toMs);
    if (isAll) return { ended: 'end', wantedMs };
    return { ended: reading.bytes >= reading.wanted.mostBytes ? 'budget' : 'go on', wantedMs };
  }

  /** @returns how long to wait before it is tried again, or how the slice ends */
  #refused(error: unknown): number | Exclude<End, 'go on'> {
    if (this.#request.signal.aborted) return 'interrupted';
    const { kind, code, message } = readTroubleOf(error);
    if (kind === 'expired') {
      this.#iterator = undefined;
      return 0;
    }
    if (kind === 'throttled') {
      this.#result.throttledCalls++;
      if (++this.#throttled > THROTTLED_TRIES) return 'throttled';
      return THROTTLED_MS * 2 ** (this.#throttled - 1);
    }
    const permission = this.#iterator === undefined ? 'kinesis:GetShardIterator' : 'kinesis:GetRecords';
    if (isDenied(error)) {
      addMissing(this.#result, { what: 'records', why: 'denied', permission });
      return 'error';
    }
    // The shard itself is gone once all of its records are.
    if (code === 'ResourceNotFoundException') return 'trimmed';
    if (++this.#failed < FAILED_TRIES) return FAILED_MS;
    addMissing(this.#result, { what: 'records', why: 'failed', detail: `${code}: ${message}` });
    return 'error';
  }
}

/** Why a slice is over: it was read to its end, or what cut it. */
type End = 'go on' | 'end' | NonNullable<SampleSlice['cutBy']>;
