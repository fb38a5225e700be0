/**
 * Reads a producer's log line by line for error messages that name a throttled shard, in whatever they are wrapped: the
 * exception's own text, the ErrorMessage of a record of a PutRecords reply, or JSON within JSON.
 */
import type { LogEvidence } from './log-evidence.ts';
import { lineTime, type LineYear } from './log-time.ts';

/** AWS's words: "Rate exceeded for shard shardId-000000000002 in stream orders under account 123456789012." */
const RATE_EXCEEDED =
  /Rate exceeded for shard (shardId-\d{12}) in stream ([a-zA-Z0-9_.-]{1,128}) under account/g;

interface NamedShard {
  records: number;
  firstMs: number | null;
  lastMs: number | null;
}

export class LogReader {
  readonly #stream: string;
  readonly #year: LineYear;
  readonly #shards = new Map<string, NamedShard>();
  #lines = 0;
  #matches = 0;
  #otherStreams = 0;

  /** @param year of times that do not say theirs */
  constructor(stream: string, year: LineYear) {
    this.#stream = stream;
    this.#year = year;
  }

  line(text: string): void {
    this.#lines++;
    let [isOurs, isOther] = [false, false];
    let timeMs: number | null | undefined;
    for (const [, shardId, stream] of text.matchAll(RATE_EXCEEDED)) {
      if (stream !== this.#stream) {
        isOther = true;
        continue;
      }
      isOurs = true;
      timeMs ??= lineTime(text, this.#year);
      this.#count(shardId, timeMs);
    }
    if (isOurs) this.#matches++;
    else if (isOther) this.#otherStreams++;
  }

  #count(shardId: string, timeMs: number | null): void {
    const shard = this.#shards.get(shardId) ?? { records: 0, firstMs: null, lastMs: null };
    this.#shards.set(shardId, shard);
    shard.records++;
    if (timeMs === null) return;
    shard.firstMs = Math.min(timeMs, shard.firstMs ?? timeMs);
    shard.lastMs = Math.max(timeMs, shard.lastMs ?? timeMs);
  }

  evidence(file: string): LogEvidence {
    const shards = [...this.#shards].map(([shardId, shard]) => ({ shardId, ...shard }));
    shards.sort((a, b) => b.records - a.records || (a.shardId < b.shardId ? -1 : 1));
    return {
      file,
      lines: this.#lines,
      matches: this.#matches,
      shards,
      otherStreams: this.#otherStreams,
    };
  }
}
