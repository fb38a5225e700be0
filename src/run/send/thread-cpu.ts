/**
 * CPU time of the thread that asks, and of no other: what the process has used is the sum of all threads, an embedded
 * endpoint among them.
 */
import { readFileSync } from 'node:fs';

/** Linux counts the time of a thread in hundredths of a second (USER_HZ, fixed in its interface to programs). */
const TICK_US = 10_000;
/** Fields behind the name in parentheses, which may hold anything: utime and stime are the 14th and 15th of all. */
const [UTIME, STIME] = [11, 12];

/** Microseconds since the thread began; undefined where the system does not say. */
export function threadCpuUs(): number | undefined {
  const { threadCpuUsage } = process as { threadCpuUsage?: () => { user: number; system: number } };
  if (threadCpuUsage !== undefined) {
    const { user, system } = threadCpuUsage.call(process);
    return user + system;
  }
  try {
    return ticksOf(readFileSync('/proc/thread-self/stat', 'latin1')) * TICK_US;
  } catch {
    return undefined;
  }
}

/** User and system time of a line of `/proc/…/stat`. */
export function ticksOf(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[UTIME]) + Number(fields[STIME]);
}
