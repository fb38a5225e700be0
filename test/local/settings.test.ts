import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StreamSpec } from '../../src/local/local-service.ts';
import { call, record, serviceWith, START_US, type ReplyBody } from './client.ts';

const MS = 1000;
const HOUR_MS = 3_600_000;
const ARN = 'arn:aws:kinesis:us-east-1:000000000000:stream/s';

interface Asked {
  /** Calls an operation some milliseconds after the start, with only what is given. */
  readonly ask: (ms: number, operation: string, input?: object) => ReplyBody;
  /** The same, of the stream 's'. */
  readonly at: (ms: number, operation: string, input?: object) => ReplyBody;
}

function stream(spec: Partial<StreamSpec> = {}, options = {}): Asked {
  const service = serviceWith([{ name: 's', shards: 2, ...spec }], options);
  const ask: Asked['ask'] = (ms, operation, input = {}) =>
    call(service, operation, input, START_US + ms * MS).body;
  return { ask, at: (ms, operation, input = {}) => ask(ms, operation, { StreamName: 's', ...input }) };
}

const summary = ({ at }: Asked, ms: number): object =>
  at(ms, 'DescribeStreamSummary').StreamDescriptionSummary ?? {};

describe('the retention period', () => {
  it('is increased and decreased, and refused the wrong way round, in AWS’s words', () => {
    const { at } = stream();
    const message = (operation: string, RetentionPeriodHours: number): string | undefined =>
      at(0, `${operation}StreamRetentionPeriod`, { RetentionPeriodHours }).message;
    expect(message('Increase', 23)).toBe(
      'Minimum allowed retention period is 24 hours. Requested retention period (23 hours) is too short.',
    );
    expect(message('Increase', 8761)).toBe(
      'Maximum allowed retention period is 8760 hours. Requested retention period (8761 hours) is too long.',
    );
    expect([message('Increase', 24), message('Increase', 48)]).toEqual([undefined, undefined]);
    expect(message('Increase', 47)).toBe(
      'Requested retention period (47 hours) for stream s can not be shorter than existing retention period (48 ' +
        'hours). Use DecreaseRetentionPeriod API.',
    );
    const { at: other } = stream();
    expect(other(0, 'DecreaseStreamRetentionPeriod', { RetentionPeriodHours: 25 }).message).toMatch(
      /can not be longer than existing retention period \(24 hours\)\. Use IncreaseRetentionPeriod API\.$/,
    );
    expect(other(0, 'IncreaseStreamRetentionPeriod').message).toMatch(/Value null at 'retentionPeriodHours'/);
  });

  it('brings back no record that was too old, and forgets at once what is too old now', () => {
    const { at, ask } = stream({ shards: 1, retentionHours: 48 });
    const count = (ms: number): number => {
      const start = { ShardId: 'shardId-0', ShardIteratorType: 'TRIM_HORIZON' };
      const { ShardIterator } = at(ms, 'GetShardIterator', start);
      return ask(ms, 'GetRecords', { ShardIterator }).Records.length;
    };
    at(0, 'PutRecord', record('k'));
    at(20 * HOUR_MS, 'PutRecord', record('k'));
    expect(count(30 * HOUR_MS)).toBe(2);
    at(30 * HOUR_MS, 'DecreaseStreamRetentionPeriod', { RetentionPeriodHours: 24 });
    expect(count(30 * HOUR_MS)).toBe(1);
    at(31 * HOUR_MS, 'IncreaseStreamRetentionPeriod', { RetentionPeriodHours: 100 });
    expect([count(32 * HOUR_MS), count(60 * HOUR_MS)]).toEqual([1, 1]);
  });

  it('brings back no shard either', () => {
    const { at } = stream({ shards: 1, retentionHours: 48 });
    const ids = (ms: number): number => at(ms, 'ListShards').Shards.length;
    at(0, 'SplitShard', { ShardToSplit: 'shardId-000000000000', NewStartingHashKey: '99' });
    expect(ids(30 * HOUR_MS)).toBe(3);
    at(30 * HOUR_MS, 'DecreaseStreamRetentionPeriod', { RetentionPeriodHours: 24 });
    expect(ids(30 * HOUR_MS)).toBe(2);
    at(30 * HOUR_MS, 'IncreaseStreamRetentionPeriod', { RetentionPeriodHours: 48 });
    expect(ids(31 * HOUR_MS)).toBe(2);
  });
});

