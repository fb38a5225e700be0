import { describe, expect, it } from 'vitest';
import { pipelineOf } from '../../../src/advice/pipeline/pipeline.ts';
import { planInputOf, planInputOfFlags } from '../../../src/advice/plan/plan-input.ts';
import { buildPlan } from '../../../src/advice/plan/plan.ts';
import type { PlanResult } from '../../../src/results/plan-result.ts';
import { parseConsumersShort } from '../../../src/traffic/short-form.ts';
import { consumerOf, scenarioOf, sourceAt } from '../../traffic/scenarios.ts';

const PLAIN = { aggregate: undefined, compareServices: false };

function planWith(consumers: string): PlanResult {
  const input = planInputOfFlags({
    rate: { recordsPerSec: 8000 },
    dataBytes: 100,
    consumers: parseConsumersShort(consumers),
  });
  return pipelineOf(input, PLAIN).finish(buildPlan(input));
}

describe('the rest of the pipeline', () => {
  it('is not there where nothing of it was asked for', () => {
    const plan = planWith('polling:1');
    expect(plan.leases).toBeUndefined();
    expect(plan.services).toBeUndefined();
    expect(plan.aggregation).toBeUndefined();
  });

  it('has a lease for each shard and application of the KCL, renewed every third of ten seconds', () => {
    const { leases, shards } = planWith('kcl:2,lambda:1');
    expect(shards).toBe(10);
    expect(leases).toEqual([
      {
        application: 'kcl',
        leases: 10,
        usefulWorkers: 10,
        tables: { from35: 1, before35: 3 },
        renewalsPerSec: 3,
        writeUnitsPerSec: { least: 3, most: 6 },
      },
      expect.objectContaining({ application: 'kcl-2', leases: 10 }),
    ]);
  });

  it('knows the KCL among the consumers of a scenario', () => {
    const input = planInputOf(
      scenarioOf([sourceAt(500, 10)], { consumers: [consumerOf({ preset: 'kcl', name: 'billing' })] }),
    );
    const { leases } = pipelineOf(input, PLAIN).finish(buildPlan(input));
    expect(leases).toMatchObject([{ application: 'billing', leases: 1 }]);
  });

  it('bills the traffic as it is where nothing is aggregated', () => {
    const input = planInputOfFlags({ rate: { recordsPerSec: 10 }, dataBytes: 10 });
    expect(pipelineOf(input, PLAIN).billed).toBeUndefined();
  });
});
