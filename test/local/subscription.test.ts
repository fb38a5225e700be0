/** SubscribeToShard on a clock that the test holds: what is sent when, and what is refused. */
import { EventStreamCodec } from '@smithy/core/event-streams';
import { describe, expect, it } from 'vitest';
import type { LocalOptions, LocalService } from '../../src/local/local-service.ts';
import { decodeCbor } from '../../src/local/cbor.ts';
import { encodeCbor } from '../../src/local/cbor-writer.ts';
import { parseFaults } from '../../src/local/faults/fault-file.ts';
import { call, record, serviceWith, SIGNED, START_US, type Answered } from './client.ts';
import { ask, MINUTE_US, START_SEC } from './cloudwatch/metric-client.ts';
import { subscribe, Subscriber, trySubscribe } from './subscriber.ts';

const SECOND = 1_000_000;
const MIB = 2 ** 20;
const SHARD_0 = 'shardId-000000000000';
const STREAM = 'arn:aws:kinesis:us-east-1:000000000000:stream/s';
const AT_ONCE: LocalOptions = { createMs: 0, deleteMs: 0, reshardMs: 0 };

interface World {
  readonly service: LocalService;
  readonly ConsumerARN: string;
}

function world(options: LocalOptions = {}, shards = 1): World {
  const service = serviceWith([{ name: 's', shards }], { ...AT_ONCE, ...options });
  return { service, ConsumerARN: register(service, 'c') };
}

function register(service: LocalService, ConsumerName: string): string {
  const { body } = call(service, 'RegisterStreamConsumer', { StreamARN: STREAM, ConsumerName });
  return body.Consumer.ConsumerARN;
}

function put(service: LocalService, texts: readonly string[], nowUs = START_US): readonly string[] {
  const Records = texts.map((text) => record('key', text));
  const { body } = call(service, 'PutRecords', { StreamName: 's', Records }, nowUs);
  expect(body.FailedRecordCount).toBe(0);
  return body.Records.map(({ SequenceNumber }) => SequenceNumber);
}

function refusal(given: Subscriber | Answered): [number, string | undefined] {
  if (given instanceof Subscriber) throw new Error('it was not refused');
  return [given.status, given.body.__type];
}