describe('the mode of a stream', () => {
  const toMode = (StreamMode: string, more = {}): object => ({
    StreamARN: ARN,
    StreamModeDetails: { StreamMode },
    ...more,
  });

  it('changes while the stream is UPDATING, and keeps the shards', () => {
    const asked = stream();
    expect(asked.ask(0, 'UpdateStreamMode', toMode('ON_DEMAND'))).toEqual({});
    expect(summary(asked, 499)).toMatchObject({
      StreamStatus: 'UPDATING',
      StreamModeDetails: { StreamMode: 'PROVISIONED' },
    });
    expect(summary(asked, 500)).toMatchObject({
      StreamStatus: 'ACTIVE',
      StreamModeDetails: { StreamMode: 'ON_DEMAND' },
      OpenShardCount: 2,
    });
  });

  it('changes twice in any 24 hours', () => {
    const { ask } = stream({}, { reshardMs: 0 });
    const day = 24 * HOUR_MS;
    const limit = 'LimitExceededException';
    for (const [ms, mode, type] of [
      [0, 'ON_DEMAND', undefined],
      [1000, 'PROVISIONED', undefined],
      [2000, 'ON_DEMAND', limit],
      [day - 1, 'ON_DEMAND', limit],
      [day, 'ON_DEMAND', undefined],
      [day + 999, 'PROVISIONED', limit],
      [day + 1000, 'PROVISIONED', undefined],
    ] as const)
      expect(ask(ms, 'UpdateStreamMode', toMode(mode)).__type, String(ms)).toBe(type);
  });

  it('may be asked for again at any time: the mode that it has is no switch', () => {
    const asked = stream();
    const { ask } = asked;
    const again = (ms: number, mode: string): void => {
      for (let i = 0; i < 5; i++) expect(ask(ms, 'UpdateStreamMode', toMode(mode))).toEqual({});
      expect(summary(asked, ms)).toMatchObject({
        StreamStatus: 'ACTIVE',
        StreamModeDetails: { StreamMode: mode },
      });
    };
    again(0, 'PROVISIONED');
    expect(ask(1000, 'UpdateStreamMode', toMode('ON_DEMAND'))).toEqual({});
    again(2000, 'ON_DEMAND');
    expect(ask(3000, 'UpdateStreamMode', toMode('PROVISIONED'))).toEqual({});
    again(4000, 'PROVISIONED');
    expect(ask(5000, 'UpdateStreamMode', toMode('ON_DEMAND')).message).toBe(
      'Stream s under account 000000000000 has switched its mode 2 times within a rolling 24 hour period.',
    );
    again(6000, 'PROVISIONED');
  });

  it('is refused where it does not fit', () => {
    const refused = (asked: Asked, input: object): string | undefined =>
      asked.ask(0, 'UpdateStreamMode', input).__type;
    expect(refused(stream(), { StreamModeDetails: { StreamMode: 'ON_DEMAND' } })).toBe('ValidationException');
    expect(refused(stream(), toMode('SOME'))).toBe('ValidationException');
    expect(refused(stream(), toMode('ON_DEMAND', { WarmThroughputMiBps: 5 }))).toBe('ValidationException');
    const spread = stream({ mode: 'ON_DEMAND', spread: true });
    expect(refused(spread, toMode('PROVISIONED'))).toBe('InvalidArgumentException');
    const busy = stream();
    busy.at(0, 'UpdateShardCount', { TargetShardCount: 3, ScalingType: 'UNIFORM_SCALING' });
    expect(refused(busy, toMode('ON_DEMAND'))).toBe('ResourceInUseException');
  });

  it('is on demand for at most 50 streams of an account', () => {
    const service = serviceWith(
      Array.from({ length: 49 }, (_, i) => ({ name: `d${i}`, shards: 1, mode: 'ON_DEMAND' as const })),
    );
    const create = (StreamName: string): string | undefined =>
      call(service, 'CreateStream', { StreamName, StreamModeDetails: { StreamMode: 'ON_DEMAND' } }).body
        .__type;
    expect([create('a'), create('b')]).toEqual([undefined, 'LimitExceededException']);
    expect(call(service, 'DescribeLimits', {}).body).toEqual({
      ShardLimit: 20_000,
      OpenShardCount: 53,
      OnDemandStreamCount: 50,
      OnDemandStreamCountLimit: 50,
    });
  });
});

