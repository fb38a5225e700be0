/**
 * Follows a stream whose shards others change while it is loaded: the service, which splits those of an on-demand stream by
 * itself, or somebody who reshards it. Looks at it every second, and tells those who send of a new layout.
 */
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LayoutGrowth } from '../../model/layout-growth.ts';
import type { TimelineRow } from '../../results/report-document.ts';
import { epochClock } from '../clock.ts';
import type { Director, Stage } from '../send/crew-stage.ts';
import { changeOf, lookAt } from './stream-look.ts';

/** DescribeStreamSummary may be asked 20 times a second of an account. */
const LOOK_MS = 1_000;

export interface LayoutFollowerOptions {
  readonly client: KinesisClient;
  /** Name or ARN. */
  readonly stream: string;
  readonly warmupUs: number;
  /** On-demand: the service's doing, to be expected at any moment. Outside: a surprise. */
  readonly cause: 'on-demand' | 'outside';
}

export class LayoutFollower implements Director {
  /** What the service has done, in order. */
  readonly rows: TimelineRow[] = [];
  readonly #options: LayoutFollowerOptions;
  readonly #over = new AbortController();
  #following: Promise<void> = Promise.resolve();

  constructor(options: LayoutFollowerOptions) {
    this.#options = options;
  }

  begin(stage: Stage): void {
    // A split may come at any moment, and is seen up to a second later.
    if (this.#options.cause === 'on-demand') stage.changing(true);
    this.#following = this.#follow(stage);
  }

  async end(): Promise<void> {
    this.#over.abort();
    await this.#following;
  }

  get #isOver(): boolean {
    return this.#over.signal.aborted;
  }

  #tell(stage: Stage, growth: LayoutGrowth): void {
    if (this.#isOver) return;
    const before = stage.map;
    const atUs = epochClock() - stage.startUs;
    stage.relayout(growth, atUs);
    const change = changeOf(before, stage.map);
    const atMs = (atUs - this.#options.warmupUs) / 1000;
    const { cause } = this.#options;
    this.rows.push({ atMs, kind: cause === 'on-demand' ? 'split' : kindOf(change), ...change, cause });
  }

  async #follow(stage: Stage): Promise<void> {
    const { client, stream } = this.#options;
    while (!this.#isOver) {
      const look = await lookAt(client, stream, stage.map);
      if (look !== undefined && (look.status === 'UPDATING' || look.growth !== undefined))
        stage.changing(true);
      if (look?.growth !== undefined) this.#tell(stage, look.growth);
      await sleep(LOOK_MS, undefined, { signal: this.#over.signal }).catch(() => undefined);
    }
  }
}

/** Of a change that was only seen afterwards: more than one split or merge is a resize. */
function kindOf({
  shardIds,
  children,
}: Pick<TimelineRow, 'shardIds' | 'children'>): 'split' | 'merge' | 'resize' {
  if (shardIds.length === 1 && children.length === 2) return 'split';
  return shardIds.length === 2 && children.length === 1 ? 'merge' : 'resize';
}

/** Several who change a stream, or follow it, as one. */
export function together(directors: readonly Director[]): Director {
  return {
    begin: (stage) => {
      for (const director of directors) director.begin(stage);
    },
    end: async () => {
      await Promise.all(directors.map((director) => director.end()));
    },
  };
}
