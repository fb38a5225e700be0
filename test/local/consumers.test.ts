import { describe, expect, it } from 'vitest';
import type { LocalService } from '../../src/local/local-service.ts';
import { call, serviceWith, START_US, type ReplyBody } from './client.ts';

const MS = 1000;
const StreamARN = 'arn:aws:kinesis:us-east-1:000000000000:stream/s';

function asker(service: LocalService): (ms: number, operation: string, input?: object) => ReplyBody {
  return (ms, operation, input = {}) =>
    call(service, operation, { StreamARN, ...input }, START_US + ms * MS).body;
}

function stream(options = {}): ReturnType<typeof asker> {
  return asker(serviceWith([{ name: 's', shards: 1 }], options));
}

describe('a consumer', () => {
  it('is CREATING, ACTIVE, DELETING and gone, by either of its names', () => {
    const at = stream({ createMs: 100, deleteMs: 200 });
    const { Consumer } = at(0, 'RegisterStreamConsumer', { ConsumerName: 'c' });
    expect(Consumer).toEqual({
      ConsumerName: 'c',
      ConsumerARN: `${StreamARN}/consumer/c:${START_US / 1e6}`,
      ConsumerStatus: 'CREATING',
      ConsumerCreationTimestamp: START_US / 1e6,
    });
    const { ConsumerARN } = Consumer;
    const status = (ms: number): unknown[] =>
      [{ ConsumerName: 'c' }, { StreamARN: undefined, ConsumerARN }].map((input) => {
        const body = at(ms, 'DescribeStreamConsumer', input);
        return body.__type ?? body.ConsumerDescription.ConsumerStatus;
      });
    expect(status(99)).toEqual(['CREATING', 'CREATING']);
    expect(status(100)).toEqual(['ACTIVE', 'ACTIVE']);
    expect(at(100, 'DescribeStreamSummary').StreamDescriptionSummary).toMatchObject({ ConsumerCount: 1 });
    expect(at(500, 'DeregisterStreamConsumer', { StreamARN: undefined, ConsumerARN })).toEqual({});
    expect(status(699)).toEqual(['DELETING', 'DELETING']);
    expect(status(700)).toEqual(['ResourceNotFoundException', 'ResourceNotFoundException']);
    expect(at(700, 'RegisterStreamConsumer', { ConsumerName: 'c' }).Consumer.ConsumerStatus).toBe('CREATING');
  });

  it('is refused a name that is taken, a stream that is not there, and half a reference', () => {
    const at = stream();
    at(0, 'RegisterStreamConsumer', { ConsumerName: 'c' });
    expect(at(0, 'RegisterStreamConsumer', { ConsumerName: 'c' })).toEqual({
      __type: 'ResourceInUseException',
      message: `Consumer c under stream ${StreamARN} already exists for account 000000000000.`,
    });
    const missing = { StreamARN: `${StreamARN}x`, ConsumerName: 'c' };
    expect(at(0, 'RegisterStreamConsumer', missing).__type).toBe('ResourceNotFoundException');
    expect(at(0, 'DescribeStreamConsumer', { ConsumerName: 'd' })).toEqual({
      __type: 'ResourceNotFoundException',
      message: 'Consumer d, account 000000000000 not found.',
    });
    expect(at(0, 'DescribeStreamConsumer').__type).toBe('InvalidArgumentException');
    const other = { ConsumerName: 'd', ConsumerARN: `${StreamARN}/consumer/c:${START_US / 1e6}` };
    expect(at(0, 'DescribeStreamConsumer', other).__type).toBe('InvalidArgumentException');
    expect(at(0, 'DescribeStreamConsumer', { ConsumerARN: 'arn:aws:c' }).__type).toBe('ValidationException');
    expect(at(0, 'RegisterStreamConsumer', { ConsumerName: 'a b' }).__type).toBe('ValidationException');
  });

  it('comes five at a time, and twenty to a stream', () => {
    const at = stream();
    const register = (ms: number, n: number): string | undefined =>
      at(ms, 'RegisterStreamConsumer', { ConsumerName: `c${n}` }).__type;
    expect([0, 1, 2, 3, 4].map((n) => register(0, n))).toEqual(Array(5).fill(undefined));
    expect(register(499, 5)).toBe('LimitExceededException');
    for (let n = 5; n < 20; n++) expect(register(n * 1000, n)).toBeUndefined();
    expect(register(60_000, 20)).toBe('LimitExceededException');
    at(60_000, 'DeregisterStreamConsumer', { ConsumerName: 'c7' });
    expect([register(60_499, 20), register(61_500, 20)]).toEqual(['LimitExceededException', undefined]);
  });

  it('comes fifty to an on-demand stream of a committed account', () => {
    const service = serviceWith([{ name: 's', shards: 1, mode: 'ON_DEMAND' }], { createMs: 0 });
    const at = asker(service);
    const commitment = { MinimumThroughputBillingCommitment: { Status: 'ENABLED' } };
    call(service, 'UpdateAccountSettings', commitment);
    const types = Array.from(
      { length: 51 },
      (_, n) => at(n * 1000, 'RegisterStreamConsumer', { ConsumerName: `c${n}` }).__type,
    );
    expect(types).toEqual([...Array<undefined>(50).fill(undefined), 'LimitExceededException']);
  });

  it('is listed by name, page by page', () => {
    const at = stream({ createMs: 0 });
    for (const name of ['d', 'b', 'a', 'e', 'c']) at(0, 'RegisterStreamConsumer', { ConsumerName: name });
    const names: string[] = [];
    for (let NextToken: string | undefined, first = true; first || NextToken !== undefined; first = false) {
      const body = at(0, 'ListStreamConsumers', { MaxResults: 2, NextToken });
      names.push(...body.Consumers.map(({ ConsumerName }) => ConsumerName));
      NextToken = body.NextToken;
    }
    expect(names).toEqual(['a', 'b', 'c', 'd', 'e']);
    const { NextToken } = at(1000, 'ListStreamConsumers', { MaxResults: 2 });
    expect(at(302_000, 'ListStreamConsumers', { NextToken }).__type).toBe('ExpiredNextTokenException');
    expect(at(302_000, 'ListStreamConsumers', { NextToken: 'eA==' }).__type).toBe('InvalidArgumentException');
    const earlier = { StreamCreationTimestamp: START_US / 1e6 - 5 };
    expect(at(302_000, 'ListStreamConsumers', earlier).__type).toBe('ResourceNotFoundException');
  });

  it('has tags and a policy of its own', () => {
    const at = stream();
    const { Consumer } = at(0, 'RegisterStreamConsumer', { ConsumerName: 'c', Tags: { a: '1' } });
    const of = { StreamARN: undefined, ResourceARN: Consumer.ConsumerARN };
    at(0, 'TagResource', { ...of, Tags: { b: '2' } });
    expect(at(0, 'ListTagsForResource', of).Tags.map(({ Key }) => Key)).toEqual(['a', 'b']);
    expect(at(0, 'ListTagsForStream').Tags).toEqual([]);
    at(0, 'PutResourcePolicy', { ...of, Policy: '{}' });
    expect(at(0, 'DeleteResourcePolicy', of).__type).toBeUndefined();
    const unknown = { ...of, ResourceARN: `${StreamARN}/consumer/d:1` };
    expect(at(0, 'ListTagsForResource', unknown).message).toBe('Consumer d, account 000000000000 not found.');
  });

  it('keeps its stream from being deleted, unless that is wanted', () => {
    const at = stream();
    at(0, 'RegisterStreamConsumer', { ConsumerName: 'c' });
    expect(at(0, 'DeleteStream').__type).toBe('ResourceInUseException');
    const leaving = stream();
    leaving(0, 'RegisterStreamConsumer', { ConsumerName: 'c' });
    leaving(0, 'DeregisterStreamConsumer', { ConsumerName: 'c' });
    expect(leaving(0, 'DeleteStream').__type).toBeUndefined();
    expect(at(0, 'DeleteStream', { EnforceConsumerDeletion: true }).__type).toBeUndefined();
  });
});
