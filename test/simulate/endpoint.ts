/**
 * A scenario played through the exact engine and through the local endpoint at the same microseconds. The simulator says
 * when which call is made; what it is answered is compared with what the endpoint answers.
 */
import { expect } from 'vitest';
import type { OnDemandRules } from '../../src/model/on-demand.ts';
import { shardIdOf, type ShardMap } from '../../src/model/shard-map.ts';
import type { TimelineRow } from '../../src/results/report-document.ts';
import type { PollCall } from '../../src/simulate/shard-reads.ts';
import type { Scenario } from '../../src/traffic/scenario.ts';
import { call, serviceWith, START_US, type ReplyBody } from '../local/client.ts';
import { callsOf, type SeenCall } from './simulations.ts';

const THROTTLED = 'ProvisionedThroughputExceededException';

/** Of one microsecond: what happens to the stream, then writes, then those who join, then reads, then looks. */
const ORDER = { change: 0, write: 1, join: 2, read: 3, look: 4 } as const;

interface Step {
  readonly atUs: number;
  readonly order: number;
  readonly act: () => void;
}

export interface Compared {
  readonly throttledRecords: number;
  readonly throttledReads: number;
  readonly changes: number;
}

/**
 * @param reshardUs how long a change takes; it is asked for so much earlier, where the one before it is over then
 * @throws an assertion's error where the two differ
 */
export function compare(scenario: Scenario, serviceUs: number, reshardUs = 0): Compared {
  const reads: PollCall[] = [];
  const { calls, simulation } = callsOf(scenario, serviceUs, { onCall: (poll) => reads.push(poll) });
  const { history, map } = simulation;
  const endpoint = new Endpoint(scenario, reshardUs);
  const changes = history.map((row) => ({ row, atUs: Math.round(row.atMs * 1000) + scenario.warmupUs }));
  const steps: Step[] = [
    ...changes.flatMap(({ row, atUs }) => [
      ...(row.cause === 'timeline'
        ? [{ atUs: atUs - reshardUs, order: ORDER.change, act: () => endpoint.change(row, map, atUs) }]
        : []),
      ...endpoint.looksAt(row, atUs),
    ]),
    ...calls.map((seen) => ({ atUs: seen.sentUs, order: ORDER.write, act: () => endpoint.put(seen) })),
    ...endpoint.joins(),
    ...reads.map((poll) => ({ atUs: poll.nowUs, order: ORDER.read, act: () => endpoint.read(poll) })),
  ];
  steps.sort((a, b) => a.atUs - b.atUs || a.order - b.order).forEach(({ act }) => act());
  endpoint.expectLayout(map, Math.max(0, ...steps.map(({ atUs }) => atUs)));
  return {
    throttledRecords: calls.flatMap(({ records }) => records.filter(({ accepted }) => !accepted)).length,
    throttledReads: reads.filter(({ reply }) => reply === undefined).length,
    changes: history.length,
  };
}

class Endpoint {
  readonly #scenario: Scenario;
  readonly #reshardUs: number;
  readonly #service;
  /** By consumer and shard; null at the end of a closed shard. */
  readonly #iterators = new Map<string, string | null>();

