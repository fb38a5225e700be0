/**
 * What is looked at before a load test on AWS sends anything.
 */
import { LIMITS } from '../../model/limits.ts';
import { ON_DEMAND_RULES } from '../../model/on-demand.ts';
import { badInput } from '../../model/refusal.ts';
import { shareOf } from '../../model/hash-range.ts';
import type { ShardMap } from '../../model/shard-map.ts';
import type { Difference, LoadEstimate, Preflight, StreamFacts } from '../../results/preflight.ts';
import { initialRangesOf } from '../../traffic/initial-layout.ts';
import type { Scenario, StreamSpec } from '../../traffic/scenario.ts';
import { readLayout } from '../send/stream-layout.ts';
import { awsTrouble, isDenied } from './aws-trouble.ts';
import type { AwsConnection } from './connection.ts';
import { atMost } from './closed-loop-bound.ts';
import { estimateCost, estimateLoad } from './load-estimate.ts';
import { ALLOW_TAG, ownershipOf } from './ownership.ts';
import { readRecentTraffic } from './recent-traffic.ts';
import { readerPlanOf, readPermission, reshardPlanOf } from './run-plan.ts';
import { readConsumers, readFacts, readTags, writePermission } from './stream-facts.ts';
import { checkQuota, plannedStream } from './temporary-stream.ts';

/** The stream that was named, and all that it says of itself. */
export interface Inspection {
  readonly preflight: Preflight;
  readonly map: ShardMap;
}

/**
 * Looks at a stream that is there. Sends no record: whether records may be put is asked by a DryRun.
 * @param allow whether the user allows load on a stream that does not say so itself, and its timeline to change it
 * @param machines that the load is split over
 * @throws Refusal where the stream does not exist or may not be described
 */
export async function inspectStream(
  connection: AwsConnection,
  stream: string,
  scenario: Scenario,
  { allowExisting, allowReshard }: { readonly allowExisting: boolean; readonly allowReshard: boolean },
  machines = 1,
): Promise<Inspection> {
  const facts = await readFacts(connection, stream);
  const map = await layoutOf(connection, stream);
  const [tags = {}, consumers, permission, traffic] = await Promise.all([
    // The flag allows what a tag would: without it, tags that may not be read are the end.
    allowExisting ? unlessDenied(readTags(connection, stream)) : readTags(connection, stream),
    unlessDenied(readConsumers(connection, facts.arn)),
    writePermission(connection, stream, scenario.producer.api),
    readRecentTraffic(connection, facts.name),
  ]);
  const isTagged = (tags[ALLOW_TAG.key] as string | undefined) === ALLOW_TAG.value;
  const isOwn = ownershipOf(facts.name, tags, 0) !== undefined;
  const real = atMost(asItIs(scenario, facts), facts.mode);
  const reshards = reshardPlanOf(scenario, facts.shards, allowReshard ? 'flag' : 'nothing');
  const readers = readerPlanOf(scenario);
  const permissionToRead = readers && (await readPermission(connection, stream, map));
  const preflight: Preflight = {
    region: connection.region,
    endpoint: connection.watch.endpoint,
    stream: facts,
    consumers: consumers?.map(({ name }) => name) ?? null,
    permission,
    traffic,
    allowedBy: isOwn ? 'own' : isTagged ? 'tag' : allowExisting ? 'flag' : 'nothing',
    ...(reshards && { reshards }),
    ...(readers && permissionToRead && { readers: { ...readers, permission: permissionToRead } }),
    load: loadOf(scenario, real),
    cost: estimateCost(real, {
      ...{ region: connection.region, mode: facts.mode, openShards: reshards?.mostShards },
      ...{ machines },
      moreShards: Math.max(0, (reshards?.mostShards ?? 0) - facts.shards),
    }),
    differences: differencesOf(scenario.stream, facts, map),
  };
  return { preflight, map };
}

/**
 * What is known before a stream is made.
 * @throws Refusal where the account may not have it, or the scenario's stream ignores keys
 */