describe('a subscription', () => {
  it('opens with an initial response and an event that says where it stands', () => {
    const { service, ConsumerARN } = world();
    const subscriber = subscribe(service, { ConsumerARN, StartingPosition: { Type: 'LATEST' } });
    expect(subscriber.heard.map(({ headers }) => headers)).toEqual(
      ['initial-response', 'SubscribeToShardEvent'].map((type) => ({
        ':event-type': type,
        ':content-type': 'application/x-amz-json-1.1',
        ':message-type': 'event',
      })),
    );
    expect(subscriber.last).toMatchObject({ Records: [], MillisBehindLatest: 0 });
    expect(subscriber.last.ContinuationSequenceNumber).toMatch(/^49\d{54}$/);
    expect(subscriber.last).not.toHaveProperty('ChildShards');
  });

  it('is answered with the media type of event streams', () => {
    const { service, ConsumerARN } = world();
    const headers = { ...SIGNED, 'x-amz-target': 'Kinesis_20131202.SubscribeToShard' };
    const input = { ConsumerARN, ShardId: SHARD_0, StartingPosition: { Type: 'LATEST' } };
    const body = Buffer.from(JSON.stringify(input));
    const reply = service.handle({ method: 'POST', path: '/', headers, body }, START_US);
    expect(reply).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/vnd.amazon.eventstream' },
    });
  });

  it('is woken by a record, and sends it as GetRecords would', () => {
    const { service, ConsumerARN } = world();
    const subscriber = subscribe(service, { ConsumerARN, StartingPosition: { Type: 'LATEST' } });
    expect(subscriber.isWoken).toBe(false);
    const [number] = put(service, ['a'], START_US + SECOND);
    expect(subscriber.isWoken).toBe(true);
    subscriber.until(START_US + SECOND);
    expect(subscriber.last.Records).toEqual([
      {
        SequenceNumber: number,
        ApproximateArrivalTimestamp: (START_US + SECOND) / 1e6,
        Data: Buffer.from('a').toString('base64'),
        PartitionKey: 'key',
      },
    ]);
    expect(subscriber.last.MillisBehindLatest).toBe(0);
  });

  it('sends the records in order, the ones that were there and the ones that come', () => {
    const { service, ConsumerARN } = world();
    put(service, ['1', '2', '3']);
    const subscriber = subscribe(service, { ConsumerARN });
    for (let i = 4; i <= 20; i++) {
      put(service, [`${i}`], START_US + i * 1000);
      if (i % 3 === 0) subscriber.until(START_US + i * 1000);
    }
    subscriber.until(START_US + SECOND);
    expect(subscriber.texts).toEqual(Array.from({ length: 20 }, (_, i) => `${i + 1}`));
  });

  it('sends an empty event every 5 s while nothing comes, each with a later place, and asks no more often', () => {
    const { service, ConsumerARN } = world();
    put(service, ['a']);
    const subscriber = subscribe(service, { ConsumerARN }).until(START_US + 60 * SECOND);
    expect(subscriber.events.map(({ atUs }) => (atUs - START_US) / SECOND)).toEqual(
      Array.from({ length: 13 }, (_, i) => i * 5),
    );
    const places = subscriber.events.map(({ body }) => BigInt(body.ContinuationSequenceNumber as string));
    expect(places.every((place, i) => i === 0 || place > places[i - 1])).toBe(true);
    // The initial response, the record, the look behind it, and twelve times nothing.
    expect(subscriber.asked).toBeLessThanOrEqual(15);
    const [next] = put(service, ['b'], START_US + 60 * SECOND);
    expect(BigInt(next) > (places.at(-1) as bigint)).toBe(true);
  });

  it.each(['AT_SEQUENCE_NUMBER', 'AFTER_SEQUENCE_NUMBER'])(
    'goes on %s of where an earlier one stood, with nothing lost and nothing twice',
    (Type) => {
      const { service, ConsumerARN } = world();
      let nowUs = START_US;
      let StartingPosition: object = { Type: 'LATEST' };
      const texts: string[] = [];
      for (let round = 0; round < 8; round++, nowUs += 10 * SECOND) {
        const subscriber = subscribe(service, { ConsumerARN, StartingPosition }, nowUs);
        // In odd rounds the subscription sees the record, in even ones it ends before.
        if (round % 2 === 1) put(service, [`seen ${round}`], nowUs);
        subscriber.until(nowUs + SECOND);
        StartingPosition = { Type, SequenceNumber: subscriber.last.ContinuationSequenceNumber };
        texts.push(...subscriber.texts);
        subscriber.source.close();
        put(service, [`missed ${round}`], nowUs + 2 * SECOND);
      }
      const last = subscribe(service, { ConsumerARN, StartingPosition }, nowUs);
      expect([...texts, ...last.texts]).toEqual(
        Array.from({ length: 8 }, (_, i) => [...(i % 2 ? [`seen ${i}`] : []), `missed ${i}`]).flat(),
      );
    },
  );

  it('begins at all five positions', () => {
    const { service } = world();
    const numbers = [0, 1, 2, 3].map((i) => put(service, [`${i}`], START_US + i * SECOND)[0]);
    const nowUs = START_US + 10 * SECOND;
    const textsFrom = (StartingPosition: object): string => {
      const ConsumerARN = register(service, `c${JSON.stringify(StartingPosition).length}`);
      const texts = subscribe(service, { ConsumerARN, StartingPosition }, nowUs).texts;
      call(service, 'DeregisterStreamConsumer', { ConsumerARN }, nowUs);
      return texts.join('');
    };
    expect(textsFrom({ Type: 'TRIM_HORIZON' })).toBe('0123');
    expect(textsFrom({ Type: 'LATEST' })).toBe('');
    expect(textsFrom({ Type: 'AT_SEQUENCE_NUMBER', SequenceNumber: numbers[2] })).toBe('23');
    expect(textsFrom({ Type: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: numbers[2] })).toBe('3');
    expect(textsFrom({ Type: 'AT_TIMESTAMP', Timestamp: START_US / 1e6 + 0.5 })).toBe('123');
  });

  it('says how far behind it is while there is more', () => {
    const { service, ConsumerARN } = world({ limits: [] });
    const large = 'x'.repeat(700 * 1024);
    for (let i = 0; i < 3; i++) put(service, [large], START_US + i * SECOND);
    const subscriber = subscribe(service, { ConsumerARN }, START_US + 10 * SECOND);
    expect(subscriber.events.map(({ body }) => body.MillisBehindLatest)).toEqual([10_000, 9_000, 0]);
  });

  it('ends after 5 minutes without a word', () => {
    const { service, ConsumerARN } = world();
    const subscriber = subscribe(service, { ConsumerARN });
    subscriber.until(START_US + 300 * SECOND - 1);
    expect(subscriber.isOver).toBe(false);
    subscriber.until(START_US + 300 * SECOND);
    expect([subscriber.isOver, subscriber.exception]).toEqual([true, undefined]);
    put(service, ['late'], START_US + 301 * SECOND);
    expect(subscriber.isWoken).toBe(false);
  });

  it('is forgotten when its client has gone', () => {
    const { service, ConsumerARN } = world();
    const subscriber = subscribe(service, { ConsumerARN });
    subscriber.source.close();
    put(service, ['a']);
    expect(subscriber.isWoken).toBe(false);
    expect(subscriber.until(START_US + 10 * SECOND)).toMatchObject({ isOver: true, texts: [] });
  });

  it('does not stop at records that retention has taken meanwhile', () => {
    const { service, ConsumerARN } = world();
    put(service, ['old']);
    const day = 86_400 * SECOND;
    put(service, ['new'], START_US + day);
    const subscriber = subscribe(service, { ConsumerARN }, START_US + day + SECOND);
    expect(subscriber.texts).toEqual(['new']);
  });
});