describe('the commitment of an account and the warm throughput it allows', () => {
  const commit = (Status: string): object => ({ MinimumThroughputBillingCommitment: { Status } });

  it('is on for at least a day', () => {
    const { ask } = stream();
    const status = (ms: number): unknown => ask(ms, 'DescribeAccountSettings');
    expect(status(0)).toEqual(commit('DISABLED'));
    const start = START_US / 1e6;
    const on = { Status: 'ENABLED', StartedAt: start, EarliestAllowedEndAt: start + 86_400 };
    expect(ask(0, 'UpdateAccountSettings', commit('ENABLED'))).toEqual({
      MinimumThroughputBillingCommitment: on,
    });
    expect(ask(1000, 'UpdateAccountSettings', commit('DISABLED'))).toEqual({
      MinimumThroughputBillingCommitment: { ...on, Status: 'ENABLED_UNTIL_EARLIEST_ALLOWED_END' },
    });
    expect(status(86_399_999)).toMatchObject(commit('ENABLED_UNTIL_EARLIEST_ALLOWED_END'));
    expect(status(86_400_000)).toEqual({
      MinimumThroughputBillingCommitment: { Status: 'DISABLED', StartedAt: start, EndedAt: start + 86_400 },
    });
  });

  it('lets an on-demand stream be kept warm, up to 10 GiB/s', () => {
    const asked = stream({ mode: 'ON_DEMAND' });
    const { ask, at } = asked;
    const warm = (ms: number, WarmThroughputMiBps: number): ReplyBody =>
      at(ms, 'UpdateStreamWarmThroughput', { WarmThroughputMiBps });
    expect(warm(0, 100).__type).toBe('ValidationException');
    ask(0, 'UpdateAccountSettings', commit('ENABLED'));
    expect(warm(0, 10_241).__type).toBe('LimitExceededException');
    expect(warm(0, 100)).toEqual({
      StreamARN: ARN,
      StreamName: 's',
      WarmThroughput: { TargetMiBps: 100, CurrentMiBps: 0 },
    });
    expect(summary(asked, 0)).toMatchObject({
      StreamStatus: 'UPDATING',
      WarmThroughput: { TargetMiBps: 100, CurrentMiBps: 0 },
    });
    expect(summary(asked, 500)).toMatchObject({ WarmThroughput: { TargetMiBps: 100, CurrentMiBps: 100 } });
    expect(stream().at(0, 'UpdateStreamWarmThroughput', { WarmThroughputMiBps: 1 }).message).toMatch(
      /ON_DEMAND/,
    );
  });
});

