import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../src/traffic/scenario-file.ts';
import { refusalOf } from './refusal-of.ts';
import { read, type scenarioText } from './scenario-text.ts';

// What is written, the sentence that says what is wrong, and the one that says what to do.
// prettier-ignore
const FIELDS: [string, Parameters<typeof scenarioText>[0], string, string][] = [
  ['a rate without a unit', { rate: 'rate: 3000' }, 'line 5: traffic[0].rate: 3000 has no unit.', 'Write 3000/s for records per second, or 3000B/s for bytes.'],
  ['a rate in exponent form', { rate: 'rate: 1e3' }, 'line 5: traffic[0].rate: 1000 has no unit.', 'Write 1000/s'],
  ['a rate that is no number', { rate: 'rate: .nan' }, 'traffic[0].rate: "NaN" is not a rate.', 'Write for example 2000/s'],
  ['an infinite rate', { rate: 'rate: .inf' }, 'traffic[0].rate: "Infinity" is not a rate.', 'Write for example 2000/s'],
  ['a rate that is true', { rate: 'rate: true' }, 'traffic[0].rate: true is not a rate.', 'Write for example 2000/s'],
  ['a rate that is null', { rate: 'rate: null' }, 'traffic[0].rate: there is no value.', 'Write for example 2000/s'],
  ['an ambiguous rate', { rate: 'rate: 2k/s' }, 'traffic[0].rate: "2k/s" is not a rate.', 'Write for example 2000/s'],
  ['a negative rate', { rate: 'rate: -5/s' }, 'traffic[0].rate: "-5/s" is not a rate.', 'Write for example 2000/s'],
  ['a rate of nothing', { rate: 'rate: 0/s' }, 'traffic: nothing is sent.', 'Write a rate above 0/s.'],
  ['a rate beyond reason', { rate: 'rate: 10000001/s' }, 'traffic: 10,000,001 records per second are too many.', 'Write at most 10,000,000/s in all.'],
  ['neither rate nor stages', { rate: 'name: a' }, 'line 5: traffic[0]: there is no rate.', 'Write exactly one of rate, stages, steps, sine, weekly, spikes, replay.'],
  ['rate and stages', { more: 'stages: [{ for: 60s, from: 1/s, to: 1/s }]' }, 'line 8: traffic[0].stages: rate and stages are both given.', 'Write exactly one of rate, stages, steps, sine, weekly, spikes, replay.'],
  ['no stage', { rate: 'stages: []' }, 'traffic[0].stages: the list is empty.', 'Write 1 to 1000 items.'],
  ['stages of another length than the duration', { rate: 'stages: [{ for: 30s, from: 1/s, to: 1/s }]' }, 'line 2: duration: 60s is not how long the stages last, which last 30s in all.', 'Remove duration: stages replace it.'],
  ['a stage without its end', { rate: 'stages: [{ for: 60s, from: 1/s }]' }, 'traffic[0].stages[0].to: this is missing.', 'Add for example 2000/s'],
  ['no duration', { duration: '' }, 'duration: this is missing.', 'Add for example duration: 60s.'],
  ['a duration without a unit', { duration: 'duration: 15' }, 'line 2: duration: 15 has no unit.', 'Write 15s for seconds, or 15ms.'],
  ['a duration of nothing', { duration: 'duration: 0s' }, 'duration: 0s is not above 0s.', 'Write more than 0s, up to 365d.'],
  ['no shards', { stream: '{ shards: 0 }' }, 'line 1: stream.shards: 0 is below 1.', 'Write from 1 to 20000.'],
  ['too many shards', { stream: '{ shards: 20001 }' }, 'stream.shards: 20001 is above 20000, the most shards', 'Write from 1 to 20000.'],
  ['half a shard', { stream: '{ shards: 2.5 }' }, 'stream.shards: 2.5 is not a whole number.', 'Write a whole number from 1 to 20000.'],
  ['a stream that is a number', { stream: '4' }, 'stream: 4 is not a mapping of fields.', 'Write the fields shards, mode'],
  ['a fill above 1', { stream: '{ shards: 4, initialFill: 2 }' }, 'stream.initialFill: 2 is above 1.', 'Write from 0 to 1.'],
  ['a fill in per cent', { stream: '{ shards: 4, initialFill: 50% }' }, 'stream.initialFill: "50%" is not a number.', 'Write a number from 0 to 1.'],
  ['a retention in half hours', { stream: '{ shards: 4, retention: 24.5h }' }, 'stream.retention: 24.5h is not a whole number of hours.', 'Write for example 24h or 7d.'],
  ['no stream', { stream: '' }, 'stream: there is no value.', 'Write for example stream: { shards: 4 }.'],
  ['a retention without a unit', { stream: '{ shards: 4, retention: 24 }' }, 'stream.retention: 24 has no unit.', 'Write 24h.'],
  ['a retention in a text without a unit', { stream: '{ shards: 4, retention: "48" }' }, 'stream.retention: 48 has no unit.', 'Write 48h.'],
  ['a short retention', { stream: '{ shards: 4, retention: 1h }' }, 'stream.retention: 1h is below 1d.', 'Write from 1d to 365d.'],
  ['too large a record limit', { stream: '{ shards: 4, maxRecordSize: 11MiB }' }, 'stream.maxRecordSize: 11MiB is above 10 MiB, the most that Kinesis takes.', 'Write from 1 MiB to 10 MiB.'],
  ['too large a batch', { top: 'producer: { batch: 600 }' }, 'line 3: producer.batch: 600 is above 500, the most records that one PutRecords call takes.', 'Write from 1 to 500.'],
  ['an unknown field of the producer', { top: 'producer: { inflight: 6 }' }, 'producer.inflight: there is no such field.', 'Did you mean inFlight (known here: preset, api, concurrency, batch, batchSize, linger, inFlight, aggregate, aggregateMaxSize, aggregateMaxCount, retry)?'],
  ['a field with a longer name', { top: 'producer: { lingerTime: 100ms }' }, 'producer.lingerTime: there is no such field.', 'Did you mean linger (known here:'],
  ['an unknown api', { top: 'producer: { api: PutRecordz }' }, 'producer.api: "PutRecordz" is not known here.', 'Write one of'],
  ['an unknown aggregation', { top: 'producer: { aggregate: zip }' }, 'producer.aggregate: "zip" is not known here.', 'Write one of none, kpl.'],
  ['an unknown preset', { top: 'producer: { preset: java }' }, 'producer.preset: "java" is not known here.', 'Write one of sdk, kpl, agent.'],
  ['a setting of an aggregation that is off', { top: 'producer: { aggregateMaxSize: 10KiB }' }, 'producer.aggregateMaxSize: records are not aggregated.', 'Remove it, or write aggregate: kpl.'],
  ['a setting of an aggregation that the scenario takes off', { top: 'producer: { preset: kpl, aggregate: none, aggregateMaxCount: 5 }' }, 'producer.aggregateMaxCount: records are not aggregated.', 'Remove it, or write aggregate: kpl.'],
  ['too small an aggregate', { top: 'producer: { aggregate: kpl, aggregateMaxSize: 63B }' }, 'producer.aggregateMaxSize: 63B is below 64 B.', 'Write from 64 B to 10 MiB.'],
  ['an aggregate larger than the stream takes', { top: 'producer: { aggregate: kpl, aggregateMaxSize: 1MiB }' }, 'producer.aggregateMaxSize: 1 MiB and a key are more than this stream takes in a record, 1 MiB.', 'Write less, at most 1048575B.'],
  ['a setting of another policy', { top: 'producer: { retry: { policy: kpl, maxAttempts: 5 } }' }, 'producer.retry.maxAttempts: the policy kpl has no such setting.', 'Remove it, or use one of: ttl, rateLimit.'],
  ['a setting of the kpl policy with backoff', { top: 'producer: { retry: { policy: backoff, ttl: 5s } }' }, 'producer.retry.ttl: the policy backoff has no such setting.', 'Remove it, or use one of: maxAttempts, base, max.'],
  ['a rate limit without a unit', { top: 'producer: { retry: { policy: kpl, rateLimit: 150 } }' }, 'producer.retry.rateLimit: 150 is not a whole percentage from 1% to 10000%.', 'Write for example'],
  ['a rate limit of nothing', { top: 'producer: { retry: { policy: kpl, rateLimit: 0% } }' }, 'producer.retry.rateLimit: "0%" is not a whole percentage', 'Write for example'],
  ['a setting of retries that are off', { top: 'producer: { retry: { policy: none, base: 1s } }' }, 'producer.retry.base: without retries there is nothing to set.', 'Remove it, or write policy: backoff.'],
  ['a first wait above the longest', { top: 'producer: { retry: { policy: backoff, base: 2s, max: 1s } }' }, 'producer.retry.base: 2s is above max.', 'Write at most 1s.'],
  ['an unknown field at the top', { top: 'warmpu: 5s' }, 'line 3: warmpu: there is no such field.', 'Did you mean warmup (known here:'],
  ['a field not built yet', { top: 'sampling: 5%' }, 'line 3: sampling: there is no such field.', 'Remove it, or use one of: description, stream,'],
  ['a negative seed', { top: 'seed: -1' }, 'seed: -1 is below 0.', 'Write from 0 to 9007199254740991.'],
  ['a mistyped field of keys', { keys: '{ hot: { shre: 40%, keys: 1, of: 10 } }' }, 'line 6: traffic[0].keys.hot.shre: there is no such field.', 'Did you mean share (known here: share, keys, of)?'],
  ['a share without a unit', { keys: '{ hot: { share: 0.4, keys: 1, of: 10 } }' }, 'traffic[0].keys.hot.share: 0.4 has no unit.', 'Write 40%.'],
  ['a short form with a share without a unit', { keys: '"hot:40:1:10"' }, 'traffic[0].keys: "hot:40:1:10", share: 40 has no unit.', 'Write 40%.'],
  ['a short form that contradicts itself', { keys: '"hot:40%:20:10"' }, 'traffic[0].keys.hot.keys: 20 hot keys are more than the 10 in all.', 'Write at most as many as of.'],
  ['a sine below 0', { rate: 'sine: { mean: 10/s, amplitude: 11/s, period: 1s }' }, 'traffic[0].sine.amplitude: 11/s is above the mean.', 'Write at most 10/s.'],
  ['a sine in two units', { rate: 'sine: { mean: 10/s, amplitude: 1KiB/s, period: 1s }' }, 'traffic[0].sine.amplitude: 1KiB/s is not in the unit of the mean.', 'Use one unit for both.'],
  ['a sine of too many periods', { rate: 'sine: { mean: 10/s, amplitude: 1/s, period: 1ms }' }, 'traffic[0].sine.period: there are more than 1,953 periods in the duration.', 'Write a longer period or a shorter duration.'],
  ['a sine without a duration', { duration: '', rate: 'sine: { mean: 10/s, amplitude: 1/s, period: 1s }' }, 'duration: this is missing.', 'Add for example duration: 60s.'],
  ['a spike longer than its period', { rate: 'spikes: { base: 1/s, to: 9/s, every: 1s, for: 2s }' }, 'traffic[0].spikes.for: 2s is longer than the period of 1s.', 'Write at most 1s.'],
  ['a step of 0 s', { rate: 'steps: [{ for: 0s, rate: 1/s }]' }, 'traffic[0].steps[0].for: 0s is not above 0s.', 'Write more than 0s, up to 365d.'],
  ['steps and a rate', { more: 'steps: [{ for: 60s, rate: 1/s }]' }, 'traffic[0].steps: rate and steps are both given.', 'Write exactly one of rate, stages, steps'],
  ['a week of 3 hours', { rate: 'weekly: [1/s, 2/s, 3/s]' }, 'traffic[0].weekly: the list has only 3 items.', 'Write 168 items.'],
  ['a week without its end', { rate: 'weekly: { weekdays: [1/s] }' }, 'traffic[0].weekly.weekdays: the list has only 1 items.', 'Write 24 items.'],
  ['a shard that is not there', { keys: '{ explicitHashKey: { shard: 4 } }' }, 'traffic[0].keys.explicitHashKey.shard: there is no shard 4: the stream has 4.', 'Write from 0 to 3.'],
  ['a shard and a spread', { keys: '{ explicitHashKey: { shard: 1, spread: even } }' }, 'traffic[0].keys.explicitHashKey.spread: shard and spread are both given.', 'Write exactly one of shard, spread.'],
  ['a place in a spread', { keys: '{ explicitHashKey: { where: random, spread: even } }' }, 'traffic[0].keys.explicitHashKey.where: this is for a shard, not for the whole key space.', 'Remove where or spread.'],
  ['a hash key of 2^128', { keys: '{ hashKeys: [{ hashKey: "340282366920938463463374607431768211456", bytes: 1, weight: 1 }] }' }, 'traffic[0].keys.hashKeys[0].hashKey: "340282366920938463463374607431768211456" is no hash key.', 'Write a whole decimal number'],
  ['hash keys of no weight', { keys: '{ hashKeys: [{ hashKey: "1", bytes: 1, weight: 0 }] }' }, 'traffic[0].keys.hashKeys: every weight is 0.', 'Write a weight above 0.'],
  ['a template beside hash keys', { keys: '{ hashKeys: [{ hashKey: "1", bytes: 1, weight: 1 }], template: "a{n}" }' }, 'traffic[0].keys.template: these keys are not named by a template.', 'Remove template'],
  ['a rate in bytes with keys that grow', { rate: 'rate: 1MiB/s', keys: '{ sequential: {} }' }, 'traffic[0].rate: 1MiB/s is no number of records', 'Write a rate in records per second'],
  ['a drift with more hot keys than keys', { keys: '"drift:40%:20:10:1s"' }, 'traffic[0].keys.drift.keys: 20 hot keys are more than the 10 in all.', 'Write at most as many as of.'],
  ['a size beside a text', { more: 'payload: { template: "{n}" }' }, 'traffic[0].size: a payload of text has its own size.', 'Remove size'],
  ['two payloads', { more: 'payload: { template: "{n}", random: { compressibility: 0 } }' }, 'traffic[0].payload.template: random and template are both given.', 'Write exactly one of random, template, lines.'],
  ['a compressibility above 1', { more: 'payload: { random: { compressibility: 2 } }' }, 'traffic[0].payload.random.compressibility: 2 is above 1.', 'Write from 0 to 1.'],
  ['no kind of keys', { keys: '{}' }, 'traffic[0].keys: there is no kind of keys.', 'Write exactly one of uniform, zipf, hot, weights, file, hashKeys,'],
  ['two kinds of keys', { keys: '{ uniform: { count: 5 }, zipf: { count: 5, exponent: 1 } }' }, 'traffic[0].keys.zipf: uniform and zipf are both given.', 'Write exactly one of'],
  ['keys that are a number', { keys: '5' }, 'traffic[0].keys: 5 is not a distribution of keys.', 'Write for example uniform: { count: 100000 }.'],
  ['too many keys', { keys: '{ uniform: { count: 1000000001 } }' }, 'traffic[0].keys.uniform.count: 1000000001 is above 1000000000.', 'Write from 1 to 1000000000.'],
  ['a negative exponent', { keys: '{ zipf: { count: 10, exponent: -1 } }' }, 'traffic[0].keys.zipf.exponent: -1 is below 0.', 'Write from 0 to 10.'],
  ['weights without keys', { keys: '{ weights: {} }' }, 'traffic[0].keys.weights: there is no key.', 'Write for example { a: 3, b: 1 }.'],
  ['a weight of 0', { keys: '{ weights: { a: 0 } }' }, 'traffic[0].keys.weights.a: 0 is not above 0.', 'Write a number above 0.'],
  ['weights beyond all numbers', { keys: '{ weights: { a: 1.0e+308, b: 1.0e+308 } }' }, 'traffic[0].keys.weights: the weights are too large to be added up.', 'Write smaller ones: only their ratios count.'],
  ['an empty key', { keys: '{ weights: { "": 1 } }' }, 'traffic[0].keys.weights[""]: this is no partition key.', 'Write 1 to 256 characters.'],
  ['a key of 257 characters', { keys: `{ weights: { ${'x'.repeat(257)}: 1 } }` }, 'this is no partition key.', 'Write 1 to 256 characters.'],
  ['a key named __proto__', { keys: '{ weights: { __proto__: 1 } }' }, 'line 6: __proto__ cannot be used as a name.', 'Write another name.'],
  ['an escaped __proto__', { keys: '{ weights: { "\\x5f_proto__": 1 } }' }, 'line 6: __proto__ cannot be used as a name.', 'Write another name.'],
  ['a template with weights', { keys: '{ weights: { a: 1 }, template: "x-{n}" }' }, 'traffic[0].keys.template: keys with weights have their own names.', 'Remove template'],
  ['a template without a number', { keys: '{ uniform: { count: 5 }, template: abc }' }, 'traffic[0].keys.template: "abc" does not contain {n} exactly once.', 'Write for example "tenant-{n}"'],
  ['a template that makes long keys', { keys: `{ uniform: { count: 9999 }, template: "${'x'.repeat(253)}{n}" }` }, 'traffic[0].keys.template: it makes keys of 257 characters.', 'Write a shorter one'],
  ['an 11 MiB record', { size: '11MiB' }, 'line 7: traffic[0].size: 11MiB is above 10 MiB, the most that Kinesis takes in a record, its key included.', 'Write from 0 B to 10 MiB.'],
  ['a record above any stream', { size: '10MiB' }, 'traffic[0].size: 10 MiB of data and 7 B of key are more than any stream takes', 'Write less than 10MiB.'],
  ['a record above this stream', { size: '2MiB' }, 'traffic[0].size: 2 MiB of data and 7 B of key are more than this stream takes in a record, 1 MiB.', 'Write less, or stream: { maxRecordSize: 3MiB }.'],
  ['a size with half a byte', { size: '1.5B' }, 'traffic[0].size: 1.5B is no whole number of bytes.', 'Write 2B.'],
  ['a size without a unit', { size: '900' }, 'traffic[0].size: 900 has no unit.', 'Write 900B for bytes, or 900KiB.'],
  ['a size that is a list', { size: '[]' }, 'traffic[0].size: a list is not a size.', 'Write for example 900B'],
  ['no kind of size', { size: '{}' }, 'traffic[0].size: there is no size.', 'Write exactly one of lognormal, uniform, file.'],
  ['a kind of size that does not exist', { size: '{ fixed: 1KiB }' }, 'traffic[0].size.fixed: there is no such field.', 'Remove it, or use one of: lognormal, uniform, file.'],
  ['a p99 below the median', { size: '{ lognormal: { median: 2KiB, p99: 1KiB } }' }, 'traffic[0].size.lognormal.p99: 1KiB is not above the median.', 'Write more than 2KiB.'],
  ['a median of 0', { size: '{ lognormal: { median: 0B, p99: 1KiB } }' }, 'traffic[0].size.lognormal.median: 0B is not above 0.', 'Write at least 1B.'],
  ['sizes the wrong way round', { size: '{ uniform: { min: 2KB, max: 1KB } }' }, 'traffic[0].size.uniform.min: 2KB is above max.', 'Write at most 1KB.'],
  ['unknown arrivals', { more: 'arrivals: evenly' }, 'traffic[0].arrivals: "evenly" is not a kind of arrivals.', 'Write even, poisson, or bursts: { every: 1s, within: 100ms }.'],
  ['bursts longer than their period', { more: 'arrivals: { bursts: { every: 1s, within: 2s } }' }, 'traffic[0].arrivals.bursts.within: 2s is longer than the period of 1s.', 'Write at most 1s.'],
  ['an unknown kind of consumer', { top: 'consumers: [{ kind: lambda }]' }, 'consumers[0].kind: "lambda" is not known here.', 'Write one of polling, efo.'],
  ['an unknown preset of a consumer', { top: 'consumers: [{ preset: spark }]' }, 'consumers[0].preset: "spark" is not known here.', 'Write one of kcl, lambda, firehose, flink, custom.'],
  ['a consumer without a kind', { top: 'consumers: [{ every: 1s }]' }, 'consumers[0].kind: this is missing.', 'Add kind: polling or kind: efo, or a preset.'],
  ['a custom consumer without a kind', { top: 'consumers: [{ preset: custom }]' }, 'consumers[0].kind: this is missing.', 'Add kind: polling'],
  ['an unknown field of a consumer', { top: 'consumers: [{ kind: efo, outages: [] }]' }, 'consumers[0].outages: there is no such field.', 'Did you mean outage (known here:'],
  ['Firehose with fan-out', { top: 'consumers: [{ preset: firehose, kind: efo }]' }, 'consumers[0].kind: firehose does not read by enhanced fan-out.', 'Remove kind.'],
  ['enhanced fan-out that polls', { top: 'consumers: [{ kind: efo, every: 1s }]' }, 'consumers[0].every: enhanced fan-out does not poll.', 'Remove every, or write kind: polling.'],
  ['a KCL consumer, which is fan-out, that polls', { top: 'consumers: [{ preset: kcl, every: 1s }]' }, 'consumers[0].every: enhanced fan-out does not poll.', 'Remove every, or write kind: polling.'],
  ['a limit of fan-out', { top: 'consumers: [{ kind: efo, limit: 5 }]' }, 'consumers[0].limit: enhanced fan-out does not poll.', 'Remove limit, or write kind: polling.'],
  ['a limit above that of a call', { top: 'consumers: [{ kind: polling, limit: 10001 }]' }, 'consumers[0].limit: 10001 is above 10000, the most records that one GetRecords call returns.', 'Write from 1 to 10000.'],
  ['a poll without a pause', { top: 'consumers: [{ kind: polling, every: 0s }]' }, 'consumers[0].every: 0s is not above 0s.', 'Write more than 0s'],
  ['a time per record without a unit', { top: 'consumers: [{ kind: polling, perRecord: 2 }]' }, 'consumers[0].perRecord: 2 has no unit.', 'Write 2s for seconds, or 2ms.'],
  ['too many parallel batches', { top: 'consumers: [{ preset: lambda, parallel: 11 }]' }, 'consumers[0].parallel: 11 is above 10.', 'Write from 1 to 10.'],
  ['an empty batch', { top: 'consumers: [{ preset: lambda, batch: 0 }]' }, 'consumers[0].batch: 0 is below 1.', 'Write from 1 to 10000.'],
  ['a backup that is not of Firehose', { top: 'consumers: [{ preset: lambda, backup: true }]' }, 'consumers[0].backup: only Firehose has it.', 'Remove it, or write preset: firehose.'],
  ['a backup that is no yes or no', { top: 'consumers: [{ preset: firehose, backup: 1 }]' }, 'consumers[0].backup: 1 is not yes or no.', 'Write true or false.'],
  ['a backup and a period', { top: 'consumers: [{ preset: firehose, backup: true, every: 1s }]' }, 'consumers[0].backup: every is given, too.', 'Write one of the two: backup stands for every: 500ms.'],
  ['two consumers of one name', { top: 'consumers: [{ name: a, kind: efo }, { name: a, kind: efo }]' }, 'consumers[1].name: another consumer is called "a".', 'Give each its own name.'],
  ['a start without joining', { top: 'consumers: [{ kind: polling, from: latest }]' }, 'consumers[0].from: the stream is empty when a consumer is there from the start.', 'Remove it, or say when the consumer joins'],
  ['an unknown start', { top: 'consumers: [{ kind: polling, joins: 1s, from: oldest }]' }, 'consumers[0].from: "oldest" is not known here.', 'Write one of latest, trimHorizon.'],
  ['joining at the end', { top: 'consumers: [{ kind: polling, joins: 60s }]' }, 'consumers[0].joins: 1m is not before the end.', 'Write less than 1m, the duration.'],
  ['an outage after the end', { top: 'consumers: [{ kind: polling, outage: [{ at: 2m, for: 1s }] }]' }, 'consumers[0].outage[0].at: 2m is not before the end.', 'Write less than 1m, the duration.'],
  ['an outage in the one before', { top: 'consumers: [{ kind: polling, outage: [{ at: 5s, for: 9s }, { at: 10s, for: 1s }] }]' }, 'consumers[0].outage[1].at: the outage before it is not over yet.', 'Write at least 14s.'],
  ['an outage before joining', { top: 'consumers: [{ kind: polling, joins: 9s, outage: [{ at: 5s, for: 1s }] }]' }, 'consumers[0].outage[0].at: the consumer has not joined yet.', 'Write at least 9s.'],
  ['an outage of nothing', { top: 'consumers: [{ kind: polling, outage: [{ at: 5s, for: 0s }] }]' }, 'consumers[0].outage[0].for: 0s is not above 0s.', 'Write more than 0s'],
  ['an outage that is no list', { top: 'consumers: [{ kind: polling, outage: { at: 5s, for: 1s } }]' }, 'consumers[0].outage: a mapping is not a list.', 'Write a list'],
  ['too many fan-out consumers', { top: `consumers: [${Array(21).fill('{ kind: efo }').join(', ')}]` }, 'consumers[20]: 21 consumers with enhanced fan-out are more than 20, the most of a stream.', 'Remove some, or let some poll (kind: polling).'],
  ['a threshold that is a number', { top: 'thresholds: [5]' }, 'thresholds[0]: 5 is not a text.', 'Write a text in quotes.'],
];