describe('a closed shard', () => {
  it('is sent to its end, with its children, no place to go on from, and nothing after it', () => {
    const { service, ConsumerARN } = world({ reshardMs: 2000 });
    const subscriber = subscribe(service, { ConsumerARN });
    put(service, ['a'], START_US + SECOND);
    const half = (2n ** 127n).toString();
    const split = { StreamName: 's', ShardToSplit: SHARD_0, NewStartingHashKey: half };
    call(service, 'SplitShard', split, START_US + SECOND);
    put(service, ['b'], START_US + 2 * SECOND);
    subscriber.until(START_US + 3 * SECOND - 1);
    expect([subscriber.isOver, subscriber.last.ChildShards]).toEqual([false, undefined]);
    subscriber.until(START_US + 3 * SECOND);
    expect(subscriber.isOver).toBe(true);
    expect(subscriber.texts).toEqual(['a', 'b']);
    expect(subscriber.last).toMatchObject({
      Records: [],
      ContinuationSequenceNumber: null,
      MillisBehindLatest: 0,
      ChildShards: [
        { ShardId: 'shardId-000000000001', ParentShards: [SHARD_0] },
        { ShardId: 'shardId-000000000002', ParentShards: [SHARD_0] },
      ],
    });
    put(service, ['c'], START_US + 4 * SECOND);
    const texts = [1, 2].flatMap((shard) => {
      const ShardId = `shardId-00000000000${shard}`;
      return subscribe(service, { ConsumerARN, ShardId }, START_US + 5 * SECOND).texts;
    });
    expect(texts).toEqual(['c']);
  });

  it('tells of its children with its last records', () => {
    const { service, ConsumerARN } = world({}, 2);
    call(service, 'PutRecord', {
      StreamName: 's',
      Data: 'YQ==',
      PartitionKey: 'k',
      ExplicitHashKey: '0',
    });
    const merge = {
      StreamName: 's',
      ShardToMerge: SHARD_0,
      AdjacentShardToMerge: 'shardId-000000000001',
    };
    call(service, 'MergeShards', merge, START_US + SECOND);
    const subscriber = subscribe(service, { ConsumerARN }, START_US + 2 * SECOND);
    expect(subscriber.events).toHaveLength(1);
    expect(subscriber.texts).toEqual(['a']);
    expect(subscriber.last.ChildShards).toMatchObject([
      { ShardId: 'shardId-000000000002', ParentShards: [SHARD_0, 'shardId-000000000001'] },
    ]);
  });
});

