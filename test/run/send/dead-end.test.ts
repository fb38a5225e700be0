import { describe, expect, it } from 'vitest';
import { ATTEMPT } from '../../../src/model/outcome.ts';
import { DEAD_END_US, DeadEndWatch } from '../../../src/run/send/dead-end.ts';
import type { PutReply } from '../../../src/run/send/transport.ts';

const SEC = 1_000_000;

/** A request that failed as a whole, or one of which a single record did. */
function failed(code: string, isWhole = true, message = 'no'): PutReply {
  const errors = [{ code, message, records: 1 }];
  return { outcomes: [ATTEMPT.failed], retryable: false, isWhole, misrouted: 0, errors };
}
const STORED: PutReply = { ...failed(''), outcomes: [ATTEMPT.accepted], isWhole: false, errors: [] };
const GONE = failed('ResourceNotFoundException');

/** Replies by the second at which their requests were sent. */
function seen(...replies: readonly (readonly [number, PutReply])[]) {
  const watch = new DeadEndWatch();
  for (const [sec, reply] of replies) watch.note(sec * SEC, reply);
  return {
    on: watch.reached?.kind,
    over: watch.atTheEnd?.kind,
    sinceSec: (watch.atTheEnd?.sinceUs ?? NaN) / SEC,
  };
}

describe('a load comes to a dead end', () => {
  it('where all requests of five seconds are answered so, counted from the first of them', () => {
    expect(DEAD_END_US).toBe(5 * SEC);
    expect(seen([0, STORED], [1, GONE], [3, GONE], [5.9, GONE])).toEqual({
      ...{ on: undefined, over: 'stream-gone', sinceSec: 1 },
    });
    expect(seen([0, STORED], [1, GONE], [3, GONE], [6, GONE])).toMatchObject({
      on: 'stream-gone',
      sinceSec: 1,
    });
  });

  it('not by two requests, however far apart: a slow load may meet two bad moments', () => {
    expect(seen([1, GONE], [60, GONE])).toMatchObject({ on: undefined, over: undefined });
  });

  it('not where anything sent since was answered otherwise: stored, throttled, out of order', () => {
    const throttled = { ...failed(''), outcomes: [ATTEMPT.throttled], errors: [] };
    for (const reply of [STORED, throttled, failed('InternalFailure'), failed('ECONNRESET')])
      expect(seen([1, GONE], [3, GONE], [4, reply], [5, GONE], [6, GONE])).toMatchObject({
        on: undefined,
        over: undefined,
      });
    // A reply to what was sent before the stream went is late, and says nothing of afterwards.
    expect(seen([1, GONE], [3, GONE], [0.5, STORED], [6, GONE])).toMatchObject({
      on: 'stream-gone',
      sinceSec: 1,
    });
  });

  it('by the answers that nothing but somebody’s doing changes, and no others', () => {
    const kindOf = (code: string, message?: string): string | undefined =>
      seen(...[1, 2, 3].map((sec) => [sec, failed(code, true, message)] as const)).over;
    expect(kindOf('AccessDeniedException')).toBe('not-allowed');
    expect(kindOf('AccessDeniedException', 'The security token is expired')).toBe('credentials-expired');
    expect(kindOf('ExpiredTokenException')).toBe('credentials-expired');
    expect(kindOf('CredentialsProviderError')).toBe('credentials-expired');
    expect(kindOf('UnrecognizedClientException')).toBe('credentials-refused');
    expect(kindOf('KMSDisabledException')).toBe('key-refused');
    for (const code of [
      'KMSThrottlingException',
      'LimitExceededException',
      'ServiceUnavailable',
      'ECONNREFUSED',
    ])
      expect(kindOf(code)).toBeUndefined();
    // A record's own error is not a request's.
    expect(seen([1, failed('AccessDeniedException', false)], [2, GONE], [3, GONE]).over).toBeUndefined();
  });
});
