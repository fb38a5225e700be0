/** IncreaseStreamRetentionPeriod and DecreaseStreamRetentionPeriod. Words as kinesalite's authors recorded them. */
import { LIMITS } from '../model/limits.ts';
import type { Account } from './account.ts';
import { operation, type OperationResult } from './operation.ts';
import { invalidArgument } from './service-error.ts';
import { STREAM_REFERENCE, type InputOf } from './shape.ts';
import { requireActive } from './stream-change.ts';

const FIELDS = { RetentionPeriodHours: { type: 'Integer', required: true }, ...STREAM_REFERENCE } as const;

export const INCREASE_RETENTION = operation(FIELDS, (account, input, nowUs) =>
  change(account, input, nowUs, (wanted, existing) =>
    wanted < existing ? ['shorter', 'DecreaseRetentionPeriod'] : undefined,
  ),
);

export const DECREASE_RETENTION = operation(FIELDS, (account, input, nowUs) =>
  change(account, input, nowUs, (wanted, existing) =>
    wanted > existing ? ['longer', 'IncreaseRetentionPeriod'] : undefined,
  ),
);

/** @param wrongWay what the wanted hours may not be beside the existing ones, and which operation is for that */
function change(
  account: Account,
  input: InputOf<typeof FIELDS>,
  nowUs: number,
  wrongWay: (wanted: number, existing: number) => readonly [string, string] | undefined,
): OperationResult {
  const stream = account.find(input, nowUs);
  const hours = input.RetentionPeriodHours;
  checkHours(hours);
  const existing = stream.retention.hours;
  const wrong = wrongWay(hours, existing);
  if (wrong !== undefined) {
    throw invalidArgument(
      `Requested retention period (${hours} hours) for stream ${stream.name} can not be ${wrong[0]} than existing ` +
        `retention period (${existing} hours). Use ${wrong[1]} API.`,
    );
  }
  requireActive(stream, nowUs);
  stream.retain(hours, nowUs);
  return undefined;
}

function checkHours(hours: number): void {
  const [least, most] = [LIMITS.retentionHoursDefault.value, LIMITS.retentionHoursMax.value];
  const requested = `Requested retention period (${hours} hours) is`;
  if (hours < least) {
    throw invalidArgument(`Minimum allowed retention period is ${least} hours. ${requested} too short.`);
  }
  if (hours > most) {
    throw invalidArgument(`Maximum allowed retention period is ${most} hours. ${requested} too long.`);
  }
}
