/** The timeline of a scenario: what is read, and every event that cannot happen. */
import { describe, expect, it } from 'vitest';
import { createShardMap } from '../../src/model/shard-map.ts';
import { planInputOf } from '../../src/advice/plan/plan-input.ts';
import { refusalOf } from './refusal-of.ts';
import { read } from './scenario-text.ts';

const withTimeline = (events: string, stream = '{ shards: 4 }'): ReturnType<typeof read> =>
  read({ stream, top: `timeline: [${events}]` });
const named = (n: number): string => `shardId-${String(n).padStart(12, '0')}`;
const RANGE = createShardMap(4).open[1].range;

describe('a timeline', () => {
  it('is read in order of time, each event with its place in the file', () => {
    const { timeline } = withTimeline(
      `{ at: 20s, split: hottest }, { at: 1s, resize: 8 }, { at: 30s, outage: 500ms }, { at: 25s, merge: coldest }`,
    );
    expect(timeline).toEqual([
      { index: 1, atUs: 1_000_000, kind: 'resize', count: 8 },
      { index: 0, atUs: 20_000_000, kind: 'split', shard: 'hottest' },
      { index: 3, atUs: 25_000_000, kind: 'merge', shards: 'coldest' },
      { index: 2, atUs: 30_000_000, kind: 'outage', durationUs: 500_000 },
    ]);
  });

  it('names shards that earlier events make', () => {
    const { timeline } = withTimeline(
      `{ at: 0s, split: ${named(1)}, newStartingHashKey: "${RANGE.start + 9n}" }, { at: 0s, merge: [${named(0)}, ${named(4)}] }, { at: 1s, split: ${named(6)} }`,
    );
    expect(timeline).toEqual([
      { index: 0, atUs: 0, kind: 'split', shard: 1, newStart: RANGE.start + 9n },
      { index: 1, atUs: 0, kind: 'merge', shards: [0, 4] },
      { index: 2, atUs: 1_000_000, kind: 'split', shard: 6 },
    ]);
  });

  it('is none where it is empty', () => {
    expect(withTimeline('')).not.toHaveProperty('timeline');
  });

  it('is not part of a plan, which says so', () => {
    const { assumptions } = planInputOf(withTimeline('{ at: 1s, resize: 8 }'));
    expect(assumptions.map(({ text }) => text)).toContain(
      'The timeline is not part of a plan: simulate plays it.',
    );
  });
});

