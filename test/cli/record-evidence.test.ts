/** Records added to gathered evidence: said before, and read only where the user agrees. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { gather } from '../../src/cli/evidence.ts';
import { readEvidenceFlags, type EvidenceFlags } from '../../src/cli/evidence-flags.ts';
import type { StreamEvidence } from '../../src/results/evidence/stream-evidence.ts';
import type { Context } from '../../src/cli/context.ts';
import { allowedBy, keysOf } from '../run/observe/sampled-stream.ts';
import { startGuarded, type GuardedEndpoint } from '../run/observe/guarded-endpoint.ts';

let endpoint: GuardedEndpoint;
let said = '';

/** Ten records in each of six minutes, but one hundred in minute 3, which is the worst. */
beforeAll(async () => {
  endpoint = await startGuarded({
    shards: 2,
    minutes: 6,
    monitored: true,
    keysAt: (minute) =>
      Array.from({ length: minute === 3 ? 100 : 10 }, (_, i) => (i % 4 === 0 ? 's-90' : 's-41')),
  });
});
afterAll(() => endpoint.close());
beforeEach(() => {
  said = '';
  endpoint.service.asked.length = 0;
});

async function evidence(flags: EvidenceFlags): Promise<StreamEvidence> {
  const context = { err: (text: string) => (said += text) } as unknown as Context;
  const line = { show: () => undefined, clear: () => undefined };
  const options = await readEvidenceFlags({ stream: 'orders', from: '-15m', ...flags });
  const { signal } = new AbortController();
  return gather(endpoint.connection, options, { context, line, quiet: false, signal });
}

describe('records for a diagnosis', () => {
  it('are not read from old positions without --yes: what would be read is said', async () => {
    const { sample, missing } = await evidence({ sample: true });
    expect(sample).toBeNull();
    expect(missing.filter(({ what }) => what === 'records')).toEqual([
      { what: 'records', why: 'not-asked', detail: '--sample needs --yes' },
    ]);
    expect(said).toMatch(/Records: 2 of 2 open shards \(the worst by their metrics\), at most 64 MiB/);
    expect(said).toMatch(/20 % of a shard's read budget \(1 call\/s, 410 KiB\/s\)/);
    expect(said).toMatch(/IteratorAgeMilliseconds/);
    expect(said).toMatch(/Not read: it needs --yes/);
    expect(endpoint.service.asked).not.toContain('kinesis:GetRecords');
  });

  it('are those of the worst minute, with what the policies allow', async () => {
    const { sample, missing } = await evidence({ sample: true, sampleShare: '100%', yes: true });
    expect(missing.filter(({ what }) => what === 'records')).toEqual([]);
    expect(keysOf(sample as NonNullable<typeof sample>)).toEqual({ 's-41': 75, 's-90': 25 });
    const allowed = allowedBy('sample.json', 'diagnose.json');
    expect(endpoint.service.asked.filter((action) => !allowed.has(action))).toEqual([]);
  });

  it('are read at the tip without --yes', async () => {
    const { sample } = await evidence({ sampleNow: '1s', sampleShare: '100%' });
    expect(sample?.slices).toHaveLength(2);
    expect(said).toMatch(/what arrives in the next 1 s/);
    expect(said).not.toMatch(/IteratorAge/);
  });
});
