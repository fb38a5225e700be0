/**
 * The flags of `shardwise plan` that say what is sent: how much, how large, and by which keys.
 */
import type { Command } from 'commander';
import type { BurstOption, PlanOptions } from '../../advice/plan/plan-input.ts';
import { LIMITS } from '../../model/limits.ts';
import { type Rate, requireBytes, requireDuration, requireRate } from '../../model/quantity.ts';
import { badInput } from '../../model/refusal.ts';
import type { Keys } from '../../traffic/scenario.ts';
import { given } from './given.ts';

const MAX_RECORDS_PER_SEC = 1_000_000_000;

export interface TrafficFlags {
  rate?: string;
  peakRate?: string;
  burst?: string;
  recordSize?: string;
  keySize?: string;
  keys?: string;
}

export function addTrafficFlags(command: Command): Command {
  return command
    .optionsGroup('Traffic:')
    .option('--rate <rate>', 'records, or their bytes (data and key), per second, on average: 3000/s, 5MiB/s')
    .option('--peak-rate <rate>', 'the highest rate, which shards are planned for (default: --rate)')
    .option(
      '--burst <rate:for[:every]>',
      'all that is sent while a burst lasts, and how long: 20000/s:2s, or 20000/s:2s:60s for one every minute',
    )
    .option('--record-size <size>', 'data of a record, without its key: 900B, 2KiB')
    .option('--key-size <size>', 'partition key of a record (default: 16B)')
    .option('--keys <keys>', 'uniform:100000, zipf:1.1:100000, hot:40%:1:10000 or file:counts.csv');
}

/** Refuses (exit 2) what is no value of its flag. */
export async function parseTraffic(
  flags: TrafficFlags,
): Promise<Pick<PlanOptions, 'rate' | 'peakRate' | 'burst' | 'dataBytes' | 'keyBytes' | 'keys'>> {
  const dataBytes = given(flags.recordSize, (text) => requireBytes(text, '--record-size'));
  const keyBytes = given(flags.keySize, keyBytesOf);
  return {
    rate: given(flags.rate, (text) => rateOf(text, '--rate')),
    peakRate: given(flags.peakRate, (text) => rateOf(text, '--peak-rate')),
    burst: given(flags.burst, burstOf),
    dataBytes,
    keyBytes,
    keys: await given(flags.keys, keysOf),
  };
}

async function keysOf(text: string): Promise<Keys> {
  const { refuseUnplaceable } = await import('../../advice/plan/planned-keys.ts');
  const { kindOfShort } = await import('../../traffic/short-form.ts');
  const { fileOfShort, keysOfShort } = await import('../../traffic/short-keys.ts');
  refuseUnplaceable(kindOfShort(text), '--keys');
  const file = fileOfShort(text);
  if (file === undefined) return keysOfShort(text);
  // Relative to the folder that the command is given in.
  const { readNamedFiles } = await import('../../run/files/named-files.ts');
  return keysOfShort(text, '--keys', await readNamedFiles([{ holds: 'keys', file }], '.'));
}

function rateOf(text: string, flag: string): Rate {
  const rate = requireRate(text, flag);
  const amount = 'recordsPerSec' in rate ? rate.recordsPerSec : rate.bytesPerSec;
  if (amount > 0 && amount <= MAX_RECORDS_PER_SEC * 1024) return rate;
  throw badInput(
    `${flag}: ${text} is ${amount > 0 ? 'more than Kinesis could ever take' : 'no traffic'}.`,
    'Write for example 3000/s or 5MiB/s.',
  );
}

const LONGEST_BURST_SEC = 86_400;

/** Rate, length and, where there is a third part, the time from one to the next. */
function burstOf(text: string): BurstOption {
  const parts = text.split(':');
  if (parts.length < 2 || parts.length > 3) {
    throw badInput(
      `--burst: ${JSON.stringify(text)} is not a rate and how long it lasts.`,
      'Write for example 20000/s:2s, or 20000/s:2s:60s for one every minute.',
    );
  }
  const rate = rateOf(parts[0], '--burst');
  const lengthSec = requireDuration(parts[1], '--burst') / 1e6;
  const everySec = given(parts.at(2), (part) => requireDuration(part, '--burst') / 1e6);
  if (lengthSec === 0 || lengthSec > LONGEST_BURST_SEC) {
    throw badInput(
      `--burst: ${parts[1]} is ${lengthSec === 0 ? 'no time' : 'no burst: the stream has to be planned for it'}.`,
      lengthSec === 0 ? 'Write for example 20000/s:2s.' : 'Give it as --peak-rate.',
    );
  }
  if (everySec !== undefined && everySec < lengthSec) {
    throw badInput(
      `--burst: ${parts[1]} does not end before the next comes, after ${String(parts.at(2))}.`,
      'Write a longer time from one to the next, or give the rate as --peak-rate.',
    );
  }
  return { rate, lengthSec, everySec };
}

function keyBytesOf(text: string): number {
  const bytes = requireBytes(text, '--key-size');
  const most = LIMITS.partitionKeyChars.value * 4;
  if (bytes >= 1 && bytes <= most) return bytes;
  throw badInput(
    `--key-size: ${text} is not the length of a partition key.`,
    `A key has 1 to ${LIMITS.partitionKeyChars.value} characters, which are 1B to ${most}B.`,
  );
}
