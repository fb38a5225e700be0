/** The read limits of a stream's shards, for those who poll: of GetRecords, and of GetShardIterator. */
import { LIMITS } from '../model/limits.ts';
import { ReadThrottle } from '../model/read-throttle.ts';
import { TOKEN, TokenBuckets } from '../model/token-bucket.ts';

const PER_SEC = LIMITS.getShardIteratorCallsPerSec.value;

export class ReadLimits {
  readonly records = new ReadThrottle();
  /** GetShardIterator's calls by shard number, made when a shard is first asked for. */
  readonly #iterators: TokenBuckets[] = [];

  /** Takes one GetShardIterator call. @returns false where the shard has had too many */
  takeIterator(shard: number, nowUs: number): boolean {
    const calls = (this.#iterators[shard] ??= new TokenBuckets(
      1,
      { refillPerSec: PER_SEC, burst: PER_SEC },
      nowUs,
    ));
    if (calls.levelAt(0, nowUs) < TOKEN) return false;
    calls.take(0, 1);
    return true;
  }
}
