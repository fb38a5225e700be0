/** Reports of machines whose consumers read one another's records, added up. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../src/cli/gates.ts';
import { readParts } from '../../src/cli/merge-inputs.ts';
import { mergedReport } from '../../src/cli/merge-report.ts';
import { runIdOf } from '../../src/cli/worker-report.ts';
import { documentSchema } from '../../src/report/document-schema.ts';
import { renderRunText } from '../../src/report/run-text.ts';
import { LatencyHistogram } from '../../src/results/latency.ts';
import type { SavedReading } from '../../src/results/reading-section.ts';
import type { ReportDocument } from '../../src/results/report-document.ts';
import { hashSequence } from '../../src/results/sequence-hash.ts';
import { SequenceLedger } from '../../src/results/sequence-ledger.ts';
import { scenarioOf, sourceAt } from '../traffic/scenarios.ts';
import { partsOf } from './worker-parts.ts';

const folder = mkdtempSync(join(tmpdir(), 'shardwise-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const START = '2026-01-31T15:00:00.000Z';
const START_US = Date.parse(START) * 1000;
const SCENARIO = scenarioOf([sourceAt(200, 2)], {
  thresholds: ['iteratorAge.max < 1s', 'latency.endToEnd.p99 < 1s'],
});

/** Records 0 … 99 on shard 0, due in second n / 50; acknowledged to one machine, read by the other. */
function ledgerOf(numbers: readonly number[]): SequenceLedger {
  const ledger = new SequenceLedger();
  const words = new Uint32Array(2);
  for (const n of numbers) {
    hashSequence(String(n), words);
    ledger.add(0, Math.floor(n / 50), words[0], words[1]);
  }
  return ledger;
}

const ALL = Array.from({ length: 100 }, (_, i) => i);

function readingOf(told: readonly number[], seen: readonly number[]): SavedReading {
  const latency = new LatencyHistogram();
  seen.forEach(() => latency.record(250_000));
  return {
    ...{
      retentionHours: 24,
      warmupMs: 0,
      acknowledged: ledgerOf(told).saved(),
      told: [told.length, told.length],
    },
    consumers: [
      {
        row: {
          ...{ name: 'etl', kind: 'polling', everyMs: 1000, idleMs: 1000, calls: 4, throttledCalls: 0 },
          ...{ emptyCalls: 1, records: seen.length, bytes: 1000, iteratorAgeMs: { max: 120, atEnd: 0 } },
          ...{ drain: { state: 'keptUp', ms: null }, endToEndMs: latency.summary() },
          share: { callsPerSec: 1, callsLimitPerSec: 5, bytesPerSec: 10, bytesLimitPerSec: 2_097_152 },
        },
        ...{
          readsAll: true,
          shards: seen.length > 0 ? 1 : 0,
          agesMs: [120, 0],
          passed: [seen.length, seen.length],
          ...{ heldMs: [0, 0], heldAtEndMs: 0 },
        },
        ...{ seen: ledgerOf(seen).saved(), ended: [], drained: seen.length > 0 ? [0] : [] },
        ...(seen.length > 0 && { tipUs: START_US + 20_000_000 }),
        ...{ endToEnd: latency.exact, hurried: 0, duplicates: 0, withoutHeader: 0, others: 0 },
      },
    ],
  };
}

/** Two machines: the first has sent everything that the other has read. */
function machines(seen: readonly number[]): ReportDocument[] {
  const puts = { firstUs: START_US, lastUs: START_US + 2_100_000, accepted: 100, dataBytes: 1, keyBytes: 1 };
  return partsOf(SCENARIO, 2).map((document, i) => ({
    ...document,
    ...(document.worker && {
      worker: {
        ...document.worker,
        ...{ startAt: START, puts: { ...puts, throttled: 0, unknown: 0, shards: [] } },
        reading: i === 0 ? readingOf(ALL, []) : readingOf([], seen),
      },
    }),
  }));
}

async function merged(parts: readonly ReportDocument[], allowMissing = false): Promise<ReportDocument> {
  const files = parts.map((part, i) => {
    const path = join(folder, `${i}.json`);
    writeFileSync(path, JSON.stringify(part));
    return path;
  });
  const document = mergedReport(await readParts(files, allowMissing), []);
  expect(documentSchema.safeParse(JSON.parse(JSON.stringify(document))).error).toBeUndefined();
  return document;
}

