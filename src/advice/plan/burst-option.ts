/**
 * A burst as a flag says it, held against the rates of the plan.
 */
import { formatRate, type Rate } from '../../model/quantity.ts';
import { badInput } from '../../model/refusal.ts';
import { timeOf } from './constraints.ts';
import type { BurstWindow } from './burst-window.ts';
import type { BurstOption, PlanSource } from './plan-input.ts';

/** A rate of bytes as one of records. @param recordBytes data and key */
export function recordsPerSec(rate: Rate, recordBytes: number): number {
  return 'recordsPerSec' in rate ? rate.recordsPerSec : rate.bytesPerSec / recordBytes;
}

/**
 * The window of a burst of the only source.
 * @throws Refusal where it is no burst, or the bursts alone would be more than the average rate
 */
export function windowOfOption({ rate, lengthSec, everySec }: BurstOption, source: PlanSource): BurstWindow {
  const { recordsPerSec: peak, meanRecordsPerSec: mean, dataBytes, keyBytes } = source;
  const perSec = recordsPerSec(rate, dataBytes + keyBytes);
  if (perSec < peak) {
    throw badInput(
      `--burst: ${formatRate(rate)} is below the rate that is planned for, ${formatRate({ recordsPerSec: peak })}.`,
      'Write all that is sent while the burst lasts.',
    );
  }
  const burstMean = everySec === undefined ? 0 : (perSec * lengthSec) / everySec;
  if (burstMean > mean * (1 + 1e-9)) {
    throw badInput(
      `--burst: ${formatRate(rate)} for ${timeOf(lengthSec)} of every ${timeOf(everySec ?? 0)} is ` +
        `${formatRate({ recordsPerSec: burstMean })} on average, more than --rate.`,
      `Write at least --rate ${Math.ceil(burstMean)}/s, bursts included.`,
    );
  }
  return { kind: 'bursts', lengthSec, everySec, peakSeconds: [(perSec / peak) * lengthSec] };
}
