/** The presets of consumers are the documented ones, and what is written beside them counts. */
import { describe, expect, it } from 'vitest';
import type { ConsumerSpec } from '../../src/traffic/scenario.ts';
import { consumerOf } from './scenarios.ts';
import { read } from './scenario-text.ts';

const consumersOf = (text: string): readonly ConsumerSpec[] =>
  read({ top: `consumers: [${text}]` }).consumers;
const every = (ms: number): Pick<ConsumerSpec, 'everyUs' | 'idleUs' | 'throttledUs'> => ({
  everyUs: ms * 1000,
  idleUs: ms * 1000,
  throttledUs: ms * 1000,
});

describe('a consumer', () => {
  it.each([
    ['{ kind: polling }', consumerOf({ name: 'polling' })],
    ['{ preset: custom, kind: efo }', consumerOf({ name: 'custom', preset: 'custom', kind: 'efo' })],
    ['{ preset: kcl, kind: polling }', consumerOf({ name: 'kcl', preset: 'kcl', ...every(1500) })],
    ['{ preset: lambda }', consumerOf({ name: 'lambda', preset: 'lambda', batch: 100 })],
    ['{ preset: firehose }', consumerOf({ name: 'firehose', preset: 'firehose' })],
    [
      '{ preset: firehose, backup: true }',
      consumerOf({ name: 'firehose', preset: 'firehose', ...every(500) }),
    ],
    [
      '{ preset: flink }',
      consumerOf({ name: 'flink', preset: 'flink', everyUs: 0, idleUs: 250_000, throttledUs: 250_000 }),
    ],
    ['{ preset: flink, every: 200ms }', consumerOf({ name: 'flink', preset: 'flink', ...every(200) })],
    [
      '{ name: b, preset: lambda, limit: 500, batch: 50, perBatch: 5ms, perRecord: 2ms, parallel: 10 }',
      consumerOf({
        ...{ name: 'b', preset: 'lambda', limit: 500, batch: 50, perBatchUs: 5000, perRecordUs: 2000 },
        parallel: 10,
      }),
    ],
    [
      '{ kind: polling, joins: 10s, from: trimHorizon, outage: [{ at: 20s, for: 5s }] }',
      consumerOf({
        name: 'polling',
        joins: { atUs: 10_000_000, from: 'trimHorizon' },
        outages: [{ atUs: 20_000_000, forUs: 5_000_000 }],
      }),
    ],
    ['{ kind: polling, joins: 0s }', consumerOf({ name: 'polling', joins: { atUs: 0, from: 'latest' } })],
  ])('%s is what its preset says and its fields change', (text, expected) => {
    expect(consumersOf(text)).toEqual([expected]);
  });

  it('of the KCL is pushed to unless it is told to poll', () => {
    expect(consumersOf('{ preset: kcl }')[0]).toMatchObject({ kind: 'efo', preset: 'kcl' });
  });

  it('without a name is called by its preset or kind, each by another name', () => {
    const text =
      '{ preset: lambda }, { preset: lambda }, { kind: efo }, { name: efo-2, kind: efo }, { kind: efo }';
    expect(consumersOf(text).map(({ name }) => name)).toEqual([
      'lambda',
      'lambda-2',
      'efo',
      'efo-2',
      'efo-3',
    ]);
  });
});