export async function inspectPlan(
  connection: AwsConnection,
  runId: string,
  scenario: Scenario,
): Promise<Preflight> {
  if (scenario.stream.onDemand?.recordDistribution === 'auto') {
    throw badInput(
      'stream.recordDistribution: auto: such a stream spreads records by itself, and run counts by the shard of a key.',
      'Leave it out, or play the scenario with simulate.',
    );
  }
  const create = plannedStream(runId, scenario.stream);
  await checkQuota(connection, create);
  const { region } = connection;
  const most = atMost(scenario, create.mode);
  const reshards = reshardPlanOf(scenario, create.shards, 'create');
  const readers = readerPlanOf(scenario);
  const mostShards = reshards?.mostShards ?? create.shards;
  return {
    region,
    endpoint: connection.watch.endpoint,
    create,
    ...(reshards && { reshards }),
    ...(readers && { readers }),
    load: loadOf(scenario, most),
    cost: estimateCost(most, { region, mode: create.mode, newShards: mostShards, openShards: mostShards }),
    differences: differencesOfNew(scenario.stream),
  };
}

/** @param most what is sent at most, where the scenario does not say */
function loadOf(scenario: Scenario, most: Scenario): LoadEstimate {
  return { ...estimateLoad(most), ...(most !== scenario && scenario.producer.loop && { isBound: true }) };
}

/** The scenario on the stream that is there: its limits and mode, and buckets that are full. */
export function asItIs(scenario: Scenario, facts: StreamFacts): Scenario {
  const { shards, maxRecordBytes, retentionHours } = facts;
  const stream: StreamSpec = { shards, maxRecordBytes, retentionHours, initialFill: 1 };
  if (facts.mode !== 'on-demand') return { ...scenario, stream };
  const onDemand = { rules: ON_DEMAND_RULES, recordDistribution: 'userPartitionKey' } as const;
  return { ...scenario, stream: { ...stream, onDemand } };
}

/** @throws Refusal where the shards cannot be listed */
export async function layoutOf(connection: AwsConnection, stream: string): Promise<ShardMap> {
  try {
    return await readLayout(connection.control, stream);
  } catch (error) {
    throw awsTrouble(error, {
      action: 'kinesis:ListShards',
      about: `stream ${stream}`,
      endpoint: connection.watch.endpoint,
    });
  }
}

/** What a new stream has otherwise than the scenario says: AWS decides it. */
function differencesOfNew({ onDemand, shards, retentionHours, initialFill }: StreamSpec): Difference[] {
  const differences: Difference[] = [];
  const newShards = LIMITS.onDemandNewShards.value;
  if (onDemand !== undefined && onDemand.warmBytesPerSec === undefined && shards !== newShards) {
    differences.push({ field: 'shards', scenario: shards, stream: newShards });
  }
  const newHours = LIMITS.retentionHoursDefault.value;
  if (retentionHours !== newHours) {
    differences.push({ field: 'retentionHours', scenario: retentionHours, stream: newHours });
  }
  if (initialFill !== 1) differences.push({ field: 'initialFill', scenario: initialFill, stream: 1 });
  return differences;
}

/** What the scenario's stream has otherwise than the real one, where that changes the result. */
function differencesOf(spec: StreamSpec, facts: StreamFacts, map: ShardMap): Difference[] {
  const mode = spec.onDemand === undefined ? 'provisioned' : 'on-demand';
  const differences: Difference[] = [];
  if (mode !== facts.mode) differences.push({ field: 'mode', scenario: mode, stream: facts.mode });
  for (const field of ['shards', 'maxRecordBytes', 'retentionHours'] as const) {
    if (spec[field] !== facts[field])
      differences.push({ field, scenario: spec[field], stream: facts[field] });
  }
  if (spec.initialFill !== 1)
    differences.push({ field: 'initialFill', scenario: spec.initialFill, stream: 1 });
  const widestShare = map.open.reduce((most, { range }) => Math.max(most, shareOf(range)), 0);
  const evenShare = 1 / Math.max(1, map.open.length);
  const asked = initialRangesOf(spec);
  const isAsAsked =
    asked.length === map.open.length && map.open.every(({ range }, i) => range.start === asked[i].start);
  if (!isAsAsked && widestShare > evenShare * 1.001)
    differences.push({ field: 'ranges', widestShare, evenShare });
  return differences;
}

async function unlessDenied<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isDenied(error)) return undefined;
    throw error;
  }
}
