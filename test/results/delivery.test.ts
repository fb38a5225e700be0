import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deliveryOf } from '../../src/results/delivery.ts';
import { OpenRecords } from '../../src/results/open-records.ts';
import { RecordNames } from '../../src/results/record-names.ts';
import { hashSequence } from '../../src/results/sequence-hash.ts';
import { NO_DUE, SequenceLedger } from '../../src/results/sequence-ledger.ts';

interface Put {
  readonly shard: number;
  readonly dueSec: number;
  readonly sequence: string;
}

const hash = new Uint32Array(2);
const wordsOf = (sequence: string): [number, number] => {
  hashSequence(sequence, hash);
  return [hash[0], hash[1]];
};
const sequenceOf = (n: number): string => `4959710398475098${n.toString().padStart(40, '0')}`;

function ledgerOf(puts: readonly Put[], mostCells?: number): SequenceLedger {
  const ledger = new SequenceLedger(mostCells);
  for (const { shard, dueSec, sequence } of puts) ledger.add(shard, dueSec, ...wordsOf(sequence));
  return ledger;
}

function openOf(acknowledged: readonly Put[], seen: readonly Put[], most?: number): OpenRecords {
  const open = new OpenRecords(most);
  for (let i = 0; i < Math.max(acknowledged.length, seen.length); i++) {
    const [told, found] = [acknowledged.at(i), seen.at(i)];
    if (i < seen.length && found) open.seen(found.shard, found.dueSec, ...wordsOf(found.sequence));
    if (i < acknowledged.length && told)
      open.acknowledged(told.shard, told.dueSec, ...wordsOf(told.sequence));
  }
  return open;
}

const putOf = (n: number, shard = n % 3, dueSec = n % 7): Put => ({ shard, dueSec, sequence: sequenceOf(n) });
const puts = (from: number, to: number): Put[] =>
  Array.from({ length: to - from }, (_, i) => putOf(from + i));
const all = (): boolean => true;

/** Which puts there are, which were acknowledged and which a consumer saw: the plain lists. */
const cases = fc
  .array(
    fc.tuple(fc.boolean(), fc.boolean(), fc.integer({ min: -1, max: 40 }), fc.integer({ min: 0, max: 4 })),
    {
      maxLength: 200,
    },
  )
  .map((rows) => ({
    acknowledged: rows.flatMap(([told, , dueSec, shard], n) => (told ? [putOf(n, shard, dueSec)] : [])),
    seen: rows.flatMap(([, found, dueSec, shard], n) => (found ? [putOf(n, shard, dueSec)] : [])),
  }));

const without = (some: readonly Put[], others: readonly Put[]): Put[] => {
  const names = new Set(others.map(({ sequence }) => sequence));
  return some.filter(({ sequence }) => !names.has(sequence));
};

