/** UpdateStreamMode and what only on-demand streams have: warm throughput and records that the service spreads. */
import { LIMITS } from '../model/limits.ts';
import { ON_DEMAND_RULES } from '../model/on-demand.ts';
import { warmChange } from '../model/warm-layout.ts';
import type { Account } from './account.ts';
import { operation, type OperationResult } from './operation.ts';
import { invalidArgument, limitExceeded, validationFailure } from './service-error.ts';
import { STREAM_ARN, STREAM_REFERENCE, type InputOf } from './shape.ts';
import { requireActive } from './stream-change.ts';
import type { StreamMode } from './stream-settings.ts';
import type { Stream } from './stream.ts';

export const STREAM_MODE_DETAILS = {
  type: 'Structure',
  fields: { StreamMode: { type: 'String', values: ['PROVISIONED', 'ON_DEMAND'], required: true } },
} as const;
export const WARM_MIBPS = { type: 'Integer', min: 0 } as const;
export const STRATEGY = { type: 'String', values: ['AUTO', 'USER_PARTITION_KEY'] } as const;

const MOST_SHARDS = ON_DEMAND_RULES.mostShards;
const REQUIRED_ARN = { ...STREAM_ARN, required: true } as const;
const MODE_FIELDS = {
  StreamARN: REQUIRED_ARN,
  StreamModeDetails: { ...STREAM_MODE_DETAILS, required: true },
  WarmThroughputMiBps: WARM_MIBPS,
} as const;
const WARM_FIELDS = { WarmThroughputMiBps: { ...WARM_MIBPS, required: true }, ...STREAM_REFERENCE } as const;

export const UPDATE_STREAM_MODE = operation(MODE_FIELDS, updateMode);
export const UPDATE_WARM_THROUGHPUT = operation(WARM_FIELDS, updateWarmThroughput);

/** Takes effect at once, for records that come from now on. */
export const UPDATE_DISTRIBUTION_STRATEGY = operation(
  { StreamARN: REQUIRED_ARN, RecordDistributionStrategy: { ...STRATEGY, required: true } },
  (account, input, nowUs) => {
    const stream = account.find(input, nowUs);
    const spread = input.RecordDistributionStrategy === 'AUTO';
    requireStrategyFits(stream.settings.mode, spread);
    requireActive(stream, nowUs);
    stream.settings.spread = spread;
    return undefined;
  },
);

function updateMode(account: Account, input: InputOf<typeof MODE_FIELDS>, nowUs: number): OperationResult {
  const mode = input.StreamModeDetails.StreamMode as StreamMode;
  const warmMiBps = input.WarmThroughputMiBps;
  const stream = account.find(input, nowUs);
  requireWarmFits(account, mode, warmMiBps, nowUs);
  requireStrategyFits(mode, stream.settings.spread);
  requireActive(stream, nowUs);
  const isSwitch = stream.settings.mode !== mode;
  // The mode that it has already is no switch, so it does not count as one of the day's.
  if (!isSwitch && warmMiBps === undefined) return undefined;
  const shards = warmShards(account, stream, warmMiBps ?? 0, nowUs);
  if (isSwitch) noteSwitch(account, stream, mode, nowUs);
  stream.change(shards, account.dueUs(nowUs), nowUs, (atUs) => {
    stream.switchMode(mode, atUs);
    if (mode === 'PROVISIONED') stream.settings.warm = undefined;
    else if (warmMiBps !== undefined) warmUp(stream, warmMiBps, atUs);
  });
  return undefined;
}

function updateWarmThroughput(
  account: Account,
  input: InputOf<typeof WARM_FIELDS>,
  nowUs: number,
): OperationResult {
  const stream = account.find(input, nowUs);
  const { settings } = stream;
  const target = input.WarmThroughputMiBps;
  requireWarmFits(account, settings.mode, target, nowUs);
  requireActive(stream, nowUs);
  const shards = warmShards(account, stream, target, nowUs);
  settings.warm = { TargetMiBps: target, CurrentMiBps: settings.warm?.CurrentMiBps ?? 0 };
  stream.change(shards, account.dueUs(nowUs), nowUs, (atUs) => warmUp(stream, target, atUs));
  return { StreamARN: stream.arn, StreamName: stream.name, WarmThroughput: settings.warm };
}

/**
 * Open shards of a stream once it is kept warm, by the layout of today.
 * @throws ServiceError where the account may not have so many
 */
function warmShards(account: Account, stream: Stream, miBps: number, nowUs: number): number {
  const { map } = stream.layout;
  const shards = warmChange(map, miBps, MOST_SHARDS).map.open.length;
  if (shards > map.open.length) account.requireQuota(shards - map.open.length, nowUs);
  return shards;
}

/** The stream may have split shards by itself meanwhile. */
function warmUp(stream: Stream, miBps: number, atUs: number): void {
  stream.settings.warm = { TargetMiBps: miBps, CurrentMiBps: miBps };
  const change = warmChange(stream.layout.map, miBps, MOST_SHARDS);
  if (change.steps.length > 0) stream.become(change, atUs);
}

/** Counts a switch to another mode. @throws ServiceError where the account or the day has no room for it */
function noteSwitch(account: Account, stream: Stream, mode: StreamMode, nowUs: number): void {
  if (mode === 'ON_DEMAND') account.requireOnDemandStream(nowUs);
  const most = LIMITS.modeUpdatesPerDay.value;
  if (account.limits.control && stream.modeUpdates.count(nowUs) >= most) {
    throw limitExceeded(
      `Stream ${stream.name} under account ${account.id} has switched its mode ${most} times within a rolling 24 hour ` +
        'period.',
    );
  }
  stream.modeUpdates.note(nowUs);
}

/** @throws ServiceError where the service is to spread the records of a provisioned stream */
export function requireStrategyFits(mode: StreamMode, spread: boolean): void {
  if (spread && mode === 'PROVISIONED') {
    throw invalidArgument('RecordDistributionStrategy AUTO is only supported for streams in ON_DEMAND mode.');
  }
}

/** @throws ServiceError where a stream cannot be kept warm: it is provisioned, the account is not committed, too much */
export function requireWarmFits(
  account: Account,
  mode: StreamMode,
  miBps: number | undefined,
  nowUs: number,
): void {
  if (miBps === undefined) return;
  if (mode === 'PROVISIONED') {
    throw validationFailure('WarmThroughputMiBps is only supported for streams in ON_DEMAND mode.');
  }
  if (!account.commitment.isOn(nowUs)) {
    throw validationFailure(
      'WarmThroughputMiBps is only supported in accounts that have MinimumThroughputBillingCommitment enabled.',
    );
  }
  const most = LIMITS.warmThroughputMiBps.value;
  if (miBps > most) {
    throw limitExceeded(`WarmThroughputMiBps cannot be greater than ${most}. Requested: ${miBps}.`);
  }
}