// The events, what is wrong and where, and what to do; of a stream of four shards and 60 s.
// prettier-ignore
const REFUSED: [string, string, string, string][] = [
  ['an unknown field', '{ at: 1s, spilt: hottest }', 'timeline[0].spilt: there is no such field.', 'Did you mean split'],
  ['no time', '{ split: hottest }', 'timeline[0].at: this is missing.', 'Add for example'],
  ['no event', '{ at: 1s }', 'timeline[0]: there is no event.', 'Write exactly one of split, merge, resize, outage.'],
  ['two events in one', '{ at: 1s, split: hottest, resize: 8 }', 'timeline[0].resize: split and resize are both given.', 'Write exactly one of'],
  ['a time beyond the duration', '{ at: 60s, split: hottest }', 'timeline[0].at: 1m is not before the end of the counted duration, 1m.', 'Write less than 1m.'],
  ['a negative time', '{ at: -1s, split: hottest }', 'timeline[0].at: "-1s" is not a duration.', 'Write for example'],
  ['a split of a word', '{ at: 1s, split: hotest }', 'timeline[0].split: "hotest" is no name of a shard.', `Write hottest, or for example ${named(2)}.`],
  ['a merge of a word', '{ at: 1s, merge: hottest }', 'timeline[0].merge: "hottest" is no pair of shards.', 'Write coldest, or a list of two names'],
  ['a merge of one', `{ at: 1s, merge: [${named(0)}] }`, 'timeline[0].merge: the list has only 1 items.', 'Write 2 items.'],
  ['a merge with itself', `{ at: 1s, merge: [${named(0)}, ${named(0)}] }`, 'timeline[0].merge[1]: it is the same shard twice.', 'Name its neighbour.'],
  ['a cut of the hottest', '{ at: 1s, split: hottest, newStartingHashKey: "9" }', 'timeline[0].newStartingHashKey: which shard is the hottest is not known beforehand.', 'Remove it'],
  ['a cut without a split', '{ at: 1s, resize: 8, newStartingHashKey: "9" }', 'timeline[0].newStartingHashKey: only a split has one.', 'Remove it.'],
  ['a cut that is a number', `{ at: 1s, split: ${named(1)}, newStartingHashKey: 9 }`, 'timeline[0].newStartingHashKey: 9 is not a text.', 'Write a text in quotes.'],
  ['a cut that is no hash key', `{ at: 1s, split: ${named(1)}, newStartingHashKey: "x9" }`, 'timeline[0].newStartingHashKey: "x9" is no hash key.', 'Write a whole number'],
  ['a cut outside', `{ at: 1s, split: ${named(1)}, newStartingHashKey: "9" }`, `timeline[0].split: newStartingHashKey 9 does not cut ${named(1)}, whose range is ${RANGE.start} to ${RANGE.end}.`, 'Write a key inside the range'],
  ['a cut at the very start', `{ at: 1s, split: ${named(1)}, newStartingHashKey: "${RANGE.start + 1n}" }`, 'does not cut', 'more than one above its start'],
  ['an unknown shard', `{ at: 1s, split: ${named(4)} }`, `timeline[0].split: there is no ${named(4)} then.`, `The shards up to then are ${named(0)} to ${named(3)}.`],
  ['a shard that comes later', `{ at: 1s, split: ${named(4)} }, { at: 0s, outage: 1s }`, `timeline[0].split: there is no ${named(4)} then.`, 'The shards'],
  ['a shard that is closed', `{ at: 1s, split: ${named(1)} }, { at: 2s, merge: [${named(1)}, ${named(2)}] }`, `timeline[1].merge: ${named(1)} was closed by timeline[0] (split: ${named(1)}).`, 'Name a shard that is open then.'],
  ['a shard closed by a merge', `{ at: 1s, merge: [${named(1)}, ${named(2)}] }, { at: 2s, split: ${named(2)} }`, `was closed by timeline[0] (merge: ${named(1)} and ${named(2)}).`, 'Name a shard'],
  ['a shard closed by a resize', `{ at: 1s, resize: 8 }, { at: 2s, split: ${named(0)} }`, `timeline[1].split: ${named(0)} was closed by timeline[0] (resize: 8).`, 'Name a shard'],
  ['a closed shard after what only traffic decides', `{ at: 1s, split: ${named(1)} }, { at: 2s, split: hottest }, { at: 3s, split: ${named(1)} }`, `was closed by timeline[0]`, 'Name a shard'],
  ['a shard too many after what only traffic decides', `{ at: 2s, split: hottest }, { at: 3s, split: ${named(6)} }`, `there is no ${named(6)} then.`, `to ${named(5)}.`],
  ['shards that are no neighbours', `{ at: 1s, merge: [${named(0)}, ${named(2)}] }`, `timeline[0].merge: ${named(0)} and ${named(2)} are not neighbours.`, 'Name two shards'],
  ['more than the double', '{ at: 1s, resize: 9 }', 'timeline[0].resize: 9 is more than double of the 4 shards that are open then.', 'Write a number from 2 to 8, or resize in several events.'],
  ['less than the half', '{ at: 1s, resize: 1 }', 'timeline[0].resize: 1 is less than half of the 4 shards that are open then.', 'Write a number from 2 to 8'],
  ['a resize after traffic has decided', '{ at: 1s, split: hottest }, { at: 2s, resize: 2 }', 'timeline[1].resize: 2 is less than half of the 5 shards', 'Write a number from 3 to 10'],
  ['a resize beyond any', '{ at: 1s, resize: 10001 }', 'timeline[0].resize: 10001 is above 10000, the most that UpdateShardCount takes.', 'Write from 1 to 10000.'],
  ['eleven resizes', Array.from({ length: 11 }, (_, i) => `{ at: ${i}s, resize: ${4 + (i % 2)} }`).join(', '), 'timeline[10].resize: the stream has been resized 10 times in the 24 hours before.', 'UpdateShardCount takes 10 calls in 24 hours'],
  ['merges down to nothing', '{ at: 1s, merge: coldest }, { at: 1s, merge: coldest }, { at: 1s, merge: coldest }, { at: 1s, merge: coldest }', 'timeline[3].merge: there is only one open shard then.', 'Remove the event.'],
  ['an outage of nothing', '{ at: 1s, outage: 0s }', 'timeline[0].outage: 0s is not above 0s.', 'Write more than 0s'],
  ['too many events', Array.from({ length: 1001 }, () => '{ at: 1s, outage: 1s }').join(', '), 'timeline: the list has more than 1000 items.', 'Write 0 to 1000 items.'],
];

describe('a timeline is refused with', () => {
  it.each(REFUSED)('%s', (_, events, what, fix) => {
    const refusal = refusalOf(() => withTimeline(events));
    expect(refusal.exitCode).toBe(2);
    expect(refusal.what).toContain(what);
    expect(refusal.fix).toContain(fix);
  });

  it('more shards than an account has', () => {
    const refusal = refusalOf(() => withTimeline('{ at: 1s, split: hottest }', '{ shards: 20000 }'));
    expect(refusal.what).toContain(
      'there are 20,000 open shards then, the most of an account in any region.',
    );
  });

  it('a range that is too narrow', () => {
    const first = named(0);
    const events = [`{ at: 0s, split: ${first}, newStartingHashKey: "2" }`, `{ at: 1s, split: ${named(4)} }`];
    const refusal = refusalOf(() => withTimeline(events.join(', ')));
    expect(refusal.what).toContain(`the range of ${named(4)}, 0 to 1, is too narrow to cut.`);
  });
});
