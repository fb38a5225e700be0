import { describe, expect, it } from 'vitest';
import { compareServices } from '../../../src/advice/pipeline/services.ts';
import { planInputOfFlags } from '../../../src/advice/plan/plan-input.ts';
import { buildPlan } from '../../../src/advice/plan/plan.ts';
import { SERVICE_LIMITS } from '../../../src/model/service-limits.ts';
import type { Service, ServiceResult } from '../../../src/results/plan-services.ts';

const MIB = 1024 * 1024;

function serviceOf(
  service: Service,
  recordsPerSec: number,
  dataBytes: number,
  rest: { region?: string; headroom?: number } = {},
): ServiceResult {
  const input = planInputOfFlags({ headroom: 0, ...rest, rate: { recordsPerSec }, dataBytes });
  const found = compareServices(input, buildPlan(input)).find((one) => one.service === service);
  if (found === undefined) throw new Error(`no ${service}`);
  return found;
}

describe('the same traffic on other services', () => {
  // At the quota it fits, one record more and it does not.
  it.each<[string, Service, number, number, string]>([
    ['Firehose bytes', 'firehose-direct-put', 5 * 1024, 1024, 'us-east-1'],
    ['Firehose bytes elsewhere', 'firehose-direct-put', 1024, 1024, 'eu-central-1'],
    ['Firehose records', 'firehose-direct-put', 500_000, 10, 'eu-west-1'],
    ['Firehose records elsewhere', 'firehose-direct-put', 100_000, 10, 'ap-south-1'],
    ['FIFO calls', 'sqs-fifo', 700_000, 10, 'us-west-2'],
    ['FIFO calls elsewhere', 'sqs-fifo', 24_000, 10, 'eu-north-1'],
    ['FIFO calls of large messages', 'sqs-fifo', 2400, MIB, 'eu-north-1'],
  ])('%s: fits at the quota, not above', (_name, service, rate, dataBytes, region) => {
    expect(serviceOf(service, rate, dataBytes, { region }).fits).toBe(true);
    expect(serviceOf(service, rate + 1, dataBytes, { region }).fits).toBe(false);
  });

  it('keeps the headroom free, as every limit of a plan', () => {
    expect(serviceOf('firehose-direct-put', 4096, 1024, { headroom: 0.2 }).fits).toBe(true);
    expect(serviceOf('firehose-direct-put', 4097, 1024, { headroom: 0.2 }).fits).toBe(false);
  });

  it.each<[Service, number]>([
    ['firehose-direct-put', 1000 * 1024],
    ['sqs-standard', MIB],
    ['sqs-fifo', MIB],
  ])('%s takes records up to its largest', (service, most) => {
    expect(serviceOf(service, 1, most)).toMatchObject({ fits: true, largestRecordBytes: most });
    expect(serviceOf(service, 1, most + 1)).toMatchObject({ fits: false });
    expect(serviceOf(service, 1, most + 1).why).toContain('records of');
  });

  it('has no throughput quota for standard queues', () => {
    expect(serviceOf('sqs-standard', 10_000_000, 100)).toMatchObject({ fits: true, quotas: [] });
  });

  it('says from when on a FIFO queue needs its high throughput mode', () => {
    const notes = (rate: number): string => serviceOf('sqs-fifo', rate, 100).notes.join(' ');
    expect(notes(3000)).toContain('need no high throughput mode');
    expect(notes(3001)).toContain('needs high throughput mode');
  });

  it('repeats the answer of the plan for Kinesis itself', () => {
    expect(serviceOf('kinesis-data-streams', 3000, 100)).toMatchObject({ fits: true, why: '3 shards' });
    expect(serviceOf('kinesis-data-streams', 30_000_000, 100).fits).toBe(false);
  });

  it('names a source for every quota, and a month', () => {
    for (const limit of Object.values(SERVICE_LIMITS)) {
      expect(limit.source).not.toBe('');
      expect(limit.asOf).toMatch(/^20\d\d-\d\d$/);
    }
    for (const { source } of serviceOf('firehose-direct-put', 10, 10).quotas)
      expect(source).toContain('Firehose');
  });
});