const textOf = (document: ReportDocument): string =>
  renderRunText(document, { columns: 80, color: false }).replaceAll(/\s+/g, ' ');

describe('merge, with consumers', () => {
  it('holds what one machine had acknowledged against what another has read, and judges gates on it', async () => {
    const document = await merged(machines(ALL));
    expect(document.consumers).toMatchObject([
      { name: 'etl', records: 100, delivery: { acknowledged: 100, seen: 100, lost: 0, unread: 0 } },
    ]);
    expect(document.thresholds?.map(({ ok, actual }) => [ok, actual])).toEqual([
      [true, 120],
      [true, document.consumers?.[0].endToEndMs.p99],
    ]);
    expect(exitCodeOf(document, ['LOST_RECORDS'])).toBe(0);
    expect(document.merged).not.toHaveProperty('undecided');
  });

  it('finds LOST_RECORDS where acknowledged records were seen by nobody', async () => {
    const document = await merged(machines(ALL.filter((n) => n !== 70 && n !== 71)));
    const [lost] = (document.findings ?? []).filter(({ code }) => code === 'LOST_RECORDS');
    expect(lost).toMatchObject({
      shardId: 'shardId-000000000000',
      evidence: {
        consumer: 'etl',
        records: 2,
        shards: 1,
        firstLostMs: 1000,
        retentionHours: 24,
        isMissing: true,
      },
    });
    expect(exitCodeOf(document, ['LOST_RECORDS'])).toBe(3);
    expect(textOf(document)).toContain('never found at least 2 records that the stream had acknowledged');
  });

  it('decides nothing without what a machine that was killed had acknowledged and read', async () => {
    const [first, second] = machines(ALL);
    const killed = { ...second.worker, reading: undefined };
    const cut = { ...second, partial: 'unfinished', worker: killed } as ReportDocument;
    const document = await merged([first, cut]);
    expect(document.consumers?.[0]).not.toHaveProperty('delivery');
    expect(document.findings?.map(({ code }) => code)).not.toContain('LOST_RECORDS');
    expect(textOf(document)).toContain(
      'Whether records were lost is not decided: part 2 did not come to tell what it saw.',
    );
    expect((await merged([first], true)).merged?.undecided).toBe('parts of the load are missing');
  });

  it('refuses machines that counted from different starts', async () => {
    const [first, second] = machines(ALL);
    const other = { ...second, worker: { ...second.worker, startAt: '2026-01-31T16:00:00.000Z' } };
    await expect(merged([first, other as ReportDocument])).rejects.toThrow(/have not one start/);
  });

  it('refuses machines that were told of one start, and whose records are of two runs', async () => {
    const [first, second] = machines(ALL);
    const other = { ...second, worker: { ...second.worker, runId: 'b'.repeat(32) } };
    await expect(merged([first, other as ReportDocument])).rejects.toThrow(/not of one run: their run ids/);
  });

  it('refuses a ledger that is damaged', async () => {
    const [first, second] = machines(ALL);
    const reading = readingOf([], ALL);
    const acknowledged = { stepSec: 1, cells: [[0, 1e9, 1, '0'.repeat(16)] as const] };
    const broken = { ...second, worker: { ...second.worker, reading: { ...reading, acknowledged } } };
    await expect(merged([first, broken as ReportDocument])).rejects.toThrow(/worker.reading.acknowledged/);
  });
});

describe('the run ids of machines that send one load', () => {
  const idOf = (index: number, startAtUs?: number, seed = 1, byte = index): string =>
    runIdOf({ split: { index, count: 3 }, startAtUs }, { ...SCENARIO, seed }, new Uint8Array(16).fill(byte));

  it('share what tells their records from all others', () => {
    const ids = [0, 1, 2].map((index) => idOf(index, START_US));
    expect(new Set(ids.map((id) => id.slice(0, 24))).size).toBe(1);
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(idOf(0, START_US + 1).slice(0, 24)).not.toBe(ids[0].slice(0, 24));
    expect(idOf(0, START_US, 2).slice(0, 24)).not.toBe(ids[0].slice(0, 24));
    // Without a common start nobody is to take one's records for another's.
    expect(idOf(0)).toBe('00'.repeat(16));
  });
});
