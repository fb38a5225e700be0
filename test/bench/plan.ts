/**
 * Plans of many keys, beside the hashing of their names (goal 7): CPU time of each, and how much memory ten million
 * known keys take.
 */
import { planAround } from '../../src/advice/plan/plan-around.ts';
import { planInputOfFlags, type PlanInput, type PlanOptions } from '../../src/advice/plan/plan-input.ts';
import { GeneratedRegion } from '../../src/traffic/key-region.ts';

const TEMPLATE = 'key-{n}';

export interface Timed {
  readonly cpuMs: number;
  readonly answer: string;
}

function timed(work: () => string): Timed {
  const before = process.cpuUsage();
  const answer = work();
  const { user, system } = process.cpuUsage(before);
  return { cpuMs: (user + system) / 1000, answer };
}

/** Every name hashed once, by the hash that plans use: the faster of the two ways. */
export function hashOnce(count: number): Timed {
  const region = new GeneratedRegion(TEMPLATE, count, undefined);
  const positions = new Float64Array(count);
  return timed(() => {
    region.positionsOf(0, count, positions, 0);
    return String(positions[count - 1]);
  });
}

/** The same name by name, as simulations hash the keys that they meet. */
export function hashOneByOne(count: number): Timed {
  const region = new GeneratedRegion(TEMPLATE, count, undefined);
  const words = new Uint32Array(4);
  return timed(() => {
    let all = 0;
    for (let n = 0; n < count; n++) {
      region.hashAt(n, words);
      all ^= words[0];
    }
    return String(all);
  });
}

/** A plan with its table, as the command makes it. */
export function planOf(count: number, exponent: number, recordsPerSec: number, options: PlanOptions): Timed {
  const keys = { kind: 'zipf', exponent, count, template: TEMPLATE } as const;
  const inputOf = (): PlanInput =>
    planInputOfFlags({ rate: { recordsPerSec }, dataBytes: 1024, keys, ...options });
  return timed(() => {
    const { shards, shardsSafe } = planAround(inputOf(), { isRateGiven: true }).plan;
    return `${shards ?? 'no'} shards${shardsSafe === shards ? '' : `, safe from ${shardsSafe ?? 'none'}`}`;
  });
}
