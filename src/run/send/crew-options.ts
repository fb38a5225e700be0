/**
 * What a load that several threads send is made of, and what comes of it.
 */
import type { MessagePort, Worker } from 'node:worker_threads';
import type { ShardMap } from '../../model/shard-map.ts';
import type { EndedEarly } from '../../results/ended-early.ts';
import type { LatencyHistogram } from '../../results/latency.ts';
import type { PhaseCounts } from '../../results/layout-phases.ts';
import type { PutCounts } from '../../results/put-counts.ts';
import type { ErrorRow, GeneratorInfo } from '../../results/report-document.ts';
import type { Tally } from '../../results/tally.ts';
import type { KeyDictionary } from '../../traffic/key-dictionary.ts';
import type { Scenario } from '../../traffic/scenario.ts';
import type { Split } from '../../traffic/split.ts';
import type { ClientSpec } from './client.ts';
import type { Director } from './crew-stage.ts';
import type { StreamRef } from './put-body.ts';
import type { StartTime } from './start-time.ts';
import type { TransportName } from './transport.ts';

export interface CrewOptions {
  readonly scenario: Scenario;
  readonly map: ShardMap;
  /** Standard deviations that a finding must stand above counting noise. */
  readonly z: number;
  readonly client: ClientSpec;
  readonly stream: StreamRef;
  readonly transport: TransportName;
  /** The endpoint, where the client's settings leave it to the SDK. */
  readonly distanceTo?: string;
  /** As `bootThreads` gives them; they are used up. */
  readonly threads: readonly Worker[];
  /** The part of the offer that is this machine's; default: all of it. */
  readonly split?: Split | undefined;
  /** 16 bytes. */
  readonly runId: Uint8Array;
  /** Who reads the stream meanwhile. */
  readonly readers?: CrewReaders;
  /** Who changes the stream meanwhile. */
  readonly director?: Director;
  /** When the schedule starts, microseconds since 1970, and who is told of the wait; default: as soon as can be. */
  readonly startAt?: StartTime | undefined;
  /** Whether the load ends where nothing of it can be let through any more; else it goes on, and fails. */
  readonly endsAtDeadEnd?: boolean;
  /** Ends the load early; what was sent is still waited for and reported. */
  readonly signal: AbortSignal;
  /** Told every second what all threads have counted up to then. */
  readonly onSecond?: (view: CrewView) => void;
}

/** Those who read what is sent. */
export interface CrewReaders {
  /** What they count seconds from, microseconds since 1970, where that is not the start of the schedule. */
  readonly baseUs?: number | undefined;
  /** The schedule starts then, microseconds since 1970. */
  begin(startUs: number): void;
  /** A way for one thread to tell them what was acknowledged. */
  connect(): MessagePort;
}

/** What is known of a load while it runs: everything up to the slowest thread's last second. */
export interface CrewView {
  readonly tally: Tally;
  readonly map: ShardMap;
  readonly dictionary: KeyDictionary;
  /** Absent in a closed loop. */
  readonly offeredDigest?: string;
  /** Of all threads: from a record's due time to its entering the producer. */
  readonly lag: LatencyHistogram;
  /** Start of the schedule, the warm-up, microseconds since 1970. */
  readonly startUs: number;
  /** Whole seconds of the counted duration that all threads are through with; below 0 in the warm-up. */
  readonly second: number;
}

export interface CrewResult extends Omit<CrewView, 'second'> {
  readonly generator: GeneratorInfo;
  readonly errors: readonly ErrorRow[];
  readonly transport: string;
  readonly interrupted: boolean;
  /** Whether a thread died, or nothing was let through any more. */
  readonly failed: boolean;
  /** Why nothing was let through any more; undefined where something was. */
  readonly ended: EndedEarly | undefined;
  /** Counted time that has passed, at most the scenario's duration. */
  readonly countedUs: number;
  /** What was put on the wire, warm-up included; undefined where a thread died without telling. */
  readonly puts: PutCounts | undefined;
  /** Kinesis records that readers were told of. */
  readonly acknowledged: number;
  /** Since the layout changed last; undefined where it could not change. */
  readonly lastPhase: PhaseCounts | undefined;
}