describe('the size of records', () => {
  const to = (MaxRecordSizeInKiB: number): object => ({ StreamARN: ARN, MaxRecordSizeInKiB });
  const put = (bytes: number): object => record('k', 'x'.repeat(bytes));

  it('grows while the stream is UPDATING, and the byte burst with it', () => {
    const asked = stream({ shards: 1 });
    const { ask, at } = asked;
    ask(0, 'UpdateMaxRecordSize', to(3072));
    expect(at(499, 'PutRecord', put(2_000_000)).__type).toBe('ValidationException');
    expect(summary(asked, 500)).toMatchObject({ MaxRecordSizeInKiB: 3072, StreamStatus: 'ACTIVE' });
    // The bucket was full with 1 MiB: another one takes a second.
    expect(at(1000, 'PutRecord', put(2_000_000)).__type).toBe('ProvisionedThroughputExceededException');
    expect(at(1500, 'PutRecord', put(2_000_000)).__type).toBeUndefined();
    expect(at(10_000, 'PutRecord', put(3 * 1_048_576 - 1)).SequenceNumber).toMatch(/^49/);
    expect(at(10_000, 'PutRecord', put(1)).__type).toBe('ProvisionedThroughputExceededException');
  });

  it('shrinks, and the burst with it', () => {
    const { ask, at } = stream({ shards: 1, maxRecordBytes: 10 * 1_048_576 });
    ask(0, 'UpdateMaxRecordSize', to(1024));
    const accepted = [1, 2, 3].filter(() => at(1000, 'PutRecord', put(1_000_000)).__type === undefined);
    expect(accepted).toHaveLength(1);
  });

  it.each([1023, 10_241])('is not %d KiB', (size) => {
    expect(stream().ask(0, 'UpdateMaxRecordSize', to(size)).__type).toBe('ValidationException');
  });
});

describe('records that the service spreads', () => {
  const AUTO = { StreamARN: ARN, RecordDistributionStrategy: 'AUTO' };

  it('need no key, go to all shards alike, and have none when read', () => {
    const { ask, at } = stream({ shards: 4, mode: 'ON_DEMAND' }, { limits: ['write'] });
    expect(at(0, 'PutRecord', { Data: 'eA==' }).message).toMatch(/Value null at 'partitionKey'/);
    expect(at(0, 'PutRecords', { Records: [{ Data: 'eA==' }] }).message).toMatch(
      /Value null at 'records.1.member.partitionKey'/,
    );
    expect(ask(0, 'UpdateStreamRecordDistributionStrategy', AUTO)).toEqual({});
    expect(at(0, 'DescribeStreamSummary').StreamDescriptionSummary).toMatchObject({
      RecordDistributionStrategy: 'AUTO',
      StreamStatus: 'ACTIVE',
    });
    // With keys it is the fast way, with none the plain one; an explicit hash key is as little heeded as a key.
    const Records = [
      ...Array.from({ length: 20 }, () => ({ ...record('same'), ExplicitHashKey: '0' })),
      ...Array.from({ length: 20 }, () => ({ Data: 'eA==' })),
    ];
    const keyed = at(0, 'PutRecords', { Records: Records.slice(0, 20) }).Records;
    const keyless = ask(0, 'PutRecords', { StreamARN: ARN, Records: Records.slice(20) }).Records;
    const counts = new Map<string, number>();
    for (const { ShardId } of [...keyed, ...keyless])
      counts.set(ShardId ?? '', (counts.get(ShardId ?? '') ?? 0) + 1);
    expect([...counts.values()]).toEqual([10, 10, 10, 10]);
    const start = { ShardId: 'shardId-0', ShardIteratorType: 'TRIM_HORIZON' };
    const { ShardIterator } = at(0, 'GetShardIterator', start);
    const read = ask(0, 'GetRecords', { ShardIterator }).Records.map((one) => 'PartitionKey' in one);
    expect(read).toEqual([...Array<boolean>(5).fill(true), ...Array<boolean>(5).fill(false)]);
    expect(at(0, 'PutRecord', { Data: 'eA==' }).ShardId).toMatch(/^shardId-/);
  });

  it('take no SequenceNumberForOrdering, and want a stream on demand', () => {
    const { ask, at } = stream({ mode: 'ON_DEMAND', spread: true });
    const { SequenceNumber } = at(0, 'PutRecord', record('k'));
    expect(at(0, 'PutRecord', { ...record('k'), SequenceNumberForOrdering: SequenceNumber }).__type).toBe(
      'InvalidArgumentException',
    );
    ask(0, 'UpdateStreamRecordDistributionStrategy', {
      ...AUTO,
      RecordDistributionStrategy: 'USER_PARTITION_KEY',
    });
    expect(
      at(0, 'PutRecord', { ...record('k'), SequenceNumberForOrdering: SequenceNumber }).__type,
    ).toBeUndefined();
    expect(stream().ask(0, 'UpdateStreamRecordDistributionStrategy', AUTO).__type).toBe(
      'InvalidArgumentException',
    );
    const create = { StreamName: 't', ShardCount: 1, RecordDistributionStrategy: 'AUTO' };
    expect(stream().ask(0, 'CreateStream', create).__type).toBe('InvalidArgumentException');
  });
});

