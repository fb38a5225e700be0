import { describe, expect, it } from 'vitest';
import { ATTEMPT } from '../../../src/model/outcome.ts';
import { ReplyReader } from '../../../src/run/send/reply-reader.ts';
import { RecordSlab } from '../../../src/traffic/record-slab.ts';

const records = new RecordSlab();
const slots = Uint32Array.from({ length: 4 }, () => records.take());
slots.forEach((slot, i) => (records.shard[slot] = i % 2));
const batch = { slots, sentUs: 0, queueUs: 0 };
const SHARDS = ['shardId-000000000000', 'shardId-000000000001'];

const stored = (i: number): object => ({ SequenceNumber: '4'.repeat(56), ShardId: SHARDS[i % 2] });
const throttled = { ErrorCode: 'ProvisionedThroughputExceededException', ErrorMessage: 'Rate exceeded' };
const internal = { ErrorCode: 'InternalFailure', ErrorMessage: 'Internal Service Failure' };

function reply(failed: number, results: readonly object[]): Buffer {
  return Buffer.from(JSON.stringify({ FailedRecordCount: failed, Records: results }));
}

const allStored = reply(0, [0, 1, 2, 3].map(stored));

describe('the reader of replies', () => {
  it('takes a reply in which nothing failed as accepted, record by record', () => {
    const reader = new ReplyReader(SHARDS);
    for (let i = 0; i < 40; i++) {
      const { outcomes, isWhole, errors, misrouted } = reader.read([allStored], batch, records);
      expect(Array.from(outcomes)).toEqual([0, 0, 0, 0]);
      expect([isWhole, errors, misrouted]).toEqual([false, [], 0]);
    }
  });

  it('reads every failure, in order, whatever came before', () => {
    const reader = new ReplyReader(SHARDS);
    for (let i = 0; i < 5; i++) reader.read([allStored], batch, records);
    const { outcomes, errors } = reader.read(
      [reply(2, [stored(0), throttled, internal, stored(3)])],
      batch,
      records,
    );
    expect(Array.from(outcomes)).toEqual([
      ATTEMPT.accepted,
      ATTEMPT.throttled,
      ATTEMPT.failed,
      ATTEMPT.accepted,
    ]);
    expect(errors).toEqual([{ code: 'InternalFailure', message: 'Internal Service Failure', records: 1 }]);
  });

  it('says the same of a reply wherever it was cut in two on its way', () => {
    for (const body of [allStored, reply(2, [stored(0), throttled, internal, stored(3)])]) {
      const reader = new ReplyReader(SHARDS);
      const whole = Array.from(new ReplyReader(SHARDS).read([body], batch, records).outcomes);
      for (let at = 0; at <= body.length; at++) {
        const chunks = [body.subarray(0, at), body.subarray(at)];
        expect(Array.from(reader.read(chunks, batch, records).outcomes)).toEqual(whole);
      }
    }
  });

  it('does not believe a reply that is too short for its records', () => {
    const reader = new ReplyReader(SHARDS);
    for (const body of [
      allStored,
      reply(0, []),
      reply(0, [stored(0)]),
      Buffer.from('{"FailedRecordCount":0,'),
    ]) {
      const { outcomes, isWhole } = reader.read([body], batch, records);
      const isGood = body === allStored;
      expect([Array.from(outcomes), isWhole]).toEqual([
        new Array(4).fill(isGood ? ATTEMPT.accepted : ATTEMPT.lost),
        !isGood,
      ]);
    }
  });

  it('counts records on other shards than ours, and looks at every reply from then on', () => {
    const reader = new ReplyReader(SHARDS);
    const moved = reply(0, [1, 0, 2, 3].map(stored));
    // A sample of the replies is enough to notice.
    const first = Array.from({ length: 20 }, () => reader.read([moved], batch, records).misrouted);
    expect(first[0]).toBe(2);
    expect(first.every((count) => count === 2)).toBe(true);
  });
});