describe('acknowledged against seen', () => {
  it('finds exactly the difference of the two lists while single records are told apart', () => {
    fc.assert(
      fc.property(cases, ({ acknowledged, seen }) => {
        const delivery = deliveryOf(ledgerOf(acknowledged), ledgerOf(seen), all, openOf(acknowledged, seen));
        const [lost, extra] = [without(acknowledged, seen), without(seen, acknowledged)];
        const bare = extra.filter(({ dueSec }) => dueSec === NO_DUE).length;
        expect(delivery.lost).toBe(lost.length);
        expect(delivery.isAtLeast).toBe(false);
        expect([delivery.unacknowledged, delivery.unclaimed]).toEqual([extra.length - bare, bare]);
        expect(delivery.seen).toBe(
          delivery.acknowledged - delivery.lost + delivery.unacknowledged + delivery.unclaimed,
        );
      }),
      { numRuns: 200 },
    );
  });

  it('claims no more lost than there are by number and XOR alone, and some wherever a cell differs', () => {
    fc.assert(
      fc.property(cases, ({ acknowledged, seen }) => {
        const delivery = deliveryOf(ledgerOf(acknowledged), ledgerOf(seen), all);
        const lost = without(acknowledged, seen).length;
        expect(delivery.lost).toBeLessThanOrEqual(lost);
        const isSame = lost === 0 && without(seen, acknowledged).length === 0;
        expect(delivery.lost + delivery.unacknowledged + delivery.unclaimed === 0).toBe(isSame);
        expect(delivery.seen).toBe(
          delivery.acknowledged - delivery.lost + delivery.unacknowledged + delivery.unclaimed,
        );
      }),
      { numRuns: 200 },
    );
  });

  it('calls what is missing on a shard unread, not lost, where the shard was not read to its end', () => {
    const acknowledged = puts(0, 90);
    const seen = puts(0, 60);
    const isRead = (shard: number): boolean => shard !== 2;
    const exact = deliveryOf(ledgerOf(acknowledged), ledgerOf(seen), isRead, openOf(acknowledged, seen));
    const byNumber = deliveryOf(ledgerOf(acknowledged), ledgerOf(seen), isRead);
    for (const { lost, unread, lostOn } of [exact, byNumber]) {
      expect([lost, unread]).toEqual([20, 10]);
      expect([...lostOn.keys()].sort()).toEqual([0, 1]);
    }
  });

  it('stays exact for what comes late when more is open than it can hold, and leaves the rest to the ledger', () => {
    const acknowledged = Array.from({ length: 3000 }, (_, n) => putOf(n, n % 3, Math.floor(n / 100)));
    // Record 5 is lost early, record 2990 late; nothing else, but it is seen only after all was acknowledged.
    const seen = acknowledged.filter((_, n) => n !== 5 && n !== 2990);
    const open = new OpenRecords(500);
    for (const { shard, dueSec, sequence } of acknowledged)
      open.acknowledged(shard, dueSec, ...wordsOf(sequence));
    for (const { shard, dueSec, sequence } of seen) open.seen(shard, dueSec, ...wordsOf(sequence));
    expect(open.isWhole).toBe(false);
    const delivery = deliveryOf(ledgerOf(acknowledged), ledgerOf(seen), all, open);
    expect([delivery.lost, delivery.unacknowledged]).toEqual([2, 0]);
    expect(delivery.firstLostSec).toBe(0);
    expect(open.waiting(putOf(2990).shard)).toBe(1);
  });
});

describe('a ledger', () => {
  it('of several workers is that of one, whatever the steps of each', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(5), fc.integer({ min: -1, max: 5000 }), fc.nat(2)), { maxLength: 300 }),
        (rows) => {
          const some = rows.map(([shard, dueSec], n) => putOf(n, shard, dueSec));
          const whole = ledgerOf(some, 400);
          const merged = new SequenceLedger(400);
          for (const worker of [0, 1, 2])
            merged.merge(
              SequenceLedger.of(
                ledgerOf(
                  some.filter((_, n) => rows[n][2] === worker),
                  worker === 1 ? 60 : 400,
                ).parts(),
              ),
            );
          const stepSec = Math.max(whole.stepSec, merged.stepSec);
          whole.coarsenTo(stepSec);
          merged.coarsenTo(stepSec);
          const sorted = ({ cells }: ReturnType<SequenceLedger['parts']>): string[] =>
            cells.map((cell) => cell.join()).sort();
          expect(sorted(merged.parts())).toEqual(sorted(whole.parts()));
        },
      ),
      { numRuns: 100 },
    );
  });

  it('keeps its memory however long the run is, in coarser steps', () => {
    const ledger = new SequenceLedger(1000);
    for (let sec = 0; sec < 100_000; sec += 7) ledger.add(sec % 4, sec, ...wordsOf(sequenceOf(sec)));
    expect(ledger.stepSec).toBeGreaterThan(64);
    expect([...ledger.cells()].length).toBeLessThanOrEqual(1000);
    expect([0, 1, 2, 3].reduce((sum, shard) => sum + ledger.count(shard), 0)).toBe(Math.ceil(100_000 / 7));
  });

  it('tells apart records whose plain numbers would cancel out', () => {
    const lost = [1, 2, 3].map((n) => putOf(n, 0, 0));
    const [cell] = ledgerOf(lost).cells();
    expect([cell.low, cell.high]).not.toEqual([0, 0]);
  });
});

describe('the names of records', () => {
  it('are known for the latest ones at least, and a record that comes again within them is said to', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(2), fc.nat(2), fc.nat(60)), { maxLength: 300 }), (rows) => {
        const most = 20;
        const names = new RecordNames(most);
        const distinct: string[] = [];
        for (const [worker, source, k] of rows) {
          const name = [worker, source, k].join();
          const isKnown = names.see(worker, source, k);
          const at = distinct.lastIndexOf(name);
          if (at < 0) expect(isKnown).toBe(false);
          else if (at >= distinct.length - most) expect(isKnown).toBe(true);
          if (!isKnown) distinct.push(name);
        }
      }),
      { numRuns: 200 },
    );
  });
});