describe('the bandwidth of a subscription', () => {
  const record64k = 'x'.repeat(64 * 1024 - 3);
  const backlog = (service: LocalService, records: number): void => {
    for (let i = 0; i < records; i++) put(service, [record64k]);
  };
  const bytesBy = (subscriber: Subscriber): (readonly [number, number])[] => {
    let sum = 0;
    return subscriber.events.map(({ atUs, body }) => {
      sum += body.Records.reduce((total, { Data }) => total + Buffer.from(Data, 'base64').length + 3, 0);
      return [atUs - START_US, sum] as const;
    });
  };

  it('is 2 MiB at once and 2 MiB a second, of the consumer and the shard, in helpings', () => {
    const { service, ConsumerARN } = world({ limits: ['read'] });
    backlog(service, 160);
    const other = register(service, 'other');
    const subscriber = subscribe(service, { ConsumerARN }).until(START_US + 10 * SECOND);
    const growing = bytesBy(subscriber).filter(([, sum], i, all) => i === 0 || sum > all[i - 1][1]);
    const course = [...new Map(growing)];
    expect(course.at(-1)).toEqual([4 * SECOND, 10 * MIB]);
    for (const [us, sum] of course) {
      expect(sum).toBeLessThanOrEqual(2 * MIB + (us * 2 * MIB) / SECOND);
      expect(sum + 128 * 1024).toBeGreaterThanOrEqual(2 * MIB + (us * 2 * MIB) / SECOND);
    }
    // 2 MiB at once, then 8 MiB by 128 KiB.
    expect(course).toHaveLength(65);
    const untouched = subscribe(service, { ConsumerARN: other }, START_US + 10 * SECOND);
    expect(bytesBy(untouched).at(-1)).toEqual([10 * SECOND, 2 * MIB]);
  });

  it('does not start anew with the next subscription', () => {
    const { service, ConsumerARN } = world({ limits: ['read'] });
    backlog(service, 320);
    const first = subscribe(service, { ConsumerARN }).until(START_US + 5 * SECOND);
    expect(bytesBy(first).at(-1)?.[1]).toBe(12 * MIB);
    const SequenceNumber = first.last.ContinuationSequenceNumber;
    const StartingPosition = { Type: 'AFTER_SEQUENCE_NUMBER', SequenceNumber };
    const second = subscribe(service, { ConsumerARN, StartingPosition }, START_US + 5 * SECOND);
    expect(second.texts).toEqual([]);
    second.until(START_US + 6 * SECOND);
    expect(bytesBy(second).at(-1)?.[1]).toBe(2 * MIB);
  });

  it('lets a record through that is as large as the stream allows', () => {
    const { service, ConsumerARN } = world({ limits: ['read'] });
    call(service, 'UpdateMaxRecordSize', { StreamARN: STREAM, MaxRecordSizeInKiB: 10_240 });
    const huge = 'x'.repeat(10 * MIB - 3);
    put(service, [huge]);
    put(service, [huge], START_US + 1);
    const subscriber = subscribe(service, { ConsumerARN }, START_US + SECOND);
    expect(subscriber.texts).toHaveLength(1);
    subscriber.until(START_US + 6 * SECOND - 1);
    expect(subscriber.texts).toHaveLength(1);
    subscriber.until(START_US + 6 * SECOND);
    expect(subscriber.texts).toHaveLength(2);
  });

  it('is not limited where read limits are off', () => {
    const { service, ConsumerARN } = world({ limits: ['control'] });
    backlog(service, 160);
    expect(bytesBy(subscribe(service, { ConsumerARN })).at(-1)).toEqual([0, 10 * MIB]);
  });
});

describe('a second subscription', () => {
  it('is refused by the rate within 1 s, by the first one within 5 s, and then takes over', () => {
    const { service, ConsumerARN } = world();
    const first = subscribe(service, { ConsumerARN });
    const again = (us: number): Subscriber | Answered =>
      trySubscribe(service, { ConsumerARN }, START_US + us);
    expect(refusal(again(SECOND - 1))).toEqual([400, 'LimitExceededException']);
    expect(refusal(again(SECOND))).toEqual([400, 'ResourceInUseException']);
    expect(refusal(again(SECOND + 1))).toEqual([400, 'LimitExceededException']);
    expect(refusal(again(3 * SECOND))).toEqual([400, 'ResourceInUseException']);
    expect(first.until(START_US + 5 * SECOND - 1).isOver).toBe(false);
    const second = again(5 * SECOND) as Subscriber;
    expect(second).toBeInstanceOf(Subscriber);
    first.until(START_US + 5 * SECOND);
    expect(first.isOver).toBe(true);
    expect(first.exception).toMatchObject({
      headers: { ':exception-type': 'ResourceInUseException', ':message-type': 'exception' },
      body: { message: `Another active subscription exists for this consumer: 000000000000:s:${SHARD_0}:c` },
    });
    put(service, ['a'], START_US + 6 * SECOND);
    expect(second.until(START_US + 6 * SECOND).texts).toEqual(['a']);
    expect(first.until(START_US + 7 * SECOND).texts).toEqual([]);
  });

  it('is refused within 5 s also where the client of the first has gone', () => {
    const { service, ConsumerARN } = world();
    subscribe(service, { ConsumerARN }).source.close();
    expect(refusal(trySubscribe(service, { ConsumerARN }, START_US + 2 * SECOND))[1]).toBe(
      'ResourceInUseException',
    );
    expect(trySubscribe(service, { ConsumerARN }, START_US + 5 * SECOND)).toBeInstanceOf(Subscriber);
  });

  it('is another matter for another shard, and for another consumer', () => {
    const { service, ConsumerARN } = world({}, 2);
    const first = subscribe(service, { ConsumerARN });
    subscribe(service, { ConsumerARN, ShardId: 'shardId-000000000001' });
    subscribe(service, { ConsumerARN: register(service, 'other') });
    expect(first.until(START_US + SECOND).isOver).toBe(false);
  });

  it('takes over at once where read limits are off', () => {
    const { service, ConsumerARN } = world({ limits: ['write'] });
    const first = subscribe(service, { ConsumerARN });
    subscribe(service, { ConsumerARN });
    expect(first.until(START_US).exception).toBeDefined();
  });
});

