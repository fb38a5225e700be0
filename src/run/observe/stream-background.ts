/**
 * What is asked of a stream beside its metrics: what it says of itself, its tags, its fan-out consumers, its shards and
 * when they opened. Each call may be denied by itself.
 */
import { LIMITS } from '../../model/limits.ts';
import type { Shard } from '../../model/shard-map.ts';
import type { EvidenceShard } from '../../results/evidence/evidence-shard.ts';
import type { MissingEvidence } from '../../results/evidence/missing-evidence.ts';
import type { StreamFacts } from '../../results/preflight.ts';
import { awsTrouble } from '../aws/aws-trouble.ts';
import type { AwsConnection } from '../aws/connection.ts';
import { readConsumers, readFacts, readTags } from '../aws/stream-facts.ts';
import { partsOf } from '../aws/stream-reference.ts';
import { readShards } from '../send/stream-layout.ts';
import { readHistory } from './shard-history.ts';
import { missingAfter, type MissingPart } from './what-is-missing.ts';

/** Answers, and what is missing of them; `undefined` and null are what may not be asked. */
export class Background {
  readonly missing: MissingEvidence[] = [];
  readonly #connection: AwsConnection;
  readonly #stream: string;
  readonly #signal: AbortSignal;

  constructor(connection: AwsConnection, stream: string, signal: AbortSignal) {
    this.#connection = connection;
    this.#stream = stream;
    this.#signal = signal;
  }

  /** @throws Refusal where there is no such stream */
  async facts(): Promise<StreamFacts | undefined> {
    return this.#unlessDenied('summary', () => readFacts(this.#connection, this.#stream));
  }

  async tags(): Promise<Readonly<Record<string, string>> | null> {
    return (await this.#orMissing('tags', () => readTags(this.#connection, this.#stream))) ?? null;
  }

  async fanOutConsumers(arn: string): Promise<readonly string[] | null> {
    const consumers = await this.#orMissing('consumers', () => readConsumers(this.#connection, arn));
    return consumers?.map(({ name }) => name) ?? null;
  }

  /** All that are remembered, open and closed. */
  async shards(): Promise<readonly Shard[] | undefined> {
    return this.#unlessDenied('layout-history', () => this.#list());
  }

  /** Those of the window, with when they opened. Times are of the stream's clock. */
  async history(
    shards: readonly Shard[],
    window: { readonly fromMs: number; readonly toMs: number },
    metricMs: (atMs: number) => number,
  ): Promise<readonly EvidenceShard[]> {
    const openAt = (atMs: number): Promise<Shard[]> => this.#list(atMs);
    const history = await readHistory({ shards, ...window, openAt, metricMs });
    if (history.trouble !== undefined) this.missing.push(missingAfter('layout-history', history.trouble));
    return history.shards;
  }

  async #list(atMs?: number): Promise<Shard[]> {
    const { control, watch } = this.#connection;
    const filter =
      atMs === undefined ? undefined : { Type: 'AT_TIMESTAMP' as const, Timestamp: new Date(atMs) };
    try {
      return await readShards(control, this.#stream, filter, this.#signal);
    } catch (error) {
      throw awsTrouble(error, {
        action: 'kinesis:ListShards',
        about: `stream ${this.#stream}`,
        endpoint: watch.endpoint,
      });
    }
  }

  get #isOver(): boolean {
    return this.#signal.aborted;
  }

  /** Who interrupts does not wait for an endpoint that may not even answer. */
  async #untilAborted<T>(answer: Promise<T>): Promise<T | undefined> {
    const signal = this.#signal;
    let stop = (): void => undefined;
    const aborted = new Promise<undefined>((resolve) => {
      stop = () => resolve(undefined);
      signal.addEventListener('abort', stop);
    });
    try {
      return await Promise.race([answer, aborted]);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** Whatever failed, the rest can be looked at. */
  async #orMissing<T>(what: MissingPart, ask: () => Promise<T>): Promise<T | undefined> {
    if (this.#signal.aborted) return undefined;
    try {
      return await this.#untilAborted(ask());
    } catch (error) {
      this.missing.push(missingAfter(what, error));
      return undefined;
    }
  }

  /** A call that others can stand in for where it is denied; any other failure is the end. */
  async #unlessDenied<T>(what: MissingPart, ask: () => Promise<T>): Promise<T | undefined> {
    if (this.#signal.aborted) return undefined;
    try {
      return await this.#untilAborted(ask());
    } catch (error) {
      const missing = missingAfter(what, error);
      if (missing.why !== 'denied' && !this.#isOver) throw error;
      this.missing.push(missing);
      return undefined;
    }
  }
}

/** A stream that may not be described: what its name and its shards tell, the rest as streams are by default. */
export function factsWithout(stream: string, shards: readonly Shard[]): StreamFacts {
  const parts = partsOf(stream);
  return {
    name: parts?.name ?? stream,
    arn: parts === undefined ? '' : stream,
    account: parts?.account ?? '',
    status: 'UNKNOWN',
    mode: 'provisioned',
    shards: shards.filter(({ open }) => open).length,
    retentionHours: LIMITS.retentionHoursDefault.value,
    consumers: 0,
    maxRecordBytes: LIMITS.defaultMaxRecordBytes.value,
    encryption: 'NONE',
    ignoresKeys: false,
    shardMetrics: [],
  };
}