describe('enhanced monitoring', () => {
  const ALL = [
    'IncomingBytes',
    'IncomingRecords',
    'OutgoingBytes',
    'OutgoingRecords',
    'WriteProvisionedThroughputExceeded',
    'ReadProvisionedThroughputExceeded',
    'IteratorAgeMilliseconds',
  ];

  it('adds and removes metrics by name or all of them, and says what was and what will be', () => {
    const { at } = stream();
    const change = (operation: string, ...ShardLevelMetrics: string[]): ReplyBody =>
      at(0, `${operation}EnhancedMonitoring`, { ShardLevelMetrics });
    expect(change('Enable', 'OutgoingBytes', 'IncomingBytes')).toEqual({
      StreamName: 's',
      StreamARN: ARN,
      CurrentShardLevelMetrics: [],
      DesiredShardLevelMetrics: ['IncomingBytes', 'OutgoingBytes'],
    });
    expect(change('Enable', 'ALL').DesiredShardLevelMetrics).toEqual(ALL);
    expect(change('Disable', 'IncomingBytes').DesiredShardLevelMetrics).toEqual(ALL.slice(1));
    expect(at(0, 'DescribeStreamSummary').StreamDescriptionSummary).toMatchObject({
      EnhancedMonitoring: [{ ShardLevelMetrics: ALL.slice(1) }],
    });
    expect(change('Disable', 'ALL').DesiredShardLevelMetrics).toEqual([]);
  });

  it('knows seven metrics', () => {
    for (const ShardLevelMetrics of [[], ['Some'], [...ALL, 'ALL']])
      expect(stream().at(0, 'EnableEnhancedMonitoring', { ShardLevelMetrics }).__type).toBe(
        'ValidationException',
      );
  });
});

