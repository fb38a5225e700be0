import { describe, expect, it } from 'vitest';
import { refusalOf } from './refusal-of.ts';
import { read, scenarioText } from './scenario-text.ts';
import { parseScenario } from '../../src/traffic/scenario-file.ts';

const closed = { top: 'producer: { concurrency: 50 }', rate: 'name: a' };
const lone = (rest: string): { top: string } => ({ top: `producer: { api: PutRecord, ${rest} }` });
const loop = (rest: string): { top: string; rate: string } => ({
  ...{ top: `producer: { concurrency: 5, ${rest} }`, rate: 'name: a' },
});

describe('a producer of single records or a closed loop', () => {
  it('is what the scenario says', () => {
    expect(read({ top: 'producer: { api: PutRecord }' }).producer).toEqual({
      ...{ api: 'PutRecord', batch: 1, lingerUs: 0, inFlight: 16, retry: { policy: 'none' } },
    });
    expect(read(closed).producer).toEqual({
      ...{
        api: 'PutRecords',
        batch: 500,
        lingerUs: 0,
        inFlight: 50,
        loop: 'closed',
        retry: { policy: 'none' },
      },
    });
    expect(read(loop('batch: 7, preset: sdk')).producer).toMatchObject({
      batch: 7,
      inFlight: 5,
      preset: 'sdk',
    });
  });

  it('needs a rate where there is no concurrency, and one for all sources', () => {
    const text = scenarioText({ rate: 'name: a' });
    expect(refusalOf(() => parseScenario(text, 's.yaml')).what).toContain('there is no rate.');
    const mixed = `${scenarioText(closed)}\n  - { rate: 5/s, keys: uniform:5, size: 1B }`;
    expect(refusalOf(() => parseScenario(mixed, 's.yaml')).what).toContain('traffic[1].rate');
  });

  // prettier-ignore
  it.each<[string, Parameters<typeof read>[0], string]>([
    ['a batch of single records', lone('batch: 5'), 'producer.batch: PutRecord sends each record on its own'],
    ['a linger of single records', lone('linger: 5ms'), 'producer.linger: PutRecord sends each record on its own'],
    ['bytes of a batch of single records', lone('batchSize: 1MiB'), 'producer.batchSize: PutRecord sends each'],
    ['aggregates as single records', lone('aggregate: kpl'), 'producer.aggregate: what is done here'],
    ['the KPL with single records', lone('preset: kpl'), 'producer.preset: what is done here'],
    ['the Agent with single records', lone('preset: agent'), 'producer.preset: what is done here'],
    ["the KPL's retries with single records", lone('retry: { policy: kpl }'), 'producer.retry.policy: what is'],
    ['slots beside requests in flight', loop('inFlight: 5'), 'producer.inFlight: concurrency is the number'],
    ['slots that linger', loop('linger: 1s'), 'producer.linger: a slot of a closed loop'],
    ['a KPL in a closed loop', loop('preset: kpl'), 'producer.preset: a producer that works like this'],
    ['no slots', { ...closed, top: 'producer: { concurrency: 0 }' }, 'producer.concurrency: 0'],
    ['a rate', { ...closed, rate: 'rate: 5/s' }, 'traffic[0].rate: in a closed loop'],
    ['stages', { ...closed, rate: 'stages: [{ for: 60s, from: 0/s, to: 5/s }]' }, 'traffic[0].stages: in a closed'],
    ['arrivals', { ...closed, more: 'arrivals: poisson' }, 'traffic[0].arrivals: in a closed loop'],
    ['keys by the clock', { ...closed, keys: '{ timestamp: { granularity: 1s } }' }, 'timestamp keys follow a schedule'],
    ['keys that drift, in short', { ...closed, keys: 'drift:40%:1:100:10s' }, 'drift keys follow a schedule'],
  ])('is refused with %s', (_, fields, what) => {
    expect(refusalOf(() => read(fields)).what).toContain(what);
  });
});
