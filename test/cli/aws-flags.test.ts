import { describe, expect, it } from 'vitest';
import { readTargetFlags, type TargetFlags } from '../../src/cli/aws-flags.ts';
import { isLeftOver } from '../../src/cli/cleanup.ts';
import { Refusal } from '../../src/model/refusal.ts';

/** The first sentence of a refusal. */
function refused(flags: TargetFlags): string {
  try {
    readTargetFlags(flags);
  } catch (error) {
    if (error instanceof Refusal && error.exitCode === 2) return error.what;
    throw error;
  }
  return 'taken';
}

describe('the flags of a run on AWS', () => {
  it.each<[string, TargetFlags, string]>([
    ['no such target', { target: 'gcp' }, '--target: there is no target "gcp".'],
    ['no stream', { target: 'aws' }, '--target aws does not say which stream.'],
    ['two streams', { target: 'aws', stream: 'a', create: true }, '--stream and --create name two streams.'],
    [
      'an amount that is none',
      { target: 'aws', create: true, maxCost: '5EUR' },
      '--max-cost 5EUR is not an amount of US dollars.',
    ],
    [
      'less than nothing',
      { target: 'aws', create: true, maxCost: '-1' },
      '--max-cost -1 is not an amount of US dollars.',
    ],
    ['a bare size', { target: 'aws', create: true, maxBytes: '100' }, '--max-bytes 100 is not a size.'],
    ['no size', { target: 'aws', create: true, maxBytes: '0B' }, '--max-bytes 0B is not a size.'],
    [
      'a bare duration',
      { target: 'aws', create: true, maxDuration: '60' },
      '--max-duration 60 is not a duration.',
    ],
    [
      'an address that is none',
      { target: 'aws', create: true, endpointUrl: 'localhost:4567' },
      '--endpoint-url localhost:4567 is not an address of http or https.',
    ],
    [
      'a flag of AWS in a local run',
      { allowExistingStream: true },
      '--allow-existing-stream is for --target aws, and this run is on the embedded endpoint.',
    ],
  ])('refuses %s', (_, flags, what) => {
    expect(refused(flags)).toBe(what);
  });

  it('bounds a test by 5 dollars and an hour where nothing else is said', () => {
    expect(readTargetFlags({ target: 'aws', create: true })).toMatchObject({
      stream: undefined,
      yes: false,
      allowExisting: false,
      reconcile: true,
      limits: { maxCostUsd: 5, maxBytes: undefined, maxDurationMs: 3_600_000 },
    });
  });

  it('reads amounts with and without the sign', () => {
    const limits = (flags: TargetFlags): unknown =>
      readTargetFlags({ target: 'aws', create: true, ...flags })?.limits;
    expect(limits({ maxCost: '$12.5', maxBytes: '2GiB', maxDuration: '90m' })).toEqual({
      maxCostUsd: 12.5,
      maxBytes: 2 * 2 ** 30,
      maxDurationMs: 5_400_000,
    });
    expect(limits({ maxCost: '0' })).toMatchObject({ maxCostUsd: 0 });
  });

  it('a local run takes none of them but --no-reconcile', () => {
    expect(readTargetFlags({ target: 'local', reconcile: false })).toBeUndefined();
  });
});

describe('what is left over', () => {
  const HOUR_US = 3_600_000_000;
  const made = { createdUs: 0, expiresUs: 2 * HOUR_US };

  it.each([
    ['before its expiry: no', 1, undefined, 'elsewhere', false],
    ['past its expiry: yes', 3, undefined, 'elsewhere', true],
    ['its run on this machine is gone: yes', 1, undefined, 'gone', true],
    ['its run on this machine goes on: no', 1, undefined, 'alive', false],
    ['older than asked for: yes, whatever else', 1, 1, 'alive', true],
    ['younger than asked for: no, whatever else', 1, 2, 'gone', false],
    ['everything, asked for by an age of nothing', 0, 0, 'alive', true],
  ] as const)('%s', (_, nowHours, olderHours, maker, expected) => {
    const olderUs = olderHours === undefined ? undefined : olderHours * HOUR_US;
    expect(isLeftOver(made, olderUs, nowHours * HOUR_US, maker)).toBe(expected);
  });
});