describe('a bad field is refused in two sentences:', () => {
  it.each(FIELDS)('%s', (_, fields, what, fix) => {
    const refusal = refusalOf(() => read(fields));
    expect(refusal.exitCode).toBe(2);
    expect(refusal.what).toMatch(/^s\.yaml, line \d+: .*\.$/);
    expect(refusal.what).toContain(what);
    expect(refusal.fix).toContain(fix);
    expect(refusal.message).not.toMatch(/\n| at .*:\d+:\d+/);
  });

  it('stages of different lengths', () => {
    const text = `
stream: { shards: 1 }
traffic:
  - { stages: [{ for: 30s, from: 1/s, to: 1/s }], keys: "uniform:5", size: 1B }
  - { stages: [{ for: 45s, from: 1/s, to: 1/s }], keys: "uniform:5", size: 1B }
`;
    expect(refusalOf(() => parseScenario(text, 's.yaml'))).toMatchObject({
      what: 's.yaml, line 5: traffic[1].stages: these stages last 45s in all, those of traffic[0] 30s.',
      fix: 'Make them as long as each other, for example by a last stage at a constant rate.',
    });
  });

  it('more keys in all than have numbers', () => {
    const source = (name: string): string =>
      `  - { rate: 1/s, keys: { uniform: { count: 1000000000 }, template: '${name}{n}' }, size: 1B }\n`;
    const sources = ['a', 'b', 'c', 'd'].map(source).join('');
    const text = `stream: { shards: 1 }\nduration: 5s\ntraffic:\n${sources}`;
    expect(refusalOf(() => parseScenario(text, 's.yaml')).what).toContain(
      '4,000,000,000 keys in all are too many.',
    );
  });
});
