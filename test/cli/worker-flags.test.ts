import { describe, expect, it } from 'vitest';
import { checkPart, parseWorkerFlags, type WorkerFlags } from '../../src/cli/worker-flags.ts';
import { workersFor } from '../../src/cli/run-flags.ts';
import { Refusal } from '../../src/model/refusal.ts';
import type { ConsumerSpec, Scenario } from '../../src/traffic/scenario.ts';
import { consumerOf, scenarioOf, sourceAt } from '../traffic/scenarios.ts';

const NOW_US = Date.UTC(2026, 0, 31, 12) * 1000;

/** The first sentence of a refusal. */
function refusal(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    if (error instanceof Refusal && error.exitCode === 2) return error.what;
    throw error;
  }
  return 'taken';
}

const SOON = '2026-01-31T12:00:30Z';
const EFO = consumerOf({ kind: 'efo' });

const parse = (flags: WorkerFlags, env: Record<string, string> = {}) => parseWorkerFlags(flags, env, NOW_US);

describe('--worker', () => {
  it.each<[string, Record<string, string>, number, number]>([
    ['1/4', {}, 0, 4],
    ['4/4', {}, 3, 4],
    ['1/1', {}, 0, 1],
    ['auto/4', { JOB_COMPLETION_INDEX: '0' }, 0, 4],
    ['auto/4', { AWS_BATCH_JOB_ARRAY_INDEX: '3' }, 3, 4],
    ['auto/12', { SLURM_ARRAY_TASK_ID: '10' }, 10, 12],
    ['auto/4', { SLURM_ARRAY_TASK_ID: '2', JOB_COMPLETION_INDEX: '2', AWS_BATCH_JOB_ARRAY_INDEX: '' }, 2, 4],
    // Whoever names the part means it.
    ['2/4', { JOB_COMPLETION_INDEX: '3' }, 1, 4],
  ])('%s is a part, with %j', (worker, env, index, count) => {
    expect(parse({ worker }, env).split).toEqual({ index, count });
  });

  it.each<[string, Record<string, string>, string]>([
    ['0/4', {}, '--worker 0/4: parts are numbered from 1 to 4.'],
    ['5/4', {}, '--worker 5/4: parts are numbered from 1 to 4.'],
    ['1/0', {}, '--worker 1/0: a load is split over 1 to 1000 machines.'],
    ['1/1001', {}, '--worker 1/1001: a load is split over 1 to 1000 machines.'],
    ['2', {}, '--worker: "2" is not which part of how many.'],
    ['1.5/4', {}, '--worker: "1.5/4" is not which part of how many.'],
    [
      'auto/4',
      {},
      '--worker auto/4: none of JOB_COMPLETION_INDEX, AWS_BATCH_JOB_ARRAY_INDEX, SLURM_ARRAY_TASK_ID is set.',
    ],
    [
      'auto/4',
      { SLURM_ARRAY_TASK_ID: '4' },
      '--worker auto/4: SLURM_ARRAY_TASK_ID is "4", and parts are numbered from 0 to 3 there.',
    ],
    [
      'auto/4',
      { JOB_COMPLETION_INDEX: '1', SLURM_ARRAY_TASK_ID: '2' },
      '--worker auto/4: JOB_COMPLETION_INDEX is 1, and SLURM_ARRAY_TASK_ID is 2.',
    ],
  ])('%s is refused, with %j', (worker, env, what) => {
    expect(refusal(() => parse({ worker }, env))).toBe(what);
  });

  it('leaves a machine its part of the requests in flight, and so many threads', () => {
    const scenario = scenarioOf([sourceAt(1, 1)]);
    expect(workersFor(scenario, 4, { index: 0, count: 4 })).toBe(4);
    expect(refusal(() => workersFor(scenario, 5, { index: 0, count: 4 }))).toBe(
      '--workers 5: the scenario has 4 requests in flight at most on each of 4 machines, and each worker needs one.',
    );
  });

  const aws = {
    ...{ aws: { region: undefined, profile: undefined, endpointUrl: undefined }, stream: 'orders' },
    ...{ yes: true, allowExisting: true, allowReshard: false, reconcile: true },
    limits: { maxCostUsd: 5, maxBytes: undefined, maxDurationMs: 1 },
  };
  const gates = { seed: undefined, thresholds: [], failOn: [] };
  const scenario = scenarioOf([sourceAt(1, 1)]);
  const reads = (...consumers: readonly ConsumerSpec[]): Scenario => ({ ...scenario, consumers });
  it.each<[string, () => void, string]>([
    [
      'the embedded endpoint',
      () => checkPart(parse({ worker: '1/2' }), undefined, scenario, gates),
      'embedded endpoint',
    ],
    [
      '--create',
      () => checkPart(parse({ worker: '1/2' }), { ...aws, stream: undefined }, scenario, gates),
      '--create',
    ],
    [
      'consumers that have no common start',
      () => checkPart(parse({ worker: '1/2' }), aws, reads(consumerOf()), gates),
      'have to count from one common start',
    ],
    [
      'consumers that start at another time on each machine',
      () => checkPart(parse({ worker: '1/2', startAt: '+30s' }), aws, reads(consumerOf()), gates),
      'have to count from one common start',
    ],
    [
      'more fan-out consumers than a stream has',
      () => checkPart(parse({ worker: '1/11', startAt: SOON }), aws, reads(EFO, EFO), gates),
      '11 machines with 2 fan-out consumers each are more than the 20',
    ],
    [
      'a timeline',
      () =>
        checkPart(
          parse({ worker: '1/2' }),
          aws,
          { ...scenario, timeline: [{ index: 0, atUs: 0, kind: 'resize', count: 4 }] },
          gates,
        ),
      'adds up parts of one layout only',
    ],
    [
      '--fail-on',
      () => checkPart(parse({ worker: '1/2' }), aws, scenario, { ...gates, failOn: ['HOT_KEY'] }),
      '--fail-on',
    ],
  ])('does not go with %s', (_, attempt, words) => {
    expect(refusal(attempt)).toContain(words);
  });

  it('goes with a stream that is there, and a whole load with everything', () => {
    expect(refusal(() => checkPart(parse({ worker: '1/2' }), aws, scenario, gates))).toBe('taken');
    const readers = reads(consumerOf(), EFO, EFO);
    expect(refusal(() => checkPart(parse({ worker: '1/10', startAt: SOON }), aws, readers, gates))).toBe(
      'taken',
    );
    expect(refusal(() => checkPart(parse({}), undefined, scenario, { ...gates, failOn: ['HOT_KEY'] }))).toBe(
      'taken',
    );
  });
});

describe('--start-at', () => {
  it.each([
    ['+30s', 30],
    ['+2m', 120],
    ['+0s', 0],
    ['2026-01-31T12:00:01Z', 1],
    ['2026-01-31T13:00:30.5+01:00', 30.5],
  ])('%s is so many seconds from now', (startAt, sec) => {
    expect(parse({ startAt }).startAtUs).toBe(NOW_US + sec * 1_000_000);
  });

  it.each([
    ['2026-01-31T11:59:50Z', '--start-at 2026-01-31T11:59:50Z is over by 10.0 s.'],
    ['2026-01-31T13:00:00', '--start-at: "2026-01-31T13:00:00" is no time.'],
    ['2026-13-31T13:00:00Z', '--start-at: "2026-13-31T13:00:00Z" is no time.'],
    ['+30', '--start-at: "+30" is no time.'],
    ['noon', '--start-at: "noon" is no time.'],
    ['2027-01-31T13:00:00Z', '--start-at 2027-01-31T13:00:00Z is more than seven days from now.'],
  ])('%s is refused', (startAt, what) => {
    expect(refusal(() => parse({ startAt }))).toBe(what);
  });
});
