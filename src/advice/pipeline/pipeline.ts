/**
 * The rest of the pipeline around a stream: producers that aggregate, readers that keep leases, services that might do.
 */
import type { PlanResult } from '../../results/plan-result.ts';
import type { PlanInput } from '../plan/plan-input.ts';
import { aggregated, type AggregateOptions } from './aggregation.ts';
import { leasesOf } from './kcl-leases.ts';
import { compareServices } from './services.ts';

export interface PipelineQuestion {
  /** Undefined where every record is sent as it is. */
  readonly aggregate: AggregateOptions | undefined;
  readonly compareServices: boolean;
}

export interface Pipeline {
  /** How producers aggregate; undefined where they do not. */
  readonly aggregate: AggregateOptions | undefined;
  /** Traffic as it reaches the stream: what the plan is made for. */
  readonly input: PlanInput;
  /** The plan with what stands around the stream. */
  readonly finish: (plan: PlanResult) => PlanResult;
  /** Traffic as it is billed on so many shards, for money; undefined where that is the planned input itself. */
  readonly billed: ((shards: number) => PlanInput) | undefined;
}

/** @param input traffic in user records */
export function pipelineOf(input: PlanInput, question: PipelineQuestion): Pipeline {
  const { aggregate } = question;
  const packed = aggregate && aggregated(input, aggregate);
  return {
    aggregate,
    input: packed?.input ?? input,
    finish: (core) => {
      const plan = packed?.finish(core) ?? core;
      const leases = leasesOf(input.consumers, shardsOf(plan));
      return {
        ...plan,
        ...(leases.length === 0 ? {} : { leases }),
        ...(question.compareServices ? { services: compareServices(input, plan) } : {}),
      };
    },
    billed: packed?.billed,
  };
}

/** The count of the plan; where none fits, what most constraints ask for. */
function shardsOf({ shards, constraints }: PlanResult): number {
  return shards ?? Math.max(1, ...constraints.map((constraint) => constraint.shards ?? 1));
}
