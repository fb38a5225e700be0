/** AUTO record distribution: where records go whose keys are ignored. */
import { describe, expect, it } from 'vitest';
import { totalsOf } from '../../src/results/run-document.ts';
import { ATTEMPT } from '../../src/model/outcome.ts';
import { simulateExactly } from '../../src/simulate/exact.ts';
import { parseScenario } from '../../src/traffic/scenario-file.ts';

const text = (keys: string, more = '') => `
stream: { mode: on-demand, recordDistribution: auto, onDemand: { mostShards: 4 } }
duration: 60s
traffic: [{ rate: 1000/s, keys: ${keys}, size: 100B }]
${more}
`;

function offeredOf(keys: string): number[] {
  const { pipeline, map } = simulateExactly(parseScenario(text(keys), 's.yaml'), { serviceUs: 20_000, z: 3 });
  return map.open.map((_, shard) => pipeline.tally.shards.count(shard, 'offered'));
}

describe('AUTO', { timeout: 30_000 }, () => {
  it('spreads records as independent draws would, within five standard deviations', () => {
    const sigma = Math.sqrt(60_000 * 0.25 * 0.75);
    for (const offered of offeredOf('{ uniform: { count: 1 } }'))
      expect(Math.abs(offered - 15_000)).toBeLessThan(5 * sigma);
  });

  it('does not look at keys, nor at explicit hash keys', () => {
    const one = offeredOf('{ uniform: { count: 1 } }');
    expect(offeredOf('{ uniform: { count: 10000 } }')).toEqual(one);
    expect(offeredOf('{ zipf: { count: 1000, exponent: 1.5 } }')).toEqual(one);
    expect(offeredOf('{ explicitHashKey: { shard: 2 } }')).toEqual(one);
  });

  it('draws anew for every attempt', () => {
    const scenario = parseScenario(
      text('{ uniform: { count: 1 } }', 'producer: { retry: { policy: backoff, maxAttempts: 3 } }').replace(
        '1000/s',
        '6000/s',
      ),
      's.yaml',
    );
    const shards = new Map<number, number[]>();
    const { pipeline } = simulateExactly(scenario, {
      serviceUs: 20_000,
      z: 3,
      onRequest: ({ batch, outcomes, pipeline: { producer } }) => {
        batch.slots.forEach((slot, i) => {
          const k = producer.records.k[slot];
          if (outcomes[i] === ATTEMPT.throttled || shards.has(k))
            shards.set(k, [...(shards.get(k) ?? []), producer.records.shard[slot]]);
        });
      },
    });
    const retried = [...shards.values()].filter(({ length }) => length > 1);
    const same = retried.filter(([first, second]) => first === second).length;
    expect(retried.length).toBeGreaterThan(10_000);
    // A shard that has just throttled is as likely as any other.
    expect(Math.abs(same / retried.length - 0.25)).toBeLessThan(0.02);
    const totals = totalsOf(pipeline.tally, undefined);
    expect(totals.accepted + totals.throttled + totals.dropped).toBe(totals.offered);
  });
});
