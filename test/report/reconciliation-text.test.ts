import { describe, expect, it } from 'vitest';
import { inkFor } from '../../src/report/ink.ts';
import {
  reconciliationLines,
  reconciliationNote,
  reconciliationSentence,
} from '../../src/report/reconciliation-text.ts';
import type { Reconciliation } from '../../src/results/reconciliation.ts';
import { countersOfOthers, onAws } from './aws-samples.ts';

const ink = inkFor({ color: false });
const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

describe('our count beside the stream’s', () => {
  it('is one sentence where they agree', () => {
    const { reconciliation } = onAws();
    expect(plain(reconciliationSentence(reconciliation))).toBe(
      'the stream counted what we did: 144,000 Kinesis records (136 MiB) accepted and 0 throttled, warm-up included.',
    );
    expect(reconciliationLines(reconciliation, ink, 80)).toEqual([]);
  });

  it('is a table where they do not, the shards that differ most first', () => {
    const { reconciliation } = countersOfOthers();
    expect(plain(reconciliationSentence(reconciliation))).toBe(
      'the stream counted 300,000 accepted and 1,000 throttled more than we sent: somebody else writes to it, too.',
    );
    const lines = reconciliationLines(reconciliation, ink, 80).map(plain);
    expect(lines.slice(0, 8)).toEqual([
      '                             ours     the stream      difference',
      '  records accepted        144,000        444,000        +300,000',
      '  bytes accepted      144,000,000  9,144,000,000  +9,000,000,000',
      '  attempts throttled           75          1,075          +1,000',
      '',
      '  shard                 our records  difference  in bytes  throttled',
      '  shardId-000000000024        5,760     +24,000         –          0',
      '  shardId-000000000023        5,760     +23,000         –          0',
    ]);
    expect(lines).toContain('  and 5 more shards');
    expect(lines.join(' ').replaceAll(/\s+/g, ' ')).toContain('only partly ours');
    expect(plain(reconciliationNote(reconciliation))).toBe(
      'minutes 10:00 to 10:02 UTC, warm-up included, waited 3 min',
    );
  });

  it.each<[Reconciliation, string]>([
    [{ verdict: 'skipped', reason: '--no-reconcile' }, 'not done: --no-reconcile.'],
    [{ verdict: 'nothing-sent', reason: 'nothing was sent' }, 'not done: nothing was sent.'],
  ])('says why it is not there', (reconciliation, sentence) => {
    expect(reconciliationSentence(reconciliation)).toBe(sentence);
    expect(reconciliationLines(reconciliation, ink, 80)).toEqual([]);
  });
});
