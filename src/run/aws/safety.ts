/**
 * What a load test on AWS does not do unasked: each refusal with the flag that lifts it.
 */
import { LIMITS } from '../../model/limits.ts';
import { formatBytes, formatDuration } from '../../model/quantity.ts';
import { badInput, worldFailure } from '../../model/refusal.ts';
import type { Preflight } from '../../results/preflight.ts';
import { ALLOW_TAG } from './ownership.ts';

export interface SafetyLimits {
  readonly maxCostUsd: number;
  /** Undefined: no bound, where the price is known. */
  readonly maxBytes: number | undefined;
  readonly maxDurationMs: number;
}

/** @throws Refusal (exit 2), or exit 1 where AWS does not let us write */
export function checkSafety(preflight: Preflight, limits: SafetyLimits): void {
  checkStreamAllows(preflight);
  checkBeside(preflight);
  const { load, cost, region } = preflight;
  if (load.durationMs > limits.maxDurationMs) {
    throw badInput(
      `The scenario takes ${durationOf(load.durationMs)} with its warm-up, and --max-duration is ` +
        `${durationOf(limits.maxDurationMs)}.`,
      'Shorten it, or raise --max-duration.',
    );
  }
  if (limits.maxBytes !== undefined && load.bytes > limits.maxBytes) {
    throw badInput(
      `The scenario sends about ${formatBytes(load.bytes)}, and --max-bytes is ${formatBytes(limits.maxBytes)}.`,
      'Send less, or raise --max-bytes.',
    );
  }
  if (cost === null && limits.maxBytes === undefined) {
    throw badInput(
      `What the test costs is not known: we have no prices of ${region}.`,
      `Bound it by --max-bytes; it sends about ${formatBytes(load.bytes)}.`,
    );
  }
  if (cost !== null && cost.usd > limits.maxCostUsd) {
    throw badInput(
      `The test costs about $${dollars(cost.usd)}, and --max-cost is $${dollars(limits.maxCostUsd)}.`,
      'Send less, or raise --max-cost.',
    );
  }
}

/** What is done to the stream beside writing to it. */
function checkBeside({ stream, reshards, readers }: Preflight): void {
  if (stream === undefined) return;
  const { name } = stream;
  if (reshards !== undefined && stream.mode === 'on-demand') {
    throw badInput(
      `The scenario's timeline changes shards, and those of stream ${name}, which is on demand, are AWS's to change.`,
      'Remove it, use a provisioned stream, or --create.',
    );
  }
  if (reshards?.allowedBy === 'nothing') {
    throw badInput(
      `The scenario's timeline changes the shards of stream ${name}, which stays so after the run.`,
      'Give --allow-reshard to do it, remove the timeline, or use --create.',
    );
  }
  if (readers?.permission === 'denied' && readers.polling.length > 0) {
    throw worldFailure(
      `kinesis:GetShardIterator is not allowed on stream ${name}, which the consumers need.`,
      'Allow it to these credentials (docs/iam/read.json), or remove the consumers.',
    );
  }
  const most = LIMITS.fanOutConsumers.value;
  const fanOut = readers?.fanOut.length ?? 0;
  if (fanOut > 0 && stream.consumers + fanOut > most) {
    throw badInput(
      `The scenario registers ${fanOut} fan-out consumers, and stream ${name} has ${stream.consumers} of ${most} already.`,
      'Let some of them poll (kind: polling), or use --create.',
    );
  }
}

/** As it is typed into a shell; where the endpoint is AWS's own, the region says it. */
function tagCommand(name: string, { region, endpoint }: Preflight): string {
  const where = /\.amazonaws\./.test(endpoint) ? '' : ` \\\n    --endpoint-url ${endpoint}`;
  return (
    `  aws kinesis add-tags-to-stream --stream-name ${name} \\\n` +
    `    --tags ${ALLOW_TAG.key}=${ALLOW_TAG.value} --region ${region}${where}`
  );
}

function checkStreamAllows(preflight: Preflight): void {
  const { stream, allowedBy, permission, differences } = preflight;
  if (stream === undefined) return;
  const { name } = stream;
  if (stream.status === 'DELETING') {
    throw badInput(`Stream ${name} is being deleted.`, 'Name another one, or use --create.');
  }
  if (allowedBy === 'nothing') {
    throw badInput(
      `Stream ${name} was not made by shardwise, and nothing says that it may be loaded.`,
      `Give --allow-existing-stream, or use --create, or tag it as one that may be loaded:\n${tagCommand(name, preflight)}`,
    );
  }
  if (permission === 'denied') {
    throw worldFailure(
      `kinesis:PutRecords is not allowed on stream ${name}.`,
      'Allow it to these credentials (docs/iam/ has the policies), or use others with --profile.',
    );
  }
  if (stream.ignoresKeys) {
    throw badInput(
      `Stream ${name} spreads records by itself (AUTO), so that no key has a shard: run counts by the shard of a key.`,
      'Use a stream with USER_PARTITION_KEY; simulate plays AUTO.',
    );
  }
  for (const difference of differences) {
    if (difference.field !== 'maxRecordBytes' || difference.scenario <= difference.stream) continue;
    throw badInput(
      `The scenario may send records of ${formatBytes(difference.scenario)}, and stream ${name} takes ` +
        `${formatBytes(difference.stream)}.`,
      'Lower stream.maxRecordSize in the scenario, or raise that of the stream.',
    );
  }
}

function durationOf(ms: number): string {
  return formatDuration(ms * 1000);
}

/** Cents, and more digits where they would hide that it is something. */
export function dollars(usd: number): string {
  return usd >= 0.01 || usd === 0 ? usd.toFixed(2) : usd.toPrecision(1);
}
