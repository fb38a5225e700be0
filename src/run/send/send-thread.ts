/**
 * What the main thread and a sending thread say to each other.
 */
import type { MessagePort } from 'node:worker_threads';
import type { LayoutGrowth } from '../../model/layout-growth.ts';
import type { Shard, ShardMap } from '../../model/shard-map.ts';
import type { LatencyPart } from '../../results/latency.ts';
import type { LedgerPage } from '../../results/ledger-page.ts';
import type { PutCounts } from '../../results/put-counts.ts';
import type { ErrorRow } from '../../results/report-document.ts';
import type { ScenarioParcel } from '../../traffic/scenario-parcel.ts';
import type { Split } from '../../traffic/split.ts';
import type { ClientSpec } from './client.ts';
import type { DeadEnd } from './dead-end.ts';
import type { ThreadLoad } from './generator-health.ts';
import type { StreamRef } from './put-body.ts';
import type { TransportName } from './transport.ts';

/** What a sending thread is given once there is a stream. */
export interface SendSetup {
  /** With the thread's own part of in-flight slots and queue. */
  readonly scenario: ScenarioParcel;
  readonly shards: readonly Shard[];
  readonly z: number;
  readonly split: Split;
  /** In the header of its records, from 1. */
  readonly worker: number;
  readonly client: ClientSpec;
  readonly stream: StreamRef;
  readonly transport: TransportName;
  /** 16 bytes. */
  readonly runId: Uint8Array;
  /** Where consumers are told what was acknowledged. */
  readonly acknowledgements?: MessagePort;
  /** From when on they are told seconds, microseconds since 1970, where that is not the start of the schedule. */
  readonly baseUs?: number;
}

export type SendOrder =
  | {
      /** Answered by `ready`, as loading the code is. */
      readonly kind: 'setUp';
      readonly setup: SendSetup;
    }
  | {
      /** The schedule starts then, in microseconds since 1970 by this very clock: `offsetUs` added to `hrtime`. */
      readonly kind: 'start';
      readonly startUs: number;
      readonly offsetUs: number;
    }
  | {
      /** The stream's layout is about to change, or is done with it: replies may name other shards meanwhile. */
      readonly kind: 'changing';
      readonly isUnderWay: boolean;
    }
  | {
      /** The stream has another layout. */
      readonly kind: 'relayout';
      readonly growth: LayoutGrowth;
    }
  | {
      /** Load by shard is counted from this time of the schedule on; answered when it is asked for. */
      readonly kind: 'watchLoad';
      readonly fromUs: number;
    }
  | {
      /** Answered by `load`. */
      readonly kind: 'tellLoad';
    }
  | {
      /** Ends the load early. */
      readonly kind: 'stop';
    };

export type SendReport =
  | { readonly kind: 'ready' }
  | ({ readonly kind: 'page' } & { readonly page: LedgerPage })
  /** Offered since the time that was told, by place of the shard. */
  | { readonly kind: 'load'; readonly records: Float64Array; readonly bytes: Float64Array }
  | ({ readonly kind: 'reached' } & Reached)
  /** Told once. */
  | { readonly kind: 'deadEnd'; readonly end: DeadEnd }
  | ({ readonly kind: 'done' } & SendResult);

/** Told every second, after the pages of the second. */
export interface Reached {
  /** Nothing is offered any more before this second of the counted duration; below 0 in the warm-up. */
  readonly second: number;
  readonly lag: LatencyPart;
  /** Of everything offered so far. */
  readonly digest: string;
}

export interface SendResult {
  readonly load: ThreadLoad;
  readonly errors: readonly ErrorRow[];
  readonly transport: string;
  readonly misrouted: number;
  /** The same while the layout was changing, where it is expected. */
  readonly moved: number;
  readonly interrupted: boolean;
  readonly countedUs: number;
  /** What was put on the wire, warm-up included. */
  readonly puts: PutCounts;
  /** What the load has ended in; its times are of the schedule. */
  readonly deadEnd: DeadEnd | undefined;
  /** Kinesis records that consumers were told of. */
  readonly acknowledged: number;
}

/** The layout that shards were read from: all of them open, in order of hash key. */
export function mapOf(shards: readonly Shard[]): ShardMap {
  return { all: shards, open: shards };
}
