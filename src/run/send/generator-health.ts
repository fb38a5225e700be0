/**
 * Whether the generator did its part: how late it was and how busy, so that its own slowness is never held against
 * the stream.
 */
import { performance } from 'node:perf_hooks';
import { isGeneratorValid } from '../../results/generator-validity.ts';
import type { GeneratorInfo } from '../../results/report-document.ts';
import type { Pipeline } from '../../simulate/pipeline.ts';

/** Above this an event loop has no time of its own left, and a full queue may be our own doing. */
const SATURATED = 0.95;

export class GeneratorHealth {
  readonly #startMs = performance.now();
  readonly #cpu = process.cpuUsage();
  readonly #loop = performance.eventLoopUtilization();

  /** What was measured from the start to now. */
  stop(pipeline: Pipeline): Omit<GeneratorInfo, 'misrouted'> {
    const cpu = process.cpuUsage(this.#cpu);
    const elapsedMs = performance.now() - this.#startMs;
    const { utilization } = performance.eventLoopUtilization(this.#loop);
    const { lag } = pipeline;
    const lagMs = { p50: lag.percentileMs(50) ?? 0, p99: lag.percentileMs(99) ?? 0, max: lag.maxMs ?? 0 };
    const dispatched = dispatchedShare(pipeline, utilization);
    return {
      valid: isGeneratorValid(lagMs.p99, dispatched),
      lagMs,
      dispatched,
      workers: 1,
      cpu: (cpu.user + cpu.system) / 1000 / elapsedMs,
      eventLoopUtilization: utilization,
    };
  }
}

/** Records dropped while the sending thread was saturated were dropped by us, not by a slow stream. */
function dispatchedShare(pipeline: Pipeline, utilization: number): number {
  const { shards } = pipeline.tally;
  const offered = shards.sum('offered');
  if (offered === 0 || utilization < SATURATED) return 1;
  return 1 - shards.sum('dropped') / offered;
}