describe('a subscription ends with an exception', () => {
  it('when its stream is deleted', () => {
    const { service, ConsumerARN } = world();
    const subscriber = subscribe(service, { ConsumerARN });
    call(service, 'DeleteStream', { StreamName: 's', EnforceConsumerDeletion: true }, START_US + SECOND);
    expect(subscriber.isWoken).toBe(true);
    expect(subscriber.until(START_US + SECOND).exception?.headers[':exception-type']).toBe(
      'ResourceNotFoundException',
    );
    expect(subscriber.isOver).toBe(true);
  });

  it('when its stream was made anew under the same name', () => {
    const { service, ConsumerARN } = world();
    const subscriber = subscribe(service, { ConsumerARN });
    call(service, 'DeleteStream', { StreamName: 's', EnforceConsumerDeletion: true }, START_US + SECOND);
    call(service, 'CreateStream', { StreamName: 's', ShardCount: 1 }, START_US + 2 * SECOND);
    put(service, ['not yours'], START_US + 3 * SECOND);
    expect(subscriber.until(START_US + 3 * SECOND).texts).toEqual([]);
    expect(subscriber.exception).toBeDefined();
  });

  it('when its consumer is deregistered', () => {
    const { service, ConsumerARN } = world({ deleteMs: 1000 });
    const subscriber = subscribe(service, { ConsumerARN });
    call(service, 'DeregisterStreamConsumer', { ConsumerARN }, START_US + SECOND);
    expect(subscriber.isWoken).toBe(true);
    expect(subscriber.until(START_US + SECOND).exception?.body.message).toContain('Consumer c');
  });
});

describe('SubscribeToShard refuses', () => {
  const REFUSED: readonly [why: string, wanted: object, type: string][] = [
    ['a consumer that is not there', { ConsumerARN: `${STREAM}/consumer/x:1` }, 'ResourceNotFoundException'],
    ['a consumer of no stream', { ConsumerARN: `${STREAM}x/consumer/c:1` }, 'ResourceNotFoundException'],
    ['what is no consumer', { ConsumerARN: STREAM }, 'ValidationException'],
    ['a shard that is not there', { ShardId: 'shardId-000000000007' }, 'ResourceNotFoundException'],
    ['no position', { StartingPosition: null }, 'ValidationException'],
    ['a position without a type', { StartingPosition: {} }, 'ValidationException'],
    ['a position of another type', { StartingPosition: { Type: 'NEWEST' } }, 'ValidationException'],
    ['a position of another form', { StartingPosition: 'LATEST' }, 'SerializationException'],
    [
      'a type without its number',
      { StartingPosition: { Type: 'AT_SEQUENCE_NUMBER' } },
      'InvalidArgumentException',
    ],
    [
      'a number that it does not want',
      { StartingPosition: { Type: 'LATEST', SequenceNumber: '0' } },
      'InvalidArgumentException',
    ],
    [
      'a number of nothing',
      { StartingPosition: { Type: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: '12' } },
      'InvalidArgumentException',
    ],
    ['a type without its time', { StartingPosition: { Type: 'AT_TIMESTAMP' } }, 'InvalidArgumentException'],
    [
      'a time to come',
      { StartingPosition: { Type: 'AT_TIMESTAMP', Timestamp: START_US / 1e6 + 1 } },
      'InvalidArgumentException',
    ],
    ['to carry out a dry run', { DryRun: true }, 'DryRunOperationException'],
  ];

  it.each(REFUSED)('%s', (_, wanted, type) => {
    const { service, ConsumerARN } = world();
    expect(refusal(trySubscribe(service, { ConsumerARN, ...wanted }))).toEqual([400, type]);
    // What was refused so has cost no turn.
    expect(trySubscribe(service, { ConsumerARN })).toBeInstanceOf(Subscriber);
  });

  it('a consumer that is not ACTIVE yet, or not any more', () => {
    const { service, ConsumerARN } = world({ createMs: 1000, deleteMs: 1000 });
    expect(refusal(trySubscribe(service, { ConsumerARN }))[1]).toBe('ResourceInUseException');
    subscribe(service, { ConsumerARN }, START_US + SECOND);
    call(service, 'DeregisterStreamConsumer', { ConsumerARN }, START_US + 10 * SECOND);
    expect(refusal(trySubscribe(service, { ConsumerARN }, START_US + 10 * SECOND))[1]).toBe(
      'ResourceInUseException',
    );
    expect(refusal(trySubscribe(service, { ConsumerARN }, START_US + 11 * SECOND))[1]).toBe(
      'ResourceNotFoundException',
    );
  });
});

