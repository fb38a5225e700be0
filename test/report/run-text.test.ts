import { describe, expect, it } from 'vitest';
import { columnsOf } from '../../src/report/name.ts';
import { renderRunText } from '../../src/report/run-text.ts';
import type { ReportDocument } from '../../src/results/report-document.ts';
import * as samples from './sample-documents.ts';
import { SAMPLES } from './sample-documents.ts';

const text = (document: ReportDocument): string => renderRunText(document, { columns: 80, color: false });
const names = Object.keys(SAMPLES);

/** The lines below a heading, up to the next blank line. */
function section(document: ReportDocument, heading: string): string[] {
  const lines = text(document).split('\n');
  const start = lines.findIndex((line) => line.startsWith(heading));
  if (start === -1) return [];
  return lines.slice(start + 1, lines.indexOf('', start));
}

/** Of 1,000 failed records 960 are only without a reply. */
function unfinishedRun(): ReportDocument {
  const run = samples.nothingAcceptedRun();
  return { ...run, partial: 'unfinished', totals: { ...run.totals, unknown: 960 } };
}

describe('every report', () => {
  it.each(names)('%s: no line is wider than 80 columns or ends with a space', (name) => {
    for (const line of text(SAMPLES[name]()).split('\n')) {
      expect(columnsOf(line), line).toBeLessThanOrEqual(80);
      expect(line).toBe(line.trimEnd());
    }
  });

  it.each(names)('%s: holds no control characters but line ends, and no no-break spaces', (name) => {
    expect(text(SAMPLES[name]())).not.toMatch(/[^\P{Cc}\n]|\u00a0|\p{Cf}/u);
  });

  it.each(names)('%s: is the same text each time, and after a trip through a file', (name) => {
    const again = JSON.parse(JSON.stringify(SAMPLES[name]())) as ReportDocument;
    expect(text(again)).toBe(text(SAMPLES[name]()));
  });

  it.each(names)('%s: says the same with colours', (name) => {
    const colored = renderRunText(SAMPLES[name](), { columns: 80, color: true });
    expect(colored).toContain('\u001b[');
    // eslint-disable-next-line no-control-regex -- the escapes are what this test removes
    const bare = colored.replace(/\u001b\[\d+m/g, '').replace(/ +$/gm, '');
    expect(bare).toBe(text(SAMPLES[name]()));
  });

  it.each(names)('%s: fits a narrower terminal', (name) => {
    const narrow = renderRunText(SAMPLES[name](), { columns: 72, color: false });
    for (const line of narrow.split('\n')) expect(columnsOf(line), line).toBeLessThanOrEqual(72);
  });
});

describe('the first lines', () => {
  const firstLines: [string, ReportDocument, RegExp][] = [
    ['a calm run', samples.calmRun(), /^No findings\. All 144,000 records accepted\. The hottest shard,/],
    ['a hot key', samples.hotKeyRun(), /^HOT_KEY: "key-0" on shardId-000000000002 takes 1\.42 × what/],
    [
      'a hot shard',
      samples.hotShardRun(),
      /^HOT_SHARD: shardId-000000000002 gets 1\.50 × .* A split helps\.\n/,
    ],
    [
      'too few shards',
      samples.underProvisionedRun(),
      /^UNDER_PROVISIONED: the load is 1\.30 × what 2 shards/,
    ],
    ['a late generator', samples.lateRun(), /^Inconclusive: the generator could not keep the rate/],
    [
      'losses without a finding',
      samples.nothingAcceptedRun(),
      /^No findings, but of 1,000 records 1,000 failed\./,
    ],
    [
      'attempts throttled on the way',
      samples.burstyRun(),
      /^No findings\. All 72,000 records accepted, after 900 throttled attempts\./,
    ],
    ['a shard at its limit', samples.brinkRun(), /^No findings, but one shard is at its limit\. All 144,000/],
    ['an interrupted run', samples.partialRun(), /\nPartial report: interrupted after 12\.3 s of 60 s\./],
    [
      'a load that failed in its last second',
      { ...samples.partialRun(), durationMs: 60_000, partial: 'failed' as const },
      /\nThe load came to its end, 60.s, and had failed by then: nothing of it is/,
    ],
    [
      'a run that was killed, with records under way',
      unfinishedRun(),
      /^No findings, but of 1,000 records 40 failed, 960 had no reply yet\.\nPartial report, written while/,
    ],
    [
      'missed gates',
      samples.gatedRun(),
      /\n2 of 5 thresholds missed\.\nInconclusive: 1 of 5 thresholds could/,
    ],
  ];
  it.each(firstLines)('tell %s', (_name, document, expected) => {
    expect(text(document).split('\n\n')[0] + '\n').toMatch(expected);
  });

  it('name the other findings', () => {
    const findings = [samples.hotKeyRun(), samples.hotShardRun(), samples.hotShardRun()].flatMap(
      (run) => run.findings ?? [],
    );
    expect(text({ ...samples.hotKeyRun(), findings }).split('\n\n')[0]).toMatch(
      /^HOT_KEY: .* Also 2 × HOT_SHARD\.$/s,
    );
  });

  it('a late generator comes before what was found about the stream', () => {
    const findings = [...(samples.hotKeyRun().findings ?? []), ...(samples.lateRun().findings ?? [])];
    expect(text({ ...samples.lateRun(), findings })).toMatch(/^Inconclusive/);
  });
});

describe('throttling without a finding', () => {
  const top = (document: ReportDocument): string => text(document).split('\n\n')[0].replaceAll('\n', ' ');

  it('is put down to bursts, with the busiest second of the worst shard, and a way out', () => {
    const said = top(samples.burstyRun());
    expect(said).toContain('Over every 10 s the load fits each shard, but bursts within do not.');
    expect(said).toContain(
      'In its busiest second shardId-000000000000 was offered 2,400 records/s; a shard takes 1,000 records/s.',
    );
    expect(said).toContain('Larger batches that are flushed together');
    expect(said).toMatch(/spread the sending over time .* more shards\./);
  });

  it('says so where even the busiest second fits', () => {
    const run = samples.burstyRun();
    const shards = run.shards.map((row) => ({ ...row, peakSecond: { records: 900, bytes: 900_000 } }));
    expect(top({ ...run, shards })).toContain(
      'was offered 900 records/s, which it takes if they come evenly',
    );
  });

  it('is a matter of the start where nearly all of it came early', () => {
    const run = samples.burstyRun();
    const throttledAttempts = run.series.offered.map((_, i) => (i < 2 ? 450 : 0));
    expect(top({ ...run, series: { ...run.series, throttledAttempts } })).toContain('stream.initialFill');
    expect(top(run)).not.toContain('initialFill');
  });

  it('is not explained where a finding does', () => {
    expect(top(samples.hotKeyRun())).not.toContain('busiest second');
  });

  it('names counting noise where the hottest shard is above its limit', () => {
    expect(top(samples.brinkRun())).toContain(
      'shardId-000000000001 came to 102 % of its limit in its busiest 10 s: that is within counting noise',
    );
  });
});

describe('the parts', () => {
  it('one column of the time line is as long as its heading says', () => {
    const heading = (document: ReportDocument): string =>
      text(document)
        .split('\n')
        .find((line) => line.startsWith('OVER TIME')) ?? '';
    const bars = (document: ReportDocument): number =>
      /[▁-█]+/.exec(section(document, 'OVER TIME')[0])?.[0].length ?? 0;
    expect(heading(samples.lateRun())).toMatch(/one column is 1 s$/);
    expect(bars(samples.lateRun())).toBe(20);
    expect(heading(samples.calmRun())).toMatch(/one column is the busiest 1 s of 2 s$/);
    expect(bars(samples.calmRun())).toBe(30);
    expect(bars(samples.wideRun())).toBe(47);
    expect(heading(samples.wideRun())).toMatch(/the busiest 2 s of 32 s$/);
  });

  it('a run shorter than the window says how long its window was', () => {
    const short = { ...samples.calmRun(), durationMs: 4000 };
    expect(text(short)).toContain('load: the busiest 4 s against the limit');
    expect(text(samples.calmRun())).toContain('load: the busiest 10 s against the limit');
  });

  it('with retries the shards show the attempts that were throttled', () => {
    expect(section(samples.burstyRun(), 'SHARDS')[0]).toMatch(/throttled attempts$/);
    expect(section(samples.burstyRun(), 'SHARDS').some((line) => line.endsWith(' 900'))).toBe(true);
    expect(section(samples.hotKeyRun(), 'SHARDS')[0]).toMatch(/ throttled$/);
  });

  it('keys of which more is guessed than known are hidden, and shares are lower bounds', () => {
    const run = samples.calmRun();
    const withError = (error: number): ReportDocument => ({
      ...run,
      keys: run.keys.slice(0, 2).map((row, i) => ({ ...row, records: 1000, share: 0.1, error: i * error })),
    });
    const unsure = section(withError(501), 'HEAVIEST KEYS');
    expect(unsure).toHaveLength(3);
    expect(unsure[2]).toBe('  … and 1 uncertain key in the JSON report.');
    expect(section(withError(400), 'HEAVIEST KEYS')[2]).toMatch(/≥ 6 % +1,000 {2}± 400/);
    const none = { ...run, keys: run.keys.map((row) => ({ ...row, error: row.records })) };
    expect(section(none, 'HEAVIEST KEYS')[0]).toMatch(/^ {2}No key stands out/);
  });

  it('a rate that changes is a mean and a peak', () => {
    const run = samples.calmRun();
    expect(text(run)).toContain('2,400 records/s for 60 s, after');
    const scenario = {
      ...run.scenario,
      durationMs: 60_000,
      warmupMs: 0,
      ratePerSec: 2400,
      peakRatePerSec: 5000,
    };
    expect(text({ ...run, scenario })).toContain(
      '2,400 records/s on average, 5,000 records/s at the peak, for 60 s\n',
    );
  });

  it('the outcomes are written as a sum that adds up', () => {
    for (const make of Object.values(SAMPLES)) {
      const [offered, ...parts] = section(make(), 'RECORDS')
        .slice(0, 5)
        .map((line) => Number(/^.{14}\s*([\d,]+)/.exec(line)?.[1].replaceAll(',', '')));
      expect(parts.reduce((a, b) => a + b)).toBe(offered);
    }
  });

  it('columns of a table begin and end at the same place, whatever keys are called', () => {
    const rows = section(samples.uglyRun(), 'HEAVIEST KEYS').slice(1, 11);
    expect(rows).toHaveLength(10);
    const beforeShard = rows.map((row) => columnsOf(row.slice(0, row.indexOf('  …'))));
    const shardAt = rows.map((row) => columnsOf(row.slice(0, row.lastIndexOf('…00'))));
    expect(new Set(shardAt).size).toBe(1);
    expect(Math.max(...beforeShard)).toBeLessThan(shardAt[0]);
    expect(new Set(rows.map((row) => columnsOf(row))).size).toBe(1);
  });

  it('of 200 shards the hottest 16 are shown, the rest counted', () => {
    const lines = section(samples.wideRun(), 'SHARDS');
    expect(lines).toHaveLength(1 + 16 + 1);
    expect(lines[1]).toContain('108 %');
    expect(lines[17]).toBe('  … and 184 more shards, none above 84 %.');
  });

  it('latencies say whose they are, and which percentiles rest on too few requests', () => {
    const note = section(samples.calmRun(), 'LATENCY').slice(4).join(' ');
    expect(note).toContain("Latencies are of this machine's local endpoint, not of AWS.");
    expect(note.replaceAll(/\s+/g, ' ')).toContain(
      'Response includes the wait for a batch to fill or linger.',
    );
    expect(note.replaceAll(/\s+/g, ' ')).toContain('Only 600 requests were sent: p99 and p99.9 are rough.');
    expect(section(samples.wideRun(), 'LATENCY').join(' ')).not.toContain('rough');
  });

  it('errors are named with their count, and a message that floods is cut', () => {
    const lines = section(samples.nothingAcceptedRun(), 'ERRORS');
    expect(lines.slice(0, 3)).toEqual([
      '  InternalFailure  988 attempts',
      '    Internal Service Failure',
      '  ECONNRESET  12 attempts',
    ]);
    expect(lines).toHaveLength(6);
    expect(lines[5]).toMatch(/ …$/);
  });

  it('gates show what was measured, and which could not be', () => {
    expect(section(samples.gatedRun(), 'THRESHOLDS')).toEqual([
      '  met           latency.p99 < 200ms        was 104 ms',
      '  MISSED        throttledAttempts < 1%     was 23.4 %',
      '  MISSED        utilization.max < 0.8      was 1.79 ×',
      '  met           accepted > 1000/s          was 2,241/s',
      '  not measured  latency.endToEnd.p99 < 1s',
      '  Not measured: no consumer of the scenario read a record with a header.',
    ]);
  });

  it('a document with nothing but what every report has is rendered, too', () => {
    const { schemaVersion, kind, tool, startedAt, durationMs, partial } = samples.calmRun();
    expect(text({ schemaVersion, kind, tool, startedAt, durationMs, partial })).toMatch(/^No findings\.\n/);
  });
});
