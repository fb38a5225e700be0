import { describe, expect, it } from 'vitest';
import { Refusal } from '../../src/model/refusal.ts';
import { readSampleFlags, type SampleFlags } from '../../src/cli/sample-flags.ts';

const refused = (flags: SampleFlags): unknown => {
  try {
    return readSampleFlags(flags);
  } catch (error) {
    return error instanceof Refusal ? [error.exitCode, error.what] : error;
  }
};

describe('the flags of records', () => {
  it('read nothing unless asked', () => {
    expect(readSampleFlags({ log: 'a' })).toEqual({ reading: undefined, records: undefined, log: 'a' });
  });

  it('take a fifth of the read budget, 64 MiB and 16 shards unless told', () => {
    expect(readSampleFlags({ sample: true }).reading).toEqual({
      ...{ by: 'polling', nowForMs: undefined, share: 0.2, bytes: 64 * 2 ** 20, shards: 16, yes: false },
    });
    const flags = { efo: true, sampleNow: '10s', sampleBudget: '1MiB', sampleShards: '3', yes: true };
    expect(readSampleFlags(flags).reading).toEqual({
      ...{ by: 'fan-out', nowForMs: 10_000, share: 0.2, bytes: 2 ** 20, shards: 3, yes: true },
    });
  });

  it.each<[SampleFlags, RegExp]>([
    [{ yes: true }, /--yes says how to read records, and nothing says to read any/],
    [{ sampleShare: '10%', records: 'f' }, /--sample-share says how/],
    [{ sample: true, records: 'f' }, /two sources/],
    [{ sample: true, sampleNow: '10s' }, /the past/],
    [{ efo: true, sampleShare: '10%' }, /--efo does not poll/],
    [{ sample: true, sampleShare: '0%' }, /not a share from 1% to 100%/],
    [{ sample: true, sampleShare: '20' }, /not a share/],
    [{ sampleShare: '200%' }, /not a share/],
    [{ sampleBudget: '5' }, /not a size/],
    [{ sampleShards: '0' }, /not a number from 1/],
    [{ sample: true, sampleBudget: '64' }, /not a size/],
    [{ sample: true, sampleShards: '0' }, /not a number from 1/],
    [{ sampleNow: '10' }, /not a time from 1s to 5m/],
    [{ sampleNow: '6m' }, /not a time from 1s to 5m/],
  ])('%o is refused', (flags, message) => {
    expect(refused(flags)).toEqual([2, expect.stringMatching(message)]);
  });
});
