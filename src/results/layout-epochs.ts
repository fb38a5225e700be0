/**
 * What sending threads counted under each layout of the stream, as each of them knew it: what phases between changes are
 * made of. An epoch is begun by a change, and numbered by how many there were before.
 */
import type { PhaseLatencies, PhaseLatency } from './capacity-report.ts';
import { LatencyHistogram } from './latency.ts';
import type { PhaseCounts } from './layout-phases.ts';
import { OFFER_WIDTH, type LedgerPage } from './ledger-page.ts';

interface Epoch {
  offered: number;
  accepted: number;
  throttled: number;
  /** Until it is over: half a megabyte each. */
  latency: { readonly response: LatencyHistogram; readonly service: LatencyHistogram } | undefined;
}

export class LayoutEpochs {
  readonly #epochs: Epoch[] = [];

  add({ layout, answer, shards, latencies: [response, service] }: LedgerPage): void {
    const epoch = this.#at(layout);
    for (let i = 0; i < shards.shards.length; i++) epoch.offered += shards.offer[i * OFFER_WIDTH];
    epoch.accepted += answer.accepted;
    for (const throttled of answer.throttled) epoch.throttled += throttled;
    epoch.latency?.response.add(response);
    epoch.latency?.service.add(service);
  }

  /** Everything counted up to the end of an epoch, and the latencies of that one alone, which are forgotten then. */
  end(number: number): PhaseCounts {
    const { latency } = this.#at(number);
    const upTo = this.#epochs.slice(0, number + 1);
    const sum = (count: 'offered' | 'accepted' | 'throttled'): number =>
      upTo.reduce((total, epoch) => total + epoch[count], 0);
    const latencyMs = latency && {
      service: summaryOf(latency.service),
      response: summaryOf(latency.response),
    };
    this.#epochs[number].latency = undefined;
    return {
      ...{ offered: sum('offered'), accepted: sum('accepted'), throttled: sum('throttled') },
      ...(latencyMs && { latencyMs: latencyMs satisfies PhaseLatencies }),
    };
  }

  #at(number: number): Epoch {
    while (this.#epochs.length <= number) {
      const latency = { response: new LatencyHistogram(), service: new LatencyHistogram() };
      this.#epochs.push({ offered: 0, accepted: 0, throttled: 0, latency });
    }
    return this.#epochs[number];
  }
}

function summaryOf(histogram: LatencyHistogram): PhaseLatency {
  return { p50: histogram.percentileMs(50), p99: histogram.percentileMs(99), max: histogram.maxMs };
}
