/**
 * Whether the generator did its part: how late it was and how busy, so that its own slowness is never held against
 * the stream.
 */
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { isGeneratorValid } from '../../results/generator-validity.ts';
import type { LatencyHistogram } from '../../results/latency.ts';
import type { GeneratorInfo, SendingThread, SocketBacklog } from '../../results/report-document.ts';
import { threadCpuUs } from './thread-cpu.ts';

/** Above this an event loop has no time of its own left, and a full queue may be our own doing. */
const SATURATED = 0.95;
/** How often the delay of an event loop is looked at. */
const RESOLUTION_MS = 20;

/** How one sending thread fared. */
export interface ThreadHealth {
  /** Part of the time in which its event loop was busy, 0…1. */
  readonly eventLoopUtilization: number;
  /** How late its event loop came to a timer; absent where nothing was measured. */
  readonly loopDelayMs?: { readonly p99: number; readonly max: number };
  /** CPU of this thread alone, as cores; absent where the system does not say. */
  readonly cpu?: number;
}

/** What a thread was to send. */
export interface ThreadLoad extends ThreadHealth {
  readonly offered: number;
  readonly dropped: number;
  /** What its connections could not get rid of. */
  readonly sockets?: SocketBacklog | undefined;
  /** Sent on the wire, HTTP with its headers, per second. */
  readonly bytesPerSec?: number;
}

/** Of the thread that makes it, from then on. */
export class GeneratorHealth {
  readonly #loop = performance.eventLoopUtilization();
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  readonly #startMs = performance.now();
  readonly #cpuUs = threadCpuUs();

  constructor() {
    this.#delay.enable();
  }

  stop(): ThreadHealth {
    this.#delay.disable();
    const cpuUs = threadCpuUs();
    const lateMs = (ns: number): number => Math.max(0, Math.round(ns / 1e3 - RESOLUTION_MS * 1000) / 1000);
    const measured = this.#delay.count > 0;
    return {
      eventLoopUtilization: performance.eventLoopUtilization(this.#loop).utilization,
      ...(measured && {
        loopDelayMs: { p99: lateMs(this.#delay.percentile(99)), max: lateMs(this.#delay.max) },
      }),
      ...(cpuUs !== undefined &&
        this.#cpuUs !== undefined && {
          cpu: (cpuUs - this.#cpuUs) / 1000 / (performance.now() - this.#startMs),
        }),
    };
  }
}

/** CPU that the process has used since this was made, as cores; an endpoint in it counts too. */
export class CpuMeter {
  readonly #startMs = performance.now();
  readonly #cpu = process.cpuUsage();

  get cores(): number {
    const cpu = process.cpuUsage(this.#cpu);
    return (cpu.user + cpu.system) / 1000 / (performance.now() - this.#startMs);
  }
}

/**
 * @param cpu cores
 * @param misrouted records whose reply named another shard than we had worked out
 * @param moved the same around changes of the layout, where it is expected
 * @param connectMs how far away the stream is, where that was measured
 */
export function generatorInfo(
  lag: LatencyHistogram,
  threads: readonly ThreadLoad[],
  cpu: number,
  { misrouted, moved = 0 }: { readonly misrouted: number; readonly moved?: number },
  connectMs?: number,
): GeneratorInfo {
  const lagMs = { p50: lag.percentileMs(50) ?? 0, p99: lag.percentileMs(99) ?? 0, max: lag.maxMs ?? 0 };
  const dispatched = dispatchedShare(threads);
  return {
    valid: isGeneratorValid(lagMs.p99, dispatched),
    lagMs,
    dispatched,
    workers: threads.length,
    cpu,
    eventLoopUtilization: Math.max(0, ...threads.map((thread) => thread.eventLoopUtilization)),
    misrouted,
    ...(moved > 0 ? { moved } : {}),
    ...(threads.length > 0 && { threads: threads.map(threadOf) }),
    ...(threads.length > 0 && {
      mbitPerSec: threads.reduce((sum, { bytesPerSec = 0 }) => sum + bytesPerSec, 0) * (8 / 1e6),
    }),
    ...(connectMs !== undefined && { connectMs }),
  };
}

function threadOf({ cpu, eventLoopUtilization, sockets, loopDelayMs }: ThreadLoad): SendingThread {
  return {
    ...(cpu !== undefined && { cpu }),
    eventLoopUtilization,
    ...(sockets !== undefined && { sockets }),
    ...(loopDelayMs !== undefined && { loopDelayMs }),
  };
}

/** Records dropped while their sending thread was saturated were dropped by us, not by a slow stream. */
function dispatchedShare(threads: readonly ThreadLoad[]): number {
  const offered = threads.reduce((sum, thread) => sum + thread.offered, 0);
  const ours = threads.filter((thread) => thread.eventLoopUtilization >= SATURATED);
  return offered === 0 ? 1 : 1 - ours.reduce((sum, thread) => sum + thread.dropped, 0) / offered;
}
