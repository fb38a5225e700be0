import { describe, expect, it } from 'vitest';
import { ATTEMPT } from '../../src/model/outcome.ts';
import { Producer, QUEUE_BYTES, QUEUE_US } from '../../src/traffic/producer.ts';
import { longestWaitUs } from '../../src/traffic/retry-wait.ts';
import type { ProducerSpec, Retry } from '../../src/traffic/scenario.ts';
import { play, specOf, type Row } from './producer-story.ts';

const MIB = 1024 * 1024;
/** Waits of 0: the wait is drawn below the base. */
const AT_ONCE: Retry = { policy: 'backoff', maxAttempts: 3, baseUs: 1, maxUs: 1 };

const STORIES: readonly {
  readonly it: string;
  readonly spec?: Partial<ProducerSpec>;
  readonly rows: readonly Row[];
}[] = [
  {
    it: 'a batch goes out when it is full, in order of entering',
    rows: [
      [0, 'enter a b', ''],
      [10, 'enter c d', '1(a b c)'],
      [20, 'reply 1 aaa', 'a=accepted b=accepted c=accepted'],
    ],
  },
  {
    it: 'a batch that does not fill goes out when its oldest record has lingered',
    rows: [
      [0, 'enter a', ''],
      [60, 'enter b', ''],
      [60, 'wake', '100'],
      [99, 'look', ''],
      [100, 'look', '1(a b)'],
      [100, 'wake', 'Infinity'],
    ],
  },
  {
    it: 'no more requests are on their way than there are slots, and the wait for one is told',
    rows: [
      [0, 'enter a b c d e f g h i', '1(a b c) 2(d e f)'],
      [0, 'wake', '10000.001'],
      [50, 'reply 1 aaa', 'a=accepted b=accepted c=accepted 3(g h i)+50'],
      [60, 'enter j k l', ''],
      [90, 'reply 3 aaa', 'g=accepted h=accepted i=accepted 4(j k l)+30'],
    ],
  },
  {
    it: 'a batch that lingered long enough without a slot is ready from then on, though it grows',
    spec: { inFlight: 1 },
    rows: [
      [0, 'enter a b c', '1(a b c)'],
      [10, 'enter d', ''],
      [150, 'enter e', ''],
      [200, 'reply 1 aaa', 'a=accepted b=accepted c=accepted 2(d e)+90'],
    ],
  },
  {
    it: 'a batch is closed by 10 MiB before it is full',
    spec: { batch: 500 },
    rows: [
      [0, 'enter a:4M b:4M', ''],
      [0, 'enter c:4M', '1(a b)'],
      [100, 'look', '2(c)'],
      [200, 'reply 1 aa', 'a=accepted b=accepted'],
    ],
  },
  {
    it: 'exactly 10 MiB is a full batch',
    spec: { batch: 500, inFlight: 1 },
    rows: [
      [0, 'enter a:6M b:4M', '1(a b)'],
      [10, 'enter c:6M d:4M', ''],
      [30, 'reply 1 aa', 'a=accepted b=accepted 2(c d)+20'],
    ],
  },
  {
    it: 'the queue holds 64 MiB; what does not fit is dropped, what is smaller may still fit',
    spec: { batch: 500, inFlight: 1 },
    rows: [
      [0, 'enter a:10M b:10M c:10M d:10M e:10M f:10M g:10M', 'g=dropped 1(a)'],
      [1, 'enter h:10M', ''],
      [2, 'enter i:5M j:4M k:1', 'i=dropped k=dropped'],
    ],
  },
  {
    it: 'a record that has waited more than 10 s for its first sending is dropped',
    spec: { inFlight: 1 },
    rows: [
      [0, 'enter a b c', '1(a b c)'],
      [5000, 'enter d', ''],
      [6000, 'enter e', ''],
      [6000, 'wake', '15000.001'],
      [15_000, 'look', ''],
      [15_000.001, 'look', 'd=dropped'],
      [15_500, 'reply 1 aaa', 'a=accepted b=accepted c=accepted 2(e)+9400'],
    ],
  },
  {
    it: 'a linger of 10 s sends what has waited 10 s',
    spec: { lingerUs: 10_000_000 },
    rows: [
      [0, 'enter a', ''],
      [9999, 'look', ''],
      [10_000, 'look', '1(a)'],
    ],
  },
  {
    it: 'without retries a record ends as its only attempt did; without a reply it is unknown',
    rows: [
      [0, 'enter a b c', '1(a b c)'],
      [10, 'reply 1 tfl', 'a=throttled b=failed c=unknown'],
    ],
  },
  {
    it: 'retries go before fresh records and end as their last attempt did',
    spec: { retry: AT_ONCE },
    rows: [
      [0, 'enter a b c', '1(a b c)'],
      [5, 'enter d e', ''],
      [10, 'reply 1 att', 'a=accepted 2(b c d)'],
      [20, 'reply 2 fta', 'd=accepted 3(b c e)'],
      [30, 'reply 3 tfa', 'b=throttled c=failed e=accepted'],
    ],
  },
  {
    it: 'what may not be tried again is not',
    spec: { retry: AT_ONCE },
    rows: [
      [0, 'enter a b c', '1(a b c)'],
      [10, 'refuse 1 fta', 'a=failed b=throttled c=accepted'],
    ],
  },
  {
    it: 'a retry alone lingers as a fresh record does',
    spec: { retry: AT_ONCE },
    rows: [
      [0, 'enter a b c', '1(a b c)'],
      [10, 'reply 1 ata', 'a=accepted c=accepted'],
      [10, 'wake', '110'],
      [110, 'look', '2(b)'],
    ],
  },
  {
    it: 'flush sends what there is at once, and then whatever becomes ready; lingering is no wait for a slot',
    spec: { retry: AT_ONCE },
    rows: [
      [0, 'enter a b', ''],
      [60, 'flush', '1(a b)'],
      [70, 'reply 1 at', 'a=accepted 2(b)'],
      [80, 'reply 2 a', 'b=accepted'],
    ],
  },
  {
    it: 'after a flush the wait for a slot counts from the flush',
    spec: { inFlight: 1 },
    rows: [
      [0, 'enter a b c', '1(a b c)'],
      [10, 'enter d', ''],
      [40, 'flush', ''],
      [60, 'reply 1 aaa', 'a=accepted b=accepted c=accepted 2(d)+20'],
    ],
  },
  {
    it: 'a linger of 10 s sends although the timer is late, and drops what then waits as long again for a slot',
    spec: { inFlight: 1, lingerUs: 10_000_000 },
    rows: [
      [0, 'enter a', ''],
      [10_003, 'enter b', '1(a b)+3'],
      [10_004, 'enter c', ''],
      [30_004, 'look', ''],
      [30_005, 'look', 'c=dropped'],
    ],
  },
  {
    it: 'giving up drops what was never sent, ends retries as they stood, and lets nothing be tried again',
    spec: { inFlight: 1, retry: { policy: 'backoff', maxAttempts: 9, baseUs: 50_000, maxUs: 50_000 } },
    rows: [
      [0, 'enter a b c', '1(a b c)'],
      [1, 'reply 1 ttf', ''],
      [2, 'enter d e f g', '2(d e f)'],
      [3, 'abandon', 'b=throttled a=throttled c=failed g=dropped'],
      [4, 'wake', 'Infinity'],
      [5, 'reply 2 tla', 'd=throttled e=unknown f=accepted'],
    ],
  },
];

