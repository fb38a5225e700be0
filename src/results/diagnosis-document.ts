/**
 * The report of `diagnose`: what the stream's evidence says, shard by shard and key by key.
 */
import type { DiagnosisFinding } from './diagnosis-finding.ts';
import type { LoadInterval } from './load-interval.ts';
import type { StreamReportHead } from './report-head.ts';

export interface DiagnosisDocument extends StreamReportHead {
  readonly kind: 'diagnosis';
  readonly shards: readonly DiagnosedShard[];
  readonly keys: readonly DiagnosedKey[];
  readonly heatMap?: HeatMap;
  readonly findings: readonly DiagnosisFinding[];
}

export interface DiagnosedShard {
  readonly shardId: string;
  readonly startingHashKey: string;
  readonly endingHashKey: string;
  readonly open: boolean;
  /** In the worst step of the window, over the worse of its two limits; null where the shard has no metrics. */
  readonly utilization: LoadInterval | null;
  readonly worstStepMs: number | null;
  /** Sums over the window. */
  readonly incomingRecords: number | null;
  readonly incomingBytes: number | null;
  /** Attempts at records, retries counted again. */
  readonly throttledAttempts: number | null;
  /** The last step that throttled; null where none did, or that is not known. */
  readonly lastThrottledMs: number | null;
}

export interface DiagnosedKey {
  readonly key: string;
  readonly hashKey: string;
  readonly shardId: string;
  /** Of what was accepted from it: records of the sample, or all of them in a report of a run. */
  readonly source: 'sample' | 'run';
  /** Part of what was sampled of its shard, 0…1: at least and at most. From a run: of the whole stream, exactly. */
  readonly share: LoadInterval;
  /** Offered records and bytes per second in the shard's worst step, as far as they can be known; null from a run. */
  readonly recordsPerSec: LoadInterval | null;
  readonly bytesPerSec: LoadInterval | null;
  /** Whether it is heavier than chance among the lighter keys of its shard explains; of a run: always. */
  readonly standsOut: boolean;
  /** Attempts that were throttled, from a run. */
  readonly throttled?: number;
  readonly utilization: LoadInterval | null;
}

/** Hash range x time: the load of each band of the hash space in each span of time, over what the band's shards may carry. */
export interface HeatMap {
  readonly fromMs: number;
  readonly columnMs: number;
  readonly columns: number;
  /** From the lowest hash keys up. */
  readonly bands: readonly HeatBand[];
}

export interface HeatBand {
  readonly startingHashKey: string;
  readonly endingHashKey: string;
  /** Open shards in it, and the one where it is one. */
  readonly shards: number;
  readonly shardId?: string;
  /** Highest utilization (lower end) of a shard in it, per column; null where nothing is known. */
  readonly utilization: readonly (number | null)[];
  /** Throttled attempts per column. */
  readonly throttled: readonly number[];
}
