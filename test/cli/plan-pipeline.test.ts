import { describe, expect, it } from 'vitest';
import { plan, planJson, planRefusal, scenarioFile } from './planned.ts';

const FLAGS = ['--rate', '20000/s', '--record-size', '100B'];
const SCENARIO = `
stream: { shards: 4 }
duration: 10s
producer: { preset: kpl }
traffic: [{ rate: 20000/s, keys: "uniform:100000", size: 100B }]
`;

describe('plan --aggregate', () => {
  it('alone takes what the KPL does by default', async () => {
    const { plan: planned } = await planJson(...FLAGS, '--aggregate');
    expect(planned.aggregation).toMatchObject({ maxBytes: 51_200, lingerMs: 100, producers: 1 });
    expect(planned.shards).toBe(3);
  });

  it.each([['--aggregate', '25KiB'], ['--aggregate=25KiB']])('takes a size: %s %s', async (...size) => {
    const { plan: planned } = await planJson(...FLAGS, ...size);
    expect(planned.aggregation?.maxBytes).toBe(25_600);
  });

  it('does not swallow the scenario', async () => {
    const file = await scenarioFile(SCENARIO.replace('producer: { preset: kpl }', ''));
    const { plan: planned, scenario } = await planJson('--aggregate', file);
    expect(scenario?.file).toBe(file);
    expect(planned.aggregation).toMatchObject({ maxBytes: 51_200 });
  });

  it('comes from the producer of a scenario, and none takes it away', async () => {
    const file = await scenarioFile(SCENARIO);
    expect((await planJson(file)).plan.aggregation).toMatchObject({ limitedBy: 'size', lingerMs: 100 });
    const { plan: planned } = await planJson(file, '--aggregate', 'none');
    expect(planned.aggregation).toBeUndefined();
    expect(planned.binding).toBe('hot-shard');
  });

  it('shows what is packed, and that the number of producers is an assumption', async () => {
    const { out } = await plan(...FLAGS, '--aggregate');
    expect(out).toContain('Aggregation');
    expect(out).toContain('must de-aggregate');
    expect(out).toContain('One process aggregates all records (default)');
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it.each([
    [['--aggregate', '10B'], 'less than the KPL packs'],
    [['--aggregate', '11MiB'], 'more than a record of Kinesis holds'],
    [['--aggregate', '100'], 'has no unit'],
    [['--aggregate', '--producers', '0'], 'no number of processes'],
    [['--aggregate', '--linger', '2h'], 'nobody buffers'],
    [['--linger', '1s'], 'nothing is aggregated'],
    [['--aggregate', 'none', '--producers', '3'], 'nothing is aggregated'],
    [['other.yaml', '--aggregate', 'scenario.yaml'], 'is the scenario already'],
  ])('refuses %j', async (args, what) => {
    const refusal = await planRefusal(...FLAGS, ...args);
    expect(refusal.exitCode).toBe(2);
    expect(refusal.what).toContain(what);
  });

  it('refuses aggregates larger than the records of the stream', async () => {
    const refusal = await planRefusal(await scenarioFile(SCENARIO), '--aggregate', '2MiB');
    expect(refusal.what).toContain('more than the stream of');
  });
});

describe('plan --compare-services', () => {
  it('puts the same traffic on four services in a table of 80 columns', async () => {
    const { out } = await plan(...FLAGS, '--compare-services', '--consumers', 'kcl:1');
    for (const title of ['Data Streams', 'Firehose PUT', 'SQS Standard', 'SQS FIFO']) {
      expect(out).toContain(title);
    }
    expect(out).toContain('KCL leases');
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('tells quotas with their sources, and where sources differ, in the long form', async () => {
    const { out } = await plan(...FLAGS, '--compare-services', '--details', '--region', 'ap-south-1');
    expect(out.replace(/\s+/g, ' ')).toContain(
      'of 100,000 records/s (Amazon Data Firehose developer guide, Quotas)',
    );
    expect(out.replace(/\s+/g, ' ')).toContain('256 KiB in older pages');
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('compares user records, not aggregates', async () => {
    const { plan: planned } = await planJson(...FLAGS, '--compare-services', '--aggregate');
    const firehose = planned.services?.find(({ service }) => service === 'firehose-direct-put');
    expect(firehose?.quotas.find(({ name }) => name === 'records')?.load).toBe(20_000);
  });
});