describe('a subscription in CBOR', () => {
  it('has bytes for data and milliseconds for times, in events of that type', () => {
    const { service, ConsumerARN } = world();
    put(service, ['a']);
    const cbor = 'application/x-amz-cbor-1.1';
    const headers = {
      ...SIGNED,
      'content-type': cbor,
      'x-amz-target': 'Kinesis_20131202.SubscribeToShard',
    };
    const input = { ConsumerARN, ShardId: SHARD_0, StartingPosition: { Type: 'TRIM_HORIZON' } };
    const request = { method: 'POST', path: '/', headers, body: encodeCbor(input) };
    const { events, headers: answered } = service.handle(request, START_US);
    expect(answered['content-type']).toBe('application/vnd.amazon.eventstream');
    const codec = new EventStreamCodec(
      (bytes) => Buffer.from(bytes as Uint8Array).toString(),
      (text) => Buffer.from(text),
    );
    const [first, second] = [0, 1].map(() => {
      const { headers: types, body } = codec.decode(events?.next(START_US).bytes ?? Buffer.alloc(0));
      expect(types[':content-type'].value).toBe(cbor);
      return decodeCbor(Buffer.from(body));
    });
    expect(first).toEqual({});
    expect(second).toMatchObject({
      MillisBehindLatest: 0,
      Records: [
        { Data: Buffer.from('a'), PartitionKey: 'key', ApproximateArrivalTimestamp: START_US / 1000 },
      ],
    });
  });
});

describe('the metrics of a subscription', () => {
  it('count calls, events, records and bytes of the consumer', () => {
    const { service, ConsumerARN } = world();
    put(service, ['abc', 'def']);
    const subscriber = subscribe(service, { ConsumerARN });
    trySubscribe(service, { ConsumerARN }, START_US + SECOND / 2);
    trySubscribe(service, { ConsumerARN }, START_US + 2 * SECOND);
    subscriber.until(START_US + 5 * SECOND);
    const names = [
      'SubscribeToShard.Success',
      'SubscribeToShard.RateExceeded',
      'SubscribeToShardEvent.Success',
      'SubscribeToShardEvent.Records',
      'SubscribeToShardEvent.Bytes',
    ];
    const Dimensions = [
      { Name: 'StreamName', Value: 's' },
      { Name: 'ConsumerName', Value: 'c' },
    ];
    const MetricDataQueries = names.map((MetricName, i) => ({
      Id: `m${i}`,
      MetricStat: { Metric: { Namespace: 'AWS/Kinesis', MetricName, Dimensions }, Period: 60, Stat: 'Sum' },
    }));
    const wanted = { MetricDataQueries, StartTime: START_SEC, EndTime: START_SEC + 60 };
    const { body } = ask(service, 'GetMetricData', wanted, START_US + 2 * MINUTE_US);
    // Two records of 3 bytes with keys of 3, in the first of two events.
    expect(body.MetricDataResults.map(({ Values }) => Values)).toEqual([[1], [1], [2], [2], [12]]);
  });
});

describe('a fault of SubscribeToShard', () => {
  it('refuses it like any other call, and has cost no turn', () => {
    const rule = '{ operations: [SubscribeToShard], after: 0s, duration: 1s, error: LimitExceededException }';
    const { service, ConsumerARN } = world({ faults: parseFaults(`faults:\n  - ${rule}\n`, 'f.yaml') });
    expect(refusal(trySubscribe(service, { ConsumerARN }))).toEqual([400, 'LimitExceededException']);
    subscribe(service, { ConsumerARN }, START_US + SECOND);
  });
});
