/**
 * How often the operations of the control plane may be called: a bucket of one second's calls for each operation, of
 * the account or of each stream (source: developer guide, Quotas and limits; SDK comments where it says nothing).
 */
import { TOKEN, TokenBuckets } from '../model/token-bucket.ts';

interface CallRate {
  readonly perSec: number;
  readonly of: 'account' | 'stream';
}

const ACCOUNT_5: CallRate = { perSec: 5, of: 'account' };
const STREAM_5: CallRate = { perSec: 5, of: 'stream' };

/** Where AWS's sources differ on the scope, the one that refuses less. Operations that are not here have no rate. */
export const CALL_RATES: Readonly<Record<string, CallRate>> = {
  AddTagsToStream: ACCOUNT_5,
  CreateStream: ACCOUNT_5,
  DecreaseStreamRetentionPeriod: STREAM_5,
  DeleteStream: ACCOUNT_5,
  DeregisterStreamConsumer: STREAM_5,
  DescribeAccountSettings: ACCOUNT_5,
  DescribeLimits: { perSec: 1, of: 'account' },
  DescribeStream: { perSec: 10, of: 'account' },
  DescribeStreamConsumer: { perSec: 20, of: 'stream' },
  DescribeStreamSummary: { perSec: 20, of: 'account' },
  DisableEnhancedMonitoring: STREAM_5,
  EnableEnhancedMonitoring: STREAM_5,
  IncreaseStreamRetentionPeriod: STREAM_5,
  ListShards: { perSec: 1000, of: 'stream' },
  ListStreamConsumers: STREAM_5,
  ListStreams: ACCOUNT_5,
  ListTagsForStream: ACCOUNT_5,
  MergeShards: STREAM_5,
  RegisterStreamConsumer: STREAM_5,
  RemoveTagsFromStream: ACCOUNT_5,
  SplitShard: STREAM_5,
  UpdateAccountSettings: ACCOUNT_5,
  UpdateShardCount: { perSec: 10, of: 'account' },
  UpdateStreamWarmThroughput: ACCOUNT_5,
};

export class CallRates {
  /** By operation, with the stream's name where the rate is the stream's. */
  readonly #buckets = new Map<string, TokenBuckets>();

  /**
   * Takes one call from an operation's rate.
   * @param stream name of the stream that the call is about, undefined where there is none
   * @returns false where the rate is exceeded
   */
  take(operation: string, stream: string | undefined, nowUs: number): boolean {
    const rate = CALL_RATES[operation] as CallRate | undefined;
    if (rate === undefined || (rate.of === 'stream' && stream === undefined)) return true;
    const key = rate.of === 'account' ? operation : `${operation} ${stream}`;
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      this.#forget(nowUs);
      bucket = new TokenBuckets(1, { refillPerSec: rate.perSec, burst: rate.perSec }, nowUs);
      this.#buckets.set(key, bucket);
    }
    if (bucket.levelAt(0, nowUs) < TOKEN) return false;
    bucket.take(0, 1);
    return true;
  }

  /** A full bucket is as good as none: drops them once there are many, so that deleted streams leave nothing. */
  #forget(nowUs: number): void {
    if (this.#buckets.size < MOST_BUCKETS) return;
    for (const [key, bucket] of this.#buckets) {
      if (bucket.levelAt(0, nowUs) >= bucket.rate.burst * TOKEN) this.#buckets.delete(key);
    }
  }
}

const MOST_BUCKETS = 10_000;
