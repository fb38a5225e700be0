import { describe, expect, it } from 'vitest';
import { machineLines, mergedVerdicts, partVerdict } from '../../src/report/machines-text.ts';
import type { MergedInfo, MergedWorker } from '../../src/results/merged-info.ts';
import { renderRunText } from '../../src/report/run-text.ts';
import type { ReportDocument } from '../../src/results/report-document.ts';
import { gatedRun } from './sample-documents.ts';

const plain = (_: string, text: string): string => text;
const START = Date.UTC(2026, 0, 1);

function machine(index: number, rest: Partial<MergedWorker> = {}): MergedWorker {
  return {
    index,
    startedAt: new Date(START + index).toISOString(),
    ...{ durationMs: 60_000, partial: false, offered: 1000, accepted: 990, valid: true },
    ...{ lagP99Ms: index / 10, dispatched: 1, cpu: 0.5, eventLoopUtilization: 0.25 },
    ...rest,
  };
}

function merged(workers: readonly MergedWorker[], rest: Partial<MergedInfo> = {}): MergedInfo {
  const of = workers.length;
  return { of, missing: [], startSpreadMs: 3, stepSec: 1, keyFloor: 0, workers, ...rest };
}

describe('the machines of a load', () => {
  it('stand in a table of at most twelve, those with trouble first', () => {
    const workers = Array.from({ length: 20 }, (_, i) => machine(i + 1));
    workers[4] = machine(5, { valid: false });
    workers[8] = machine(9, { partial: 'unfinished' });
    const lines = machineLines(merged(workers), plain, 80);
    expect(lines.slice(0, 4).map((line) => line.trim().split(/\s{2,}/))).toEqual([
      ['worker', 'start', 'offered', 'accepted', 'lag p99', 'loop'],
      ['9', '+8.00\u00a0ms', '1,000', '990', '0.90\u00a0ms', '25\u00a0%', 'unfinished'],
      ['5', '+4.00\u00a0ms', '1,000', '990', '0.50\u00a0ms', '25\u00a0%', 'late'],
      ['20', '+19.0\u00a0ms', '1,000', '990', '2.00\u00a0ms', '25\u00a0%'],
    ]);
    expect(lines).toHaveLength(14);
    expect(lines[13].replaceAll('\u00a0', ' ')).toBe('  … and 8 machines with less lag in the JSON report.');
    expect(lines.every((line) => line.length <= 80)).toBe(true);
  });

  it('are said to be incomplete where they are, and too far apart', () => {
    const document = {
      ...gatedRun(),
      merged: merged([machine(1), machine(4, { partial: 'failed', durationMs: 2000 })], {
        ...{ of: 4, missing: [2, 3], startSpreadMs: 90_000 },
      }),
    };
    const [missing, cut, apart] = mergedVerdicts(document).map((text) => text.replaceAll('\u00a0', ' '));
    expect(missing).toContain('of 4 parts there is no report of workers 2 and 3');
    expect(cut).toContain('part 4 lost a sending thread in its 2 s of');
    expect(apart).toContain('90 s apart');
    expect(mergedVerdicts({ ...gatedRun(), merged: merged([machine(1), machine(2)]) })).toEqual([]);
  });

  it('are none in the report of a single run', () => {
    expect([partVerdict(gatedRun()), mergedVerdicts(gatedRun())]).toEqual([undefined, []]);
  });
});

describe('the generator of a load of which a part is not whole', () => {
  const killed = machine(2, { partial: 'unfinished', durationMs: 3000 });
  const generator = (valid: boolean | null) => ({
    valid,
    ...{ lagMs: { p50: 0, p99: 1, max: 2 }, dispatched: 1, workers: 1, cpu: 0.5 },
    ...{ eventLoopUtilization: 0.4, misrouted: 0 },
  });
  const textOf = (document: ReportDocument): string =>
    renderRunText(document, { columns: 80, color: false }).replaceAll(/\s+/g, ' ');

  it('is never called good beyond what is known, and told how far that goes', () => {
    const all = merged([machine(1), killed], { of: 3, missing: [3] });
    const text = textOf({ ...gatedRun(), generator: generator(null), merged: all });
    expect(text).toContain(
      'Generator not known to the end (known is of worker 2 up to second 3, of worker 3 nothing): ' +
        'kept the rate as far as is known: 100 %',
    );
    const none = textOf({ ...gatedRun(), generator: undefined, merged: merged([killed]) });
    expect(none).toContain('Generator not known to the end (known is of worker 2 up to second 3).');
    const late = textOf({ ...gatedRun(), generator: generator(false), merged: all });
    expect(late).toContain('of worker 3 nothing): DID NOT keep the rate');
  });

  it('is told as before where every part is whole', () => {
    const text = textOf({ ...gatedRun(), generator: generator(true), merged: merged([machine(1)]) });
    expect(text).toContain('Generator kept the rate: 100 %');
  });
});

describe('the digest of what was offered', () => {
  const digestOf = (change: Partial<ReportDocument>): string => {
    const { totals, ...run } = gatedRun();
    const document = { ...run, totals: { ...totals, offeredDigest: '77' }, ...change };
    const text = renderRunText(document, { columns: 80, color: false }).replaceAll(/\s+/g, ' ');
    return text.slice(text.indexOf('Repeat '));
  };

  it('is repeatable of a whole report only', () => {
    expect(digestOf({})).toContain('offers the same records, digest 77.');
    const cut = 'the digest 77 is of those alone that were offered before the end of this report';
    expect(digestOf({ partial: 'interrupted' })).toContain(cut);
    expect(digestOf({ merged: merged([machine(1)], { of: 2, missing: [2] }) })).toContain(cut);
  });
});