  constructor(scenario: Scenario, reshardUs: number) {
    const { onDemand, ...stream } = scenario.stream;
    this.#scenario = scenario;
    this.#reshardUs = reshardUs;
    this.#service = serviceWith([{ name: 's', ...stream, mode: onDemand ? 'ON_DEMAND' : 'PROVISIONED' }], {
      limits: ['write', 'read', 'on-demand'],
      reshardMs: reshardUs / 1000,
      ...(onDemand && { onDemandRules: onDemand.rules satisfies OnDemandRules }),
    });
  }

  /** Does what the simulator's stream did, as its owner would. */
  change({ kind, shardIds, children }: TimelineRow, map: ShardMap, atUs: number): void {
    const rangeOf = (id: string) => map.all[Number(id.slice(8))].range;
    const fromUs = atUs - this.#reshardUs;
    if (kind === 'split') {
      const NewStartingHashKey = rangeOf(children[1]).start.toString();
      this.#ask('SplitShard', { ShardToSplit: shardIds[0], NewStartingHashKey }, fromUs);
    } else if (kind === 'merge') {
      const [low, high] = shardIds.toSorted((a, b) => (rangeOf(a).start < rangeOf(b).start ? -1 : 1));
      this.#ask('MergeShards', { ShardToMerge: low, AdjacentShardToMerge: high }, fromUs);
    } else if (kind === 'resize') {
      const { timeline = [], warmupUs } = this.#scenario;
      const event = timeline.find((one) => one.kind === 'resize' && one.atUs + warmupUs === atUs);
      const TargetShardCount = event?.kind === 'resize' ? event.count : 0;
      this.#ask('UpdateShardCount', { TargetShardCount, ScalingType: 'UNIFORM_SCALING' }, fromUs);
    }
  }

  /** The microsecond before a change its shards are open, and from then on its children. */
  looksAt({ shardIds, children }: TimelineRow, atUs: number): Step[] {
    const look = (us: number, ids: readonly string[]): Step => ({
      ...{ atUs: us, order: ORDER.look },
      act: () => expect(this.#openAt(us), `at ${us} µs`).toEqual(expect.arrayContaining([...ids])),
    });
    const { timeline = [], warmupUs } = this.#scenario;
    const isLast = timeline.filter((event) => event.atUs + warmupUs === atUs).length < 2;
    return isLast ? [look(atUs - 1, shardIds), look(atUs, children)] : [];
  }

  put({ sentUs, records }: SeenCall): void {
    const Records = records.map(({ key, dataBytes }) => ({
      Data: Buffer.alloc(dataBytes).toString('base64'),
      PartitionKey: key,
    }));
    const reply = this.#ask('PutRecords', { Records }, sentUs);
    expect(reply.Records.map(({ ErrorCode, ShardId }) => ErrorCode ?? ShardId)).toEqual(
      records.map(({ accepted, shard }) => (accepted ? shardIdOf(shard) : THROTTLED)),
    );
  }

  /** Consumers that come for what is new have an iterator from the moment when they come. */
  joins(): Step[] {
    const { consumers, warmupUs } = this.#scenario;
    return consumers.flatMap(({ joins }, consumer) => {
      if (joins?.from !== 'latest') return [];
      const atUs = warmupUs + joins.atUs;
      const act = (): void => {
        const { Shards } = this.#ask('ListShards', {}, atUs);
        for (const { ShardId } of Shards) this.#iterate(consumer, ShardId, 'LATEST', atUs);
      };
      return [{ atUs, order: ORDER.join, act }];
    });
  }

  read({ consumer, shard, nowUs, reply }: PollCall): void {
    const name = `${consumer} ${shardIdOf(shard)}`;
    if (!this.#iterators.has(name)) this.#iterate(consumer, shardIdOf(shard), 'TRIM_HORIZON', nowUs);
    const input = {
      ShardIterator: this.#iterators.get(name),
      Limit: this.#scenario.consumers[consumer].limit,
    };
    const answered = call(this.#service, 'GetRecords', input, START_US + nowUs).body;
    const where = `consumer ${name} at ${nowUs} µs`;
    expect(answered.__type, where).toBe(reply === undefined ? THROTTLED : undefined);
    if (reply === undefined) return;
    const { Records, MillisBehindLatest, NextShardIterator } = answered;
    const bytes = Records.reduce(
      (sum, { Data, PartitionKey }) =>
        sum + Buffer.byteLength(Data, 'base64') + Buffer.byteLength(PartitionKey),
      0,
    );
    expect([Records.length, bytes, NextShardIterator === null], where).toEqual([
      ...[reply.records, reply.bytes, reply.isEnd],
    ]);
    expect(Math.abs(MillisBehindLatest - reply.ageUs / 1000), where).toBeLessThan(1);
    this.#iterators.set(name, NextShardIterator);
  }

  expectLayout(map: ShardMap, nowUs: number): void {
    const shown = this.#ask('ListShards', {}, nowUs).Shards;
    expect(
      shown.map(({ ShardId, HashKeyRange, SequenceNumberRange }) => [
        ...[ShardId, HashKeyRange.StartingHashKey, HashKeyRange.EndingHashKey],
        SequenceNumberRange.EndingSequenceNumber === undefined,
      ]),
    ).toEqual(map.all.map(({ shardId, range, open }) => [shardId, `${range.start}`, `${range.end}`, open]));
  }

  #openAt(nowUs: number): string[] {
    const { Shards } = this.#ask('ListShards', {}, nowUs);
    return Shards.flatMap(({ ShardId, SequenceNumberRange }) =>
      SequenceNumberRange.EndingSequenceNumber === undefined ? [ShardId] : [],
    );
  }

  #iterate(consumer: number, ShardId: string, ShardIteratorType: string, nowUs: number): void {
    const { ShardIterator } = this.#ask('GetShardIterator', { ShardId, ShardIteratorType }, nowUs);
    this.#iterators.set(`${consumer} ${ShardId}`, ShardIterator ?? '');
  }

  #ask(operation: string, input: object, nowUs: number): ReplyBody {
    const { status, body } = call(this.#service, operation, { StreamName: 's', ...input }, START_US + nowUs);
    expect(status, `${operation} at ${nowUs} µs: ${body.message}`).toBe(200);
    return body;
  }
}