describe('the producer', () => {
  it.each(STORIES)('$it', ({ spec, rows }) => {
    expect(play(specOf(spec), rows)).toEqual(rows);
  });
});

describe('backoff', () => {
  const policy: Retry = { policy: 'backoff', maxAttempts: 8, baseUs: 100_000, maxUs: 1_000_000 };

  it('doubles the longest wait from attempt to attempt, up to the most', () => {
    const waits = [1, 2, 3, 4, 5, 6, 50].map((attempt) => longestWaitUs(policy, attempt));
    expect(waits).toEqual([100_000, 200_000, 400_000, 800_000, 1_000_000, 1_000_000, 1_000_000]);
    expect(longestWaitUs({ policy: 'none' }, 3)).toBe(0);
  });

  it('draws each wait evenly between 0 and the longest, the same for the same seed and record', () => {
    const waitsOf = (seed: number, attempt: number): number[] =>
      Array.from({ length: 400 }, (_, k) => waitAfter(seed, k, attempt));
    for (const attempt of [1, 2, 5]) {
      const longest = longestWaitUs(policy, attempt);
      const waits = waitsOf(3, attempt);
      expect(Math.min(...waits)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...waits)).toBeLessThan(longest);
      const mean = waits.reduce((sum, wait) => sum + wait, 0) / waits.length;
      expect(Math.abs(mean / longest - 0.5)).toBeLessThan((4.5 * Math.sqrt(1 / 12)) / 20);
      expect(waitsOf(3, attempt)).toEqual(waits);
      expect(waitsOf(4, attempt)).not.toEqual(waits);
    }
  });

  /** The wait of record k after its given attempt. */
  function waitAfter(seed: number, k: number, attempt: number): number {
    const producer = new Producer(
      specOf({ batch: 1, retry: policy }),
      { attempted: () => undefined, finished: () => undefined },
      seed,
      1,
    );
    const slot = producer.records.take();
    producer.records.k[slot] = k;
    producer.enter(slot, 0);
    let nowUs = 0;
    for (let i = 1; ; i++) {
      const batch = producer.nextBatch(nowUs);
      if (batch === undefined) throw new Error('nothing went out');
      producer.settle(batch, [ATTEMPT.throttled], nowUs);
      const wakeUs = producer.nextWakeUs();
      if (i === attempt) return wakeUs - nowUs;
      nowUs = wakeUs;
    }
  }
});

describe('the queue in front of the producer', () => {
  it('holds 64 MiB and 10 s', () => {
    expect(QUEUE_BYTES).toBe(64 * MIB);
    expect(QUEUE_US).toBe(10_000_000);
  });
});
