/**
 * From what a user wrote of a consumer to what the simulator reads: units resolved, presets filled in.
 */
import { usOf } from './checked-quantity.ts';
import { BACKUP_EVERY_US, CONSUMER_DEFAULTS, type Polling } from './consumer-presets.ts';
import { kindOf, type ConsumerInput } from './consumer-schema.ts';
import type { ConsumerSpec, Outage } from './scenario.ts';

export function resolveConsumers(inputs: readonly ConsumerInput[]): ConsumerSpec[] {
  const taken = new Set(inputs.flatMap(({ name }) => name ?? []));
  return inputs.map((input) => {
    const name = input.name ?? freeName(input.preset ?? kindOf(input) ?? 'consumer', taken);
    taken.add(name);
    return resolveConsumer(input, name);
  });
}

/** `lambda`, or `lambda-2` where that is taken. */
function freeName(stem: string, taken: ReadonlySet<string>): string {
  if (!taken.has(stem)) return stem;
  let number = 2;
  while (taken.has(`${stem}-${number}`)) number++;
  return `${stem}-${number}`;
}

function resolveConsumer(input: ConsumerInput, name: string): ConsumerSpec {
  const kind = kindOf(input);
  if (kind === undefined) throw new Error('a consumer without a kind has passed the rules');
  const { preset, joins, from = 'latest' } = input;
  const polling = pollingOf(input);
  return {
    name,
    kind,
    ...(preset !== undefined && { preset }),
    ...polling,
    limit: input.limit ?? polling.limit,
    batch: input.batch ?? polling.batch,
    perBatchUs: usOr(input.perBatch, 0),
    perRecordUs: usOr(input.perRecord, 0),
    parallel: input.parallel ?? 1,
    ...(joins !== undefined && { joins: { atUs: usOf(joins), from } }),
    outages: (input.outage ?? []).map((outage): Outage => ({
      atUs: usOf(outage.at),
      forUs: usOf(outage.for),
    })),
  };
}

/** A period that is given holds after every call, whatever it returned. */
function pollingOf({ preset = 'custom', every, backup }: ConsumerInput): Polling {
  const { polling } = CONSUMER_DEFAULTS[preset];
  const everyUs = every === undefined ? (backup === true ? BACKUP_EVERY_US : undefined) : usOf(every);
  return everyUs === undefined ? polling : { ...polling, everyUs, idleUs: everyUs, throttledUs: everyUs };
}

function usOr(text: string | undefined, otherwise: number): number {
  return text === undefined ? otherwise : usOf(text);
}