describe('encryption', () => {
  const key = { EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' };

  it('is said of the stream, of writes, and of the records written meanwhile', () => {
    const asked = stream({ shards: 1 });
    const { ask, at } = asked;
    at(0, 'PutRecord', record('k', 'before'));
    expect(at(0, 'StartStreamEncryption', key)).toEqual({});
    expect(summary(asked, 499)).toMatchObject({ StreamStatus: 'UPDATING', EncryptionType: 'NONE' });
    expect(summary(asked, 500)).toMatchObject({ StreamStatus: 'ACTIVE', ...key });
    expect(at(500, 'PutRecord', record('k', 'within'))).toMatchObject({ EncryptionType: 'KMS' });
    expect(at(500, 'PutRecords', { Records: [record('k', 'within')] })).toMatchObject({
      EncryptionType: 'KMS',
    });
    at(600, 'StopStreamEncryption', key);
    const after = at(1100, 'PutRecord', record('k', 'after'));
    expect(after.EncryptionType).toBeUndefined();
    const { ShardIterator } = at(1100, 'GetShardIterator', {
      ShardId: 'shardId-0',
      ShardIteratorType: 'TRIM_HORIZON',
    });
    const types = ask(1100, 'GetRecords', { ShardIterator }).Records.map(
      (one) => (one as { EncryptionType?: string }).EncryptionType,
    );
    expect(types).toEqual([undefined, 'KMS', 'KMS', undefined]);
  });

  it('starts 25 times in any 24 hours, and only with a key', () => {
    const { at } = stream({}, { reshardMs: 0 });
    for (let n = 0; n < 25; n++) expect(at(n, 'StartStreamEncryption', key).__type).toBeUndefined();
    expect(at(86_399_999, 'StartStreamEncryption', key).__type).toBe('LimitExceededException');
    expect(at(86_400_000, 'StartStreamEncryption', key).__type).toBeUndefined();
    expect(at(86_400_000, 'StartStreamEncryption', { ...key, EncryptionType: 'NONE' }).__type).toBe(
      'InvalidArgumentException',
    );
    expect(at(86_400_000, 'StartStreamEncryption', { EncryptionType: 'KMS' }).__type).toBe(
      'ValidationException',
    );
  });
});

describe('what a stream is created with', () => {
  it('is what it has', () => {
    const { ask } = stream({}, { createMs: 0 });
    ask(0, 'UpdateAccountSettings', { MinimumThroughputBillingCommitment: { Status: 'ENABLED' } });
    const wanted = { WarmThroughputMiBps: 50, RecordDistributionStrategy: 'AUTO', Tags: { a: '1' } };
    ask(0, 'CreateStream', { StreamName: 't', StreamModeDetails: { StreamMode: 'ON_DEMAND' }, ...wanted });
    expect(ask(0, 'DescribeStreamSummary', { StreamName: 't' }).StreamDescriptionSummary).toMatchObject({
      WarmThroughput: { TargetMiBps: 50, CurrentMiBps: 50 },
      RecordDistributionStrategy: 'AUTO',
    });
    expect(ask(0, 'ListTagsForStream', { StreamName: 't' }).Tags).toEqual([{ Key: 'a', Value: '1' }]);
  });

  it('waits where five others are being created', () => {
    const { ask } = stream();
    const create = (ms: number, n: number): string | undefined =>
      ask(ms, 'CreateStream', { StreamName: `n${n}`, ShardCount: 1 }).__type;
    expect([0, 1, 2, 3, 4].map((n) => create(n * 20, n))).toEqual(Array(5).fill(undefined));
    expect([create(300, 5), create(510, 6)]).toEqual(['LimitExceededException', undefined]);
  });
});

describe('a resource policy', () => {
  it('is stored, given back, and deleted once', () => {
    const { ask } = stream();
    const Policy = '{"Version":"2012-10-17","Statement":[]}';
    expect(ask(0, 'GetResourcePolicy', { ResourceARN: ARN })).toEqual({ Policy: '{}' });
    expect(ask(0, 'PutResourcePolicy', { ResourceARN: ARN, Policy })).toEqual({});
    expect(ask(0, 'GetResourcePolicy', { ResourceARN: ARN })).toEqual({ Policy });
    expect(ask(0, 'DeleteResourcePolicy', { ResourceARN: ARN })).toEqual({});
    expect(ask(0, 'DeleteResourcePolicy', { ResourceARN: ARN }).__type).toBe('ResourceNotFoundException');
    for (const text of ['', '[]', '{', '"x"'])
      expect(ask(0, 'PutResourcePolicy', { ResourceARN: ARN, Policy: text }).__type).toBe(
        'InvalidArgumentException',
      );
    expect(ask(0, 'GetResourcePolicy', { ResourceARN: `${ARN}x` }).__type).toBe('ResourceNotFoundException');
  });
});

describe('tags', () => {
  it('behave as a sorted map, page by page, whichever operation is used', () => {
    const key = fc.string({
      minLength: 1,
      maxLength: 3,
      unit: fc.constantFrom('a', 'B', 'ü', ' ', '.', '-'),
    });
    const step = fc.oneof(
      fc.record({ add: fc.dictionary(key, fc.constantFrom('', 'x', 'y'), { minKeys: 1, maxKeys: 4 }) }),
      fc.record({ remove: fc.array(key, { minLength: 1, maxLength: 3 }) }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(step, fc.boolean()), { maxLength: 20 }), (steps) => {
        const { ask, at } = stream({}, { limits: [] });
        const expected = new Map<string, string>();
        for (const [one, byArn] of steps) {
          const reference = byArn ? { ResourceARN: ARN } : { StreamName: 's' };
          if ('add' in one) {
            ask(0, byArn ? 'TagResource' : 'AddTagsToStream', { ...reference, Tags: one.add });
            for (const [name, value] of Object.entries(one.add)) expected.set(name, value);
          } else {
            ask(0, byArn ? 'UntagResource' : 'RemoveTagsFromStream', { ...reference, TagKeys: one.remove });
            for (const name of one.remove) expected.delete(name);
          }
        }
        const tags = [...expected]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([Key, Value]) => ({ Key, Value }));
        expect(ask(0, 'ListTagsForResource', { ResourceARN: ARN })).toEqual({ Tags: tags });
        expect(at(0, 'ListTagsForStream')).toEqual({ Tags: tags, HasMoreTags: false });
        const seen: unknown[] = [];
        for (let more = true, after = {}; more;) {
          const page = at(0, 'ListTagsForStream', { Limit: 2, ...after });
          seen.push(...page.Tags);
          more = page.HasMoreTags;
          after = { ExclusiveStartTagKey: page.Tags.at(-1)?.Key };
        }
        expect(seen).toEqual(tags);
      }),
      { numRuns: 60 },
    );
  });

  it.each<[string, object, string, RegExp]>([
    [
      'none',
      {},
      'ValidationException',
      /^1 validation error detected: Value '\{\}' at 'tags' failed to satisfy constraint: Member must have length greater than or equal to 1$/,
    ],
    [
      'a long key',
      { ['k'.repeat(129)]: 'v' },
      'ValidationException',
      /Map keys must satisfy constraint: \[Member must have length less than or equal to 128, Member must have length greater than or equal to 1\]$/,
    ],
    [
      'a long value',
      { k: 'v'.repeat(257) },
      'ValidationException',
      /Map value must satisfy constraint: \[Member must have length less than or equal to 256, Member must have length greater than or equal to 0\]$/,
    ],
    [
      'a character that is not allowed',
      { 'k!': 'v' },
      'InvalidArgumentException',
      /^Some tags contain invalid characters\. Valid characters: Unicode letters, digits, white space, _ \. \/ = \+ - % @ :\.$/,
    ],
    [
      'a percent sign',
      { k: '5%' },
      'InvalidArgumentException',
      /^Failed to add tags to stream s under account 000000000000 because some tags contained illegal characters\./,
    ],
    [
      'a key that is reserved for AWS',
      { k: 'v', 'aws:k': 'v' },
      'InvalidArgumentException',
      /^Failed to add tags to stream s under account 000000000000 because the tag key aws:k begins with aws:, which is reserved for AWS\.$/,
    ],
    [
      'more than fifty',
      Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, ''])),
      'InvalidArgumentException',
      /cannot have more than 50 tags/,
    ],
    ['no map', ['a'] as object, 'SerializationException', /^Start of list found where not expected$/],
    [
      'a number',
      { k: 5 },
      'SerializationException',
      /^class java\.math\.BigDecimal can not be converted to an String$/,
    ],
  ])('are refused: %s', (_, Tags, type, message) => {
    const { __type, message: text, Message } = stream().at(0, 'AddTagsToStream', { Tags });
    expect(__type).toBe(type);
    expect(text ?? Message).toMatch(message);
  });

  it('begin with aws: in their values alone, whichever operation is used', () => {
    const { ask, at } = stream();
    const Tags = { 'aws:k': 'v' };
    const refused = 'InvalidArgumentException';
    expect(ask(0, 'TagResource', { ResourceARN: ARN, Tags }).__type).toBe(refused);
    expect(ask(0, 'UntagResource', { ResourceARN: ARN, TagKeys: ['aws:k'] }).__type).toBe(refused);
    expect(at(0, 'RemoveTagsFromStream', { TagKeys: ['k', 'aws:k'] }).__type).toBe(refused);
    expect(ask(0, 'CreateStream', { StreamName: 't', ShardCount: 1, Tags }).__type).toBe(refused);
    const consumer = { StreamARN: ARN, ConsumerName: 'c', Tags };
    expect(ask(0, 'RegisterStreamConsumer', consumer).__type).toBe(refused);
    expect(at(0, 'AddTagsToStream', { Tags: { aws: 'aws:v', 'my:aws:k': '' } })).toEqual({});
  });
});
