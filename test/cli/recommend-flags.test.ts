import { describe, expect, it } from 'vitest';
import { readRecommendFlags } from '../../src/cli/recommend-flags.ts';
import { Refusal } from '../../src/model/refusal.ts';

describe('the flags of recommend', () => {
  it('have defaults', () => {
    expect(readRecommendFlags({})).toEqual({
      headroom: 0.2,
      burstFactor: undefined,
      prefer: 'fewest-shards',
      coolOffMs: 86_400_000,
      maxShards: undefined,
    });
  });

  it('are read with their units', () => {
    const flags = {
      headroom: '10%',
      burstFactor: '1.5',
      prefer: 'fewest-steps',
      coolOff: '6h',
      maxShards: '40',
    };
    expect(readRecommendFlags(flags)).toEqual({
      headroom: 0.1,
      burstFactor: 1.5,
      prefer: 'fewest-steps',
      coolOffMs: 6 * 3_600_000,
      maxShards: 40,
    });
    expect(readRecommendFlags({ coolOff: '0' }).coolOffMs).toBe(0);
  });

  it.each([
    [{ headroom: '100%' }, '--headroom'],
    [{ burstFactor: '0.9' }, '--burst-factor'],
    [{ burstFactor: '61' }, '--burst-factor'],
    [{ burstFactor: 'two' }, '--burst-factor'],
    [{ prefer: 'cheap' }, '--prefer'],
    [{ coolOff: '12' }, '--cool-off'],
    [{ maxShards: '0' }, '--max-shards'],
    [{ maxShards: '1.5' }, '--max-shards'],
  ])('are refused where they make no sense: %j', (flags, name) => {
    let refusal: unknown;
    try {
      readRecommendFlags(flags);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(Refusal);
    expect(refusal).toMatchObject({ exitCode: 2, what: expect.stringContaining(`${name}:`) as string });
  });
});
