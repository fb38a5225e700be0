import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { makerOf, ownershipOf, ownTags, thisProcess } from '../../../src/run/aws/ownership.ts';
import { checkStream, partsOf, referenceTo } from '../../../src/run/aws/stream-reference.ts';

describe('a stream as users name it', () => {
  const arn = 'arn:aws-cn:kinesis:cn-north-1:123456789012:stream/orders.v2_a-b';

  it('is an ARN with region, account and name', () => {
    expect(partsOf(arn)).toEqual({ region: 'cn-north-1', account: '123456789012', name: 'orders.v2_a-b' });
    expect(referenceTo(arn)).toEqual({ StreamARN: arn });
  });

  it('or a name', () => {
    expect(partsOf('orders')).toBeUndefined();
    expect(referenceTo(checkStream('orders'))).toEqual({ StreamName: 'orders' });
  });

  it.each([
    '',
    'or ders',
    'a/b',
    'x'.repeat(129),
    `${arn}/consumer/c:1`,
    'arn:aws:kinesis:us-east-1:1:stream/a',
  ])('and not "%s"', (text) => {
    expect(() => checkStream(text)).toThrow('neither the name nor the ARN');
  });
});

describe('what is ours', () => {
  const own = { runId: '0f'.repeat(16), createdUs: 1_763_600_000_000_000, expiresUs: 1_763_700_000_000_000 };

  it('is known by its tags again', () => {
    const tags = ownTags({ ...own, process: 'host/1' });
    expect(ownershipOf('shardwise-0f0f', tags, 5)).toEqual({ ...own, process: 'host/1' });
  });

  it('without a time of creation counts from when AWS made it', () => {
    const tags = Object.fromEntries(
      Object.entries(ownTags(own)).filter(([key]) => key !== 'shardwise:created'),
    );
    expect(ownershipOf('shardwise-0f0f', tags, 5)?.createdUs).toBe(5);
  });

  it.each([
    ['another name', 'orders', {}],
    ['no run', 'shardwise-a', { 'shardwise:run': undefined }],
    ['a run that is none', 'shardwise-a', { 'shardwise:run': 'mine' }],
    ['no expiry', 'shardwise-a', { 'shardwise:expires': undefined }],
    ['an expiry that is none', 'shardwise-a', { 'shardwise:expires': 'soon' }],
  ])('is not what has %s', (_, name, change) => {
    const tags = Object.fromEntries(
      Object.entries({ ...ownTags(own), ...change }).filter(([, value]) => value !== undefined),
    ) as Record<string, string>;
    expect(ownershipOf(name, tags, 5)).toBeUndefined();
  });

  it('has a maker that is alive, gone or unknown to this machine', () => {
    expect(makerOf({ ...own, process: thisProcess() })).toBe('alive');
    // Beyond every number that Linux gives.
    expect(makerOf({ ...own, process: `${thisProcess().split('/')[0]}/99999999` })).toBe('gone');
    expect(makerOf({ ...own, process: `not-${hostname()}/1` })).toBe('elsewhere');
    expect(makerOf(own)).toBe('elsewhere');
    expect(makerOf({ ...own, process: `${thisProcess().split('/')[0]}/-1` })).toBe('elsewhere');
  });

  it('has tags that AWS takes', () => {
    const tags = ownTags({ ...own, process: thisProcess() });
    for (const text of [...Object.keys(tags), ...Object.values(tags)])
      expect(text).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u);
  });
});
