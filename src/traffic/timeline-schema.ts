/**
 * What a user may write for one event of the timeline, and what it means.
 */
import { z } from 'zod';
import { LIMITS } from '../model/limits.ts';
import { parseHashKey } from '../model/hash-key.ts';
import { shardIdOf, shardNumberOf } from '../model/shard-map.ts';
import { usOf } from './checked-quantity.ts';
import { unlike, type Path } from './scenario-complaint.ts';
import { fields, list, oneOf, quantity, text, whole } from './scenario-field.ts';
import { checkExactlyOne } from './scenario-key-rules.ts';
import { MAX_DURATION_US, positive } from './source-schema.ts';
import type { TimelineAction, TimelineEvent } from './timeline.ts';

export const MOST_EVENTS = 1000;
const EVENT_KINDS = ['split', 'merge', 'resize', 'outage'] as const;
const EXAMPLE_ID = shardIdOf(2);

export const timelineEvent = fields(
  {
    at: quantity('duration', 'From the start of the counted duration.', { max: MAX_DURATION_US }),
    split: text(
      40,
      `Cuts an open shard in two: hottest, by its load in the last ten seconds, or its name, such as ${EXAMPLE_ID}.`,
    ).optional(),
    newStartingHashKey: text(
      39,
      "Where to cut: the first hash key of the upper half, as a text of digits; default the middle of the shard's range.",
    ).optional(),
    merge: z
      .union(
        [
          text(40, 'coldest: the two neighbours with the least load in the last ten seconds.'),
          list(text(40, 'Name of an open shard.'), 2, 2, 'Two neighbours by name.'),
        ],
        { error: (issue) => unlike(issue.input, 'a pair of shards', 'coldest, or a list of two names') },
      )
      .meta({ description: 'Makes one shard of two neighbours.' })
      .optional(),
    resize: whole(
      1,
      LIMITS.resizeShards.value,
      'So many equal shards, as UpdateShardCount makes them; from half to double the open ones.',
      'the most that UpdateShardCount takes',
    ).optional(),
    outage: quantity('duration', 'For so long every put fails as a whole.', positive).optional(),
  },
  'A layout event takes effect at its time, when the new shards open.',
).meta(oneOf(EVENT_KINDS));

export type TimelineInput = z.infer<typeof timelineEvent>;
type Add = (path: Path, what: string, fix: string) => void;

/** Fields of an event that contradict each other, and names that are none. */
export function checkEventFields(event: TimelineInput, path: Path, add: Add): void {
  checkExactlyOne(event, EVENT_KINDS, path, 'event', add);
  const { split, merge, newStartingHashKey } = event;
  if (split !== undefined && split !== 'hottest') checkName(split, 'hottest', [...path, 'split'], add);
  if (typeof merge === 'string' && merge !== 'coldest')
    add(
      [...path, 'merge'],
      `${JSON.stringify(merge)} is no pair of shards.`,
      `Write coldest, or a list of two names: [${shardIdOf(0)}, ${shardIdOf(1)}].`,
    );
  if (Array.isArray(merge)) {
    merge.forEach((name, i) => {
      checkName(name, undefined, [...path, 'merge', i], add);
    });
    if (merge[0] === merge[1])
      add([...path, 'merge', 1], 'it is the same shard twice.', 'Name its neighbour.');
  }
  if (newStartingHashKey === undefined) return;
  const where = [...path, 'newStartingHashKey'];
  if (split === undefined) add(where, 'only a split has one.', 'Remove it.');
  else if (split === 'hottest')
    add(where, 'which shard is the hottest is not known beforehand.', 'Remove it, or name the shard.');
  else if (parseHashKey(newStartingHashKey) === undefined)
    add(
      where,
      `${JSON.stringify(newStartingHashKey)} is no hash key.`,
      'Write a whole number from 0 to 2^128 - 1 in quotes.',
    );
}

function checkName(name: string, word: string | undefined, path: Path, add: Add): void {
  if (shardNumberOf(name) >= 0) return;
  const or = word === undefined ? '' : `${word}, or `;
  add(path, `${JSON.stringify(name)} is no name of a shard.`, `Write ${or}for example ${EXAMPLE_ID}.`);
}

/** The events in order of time, of equal times in order of the file. */
export function resolveTimeline(events: readonly TimelineInput[]): TimelineEvent[] {
  return events
    .map((event, index) => ({ index, atUs: usOf(event.at), ...actionOf(event) }))
    .sort((a, b) => a.atUs - b.atUs);
}

function actionOf({ split, merge, resize, outage, newStartingHashKey }: TimelineInput): TimelineAction {
  if (split !== undefined) {
    const newStart = newStartingHashKey === undefined ? undefined : parseHashKey(newStartingHashKey);
    return {
      kind: 'split',
      shard: split === 'hottest' ? split : shardNumberOf(split),
      ...(newStart !== undefined && { newStart }),
    };
  }
  if (merge !== undefined) {
    const shards =
      typeof merge === 'string' ? 'coldest' : ([shardNumberOf(merge[0]), shardNumberOf(merge[1])] as const);
    return { kind: 'merge', shards };
  }
  if (resize !== undefined) return { kind: 'resize', count: resize };
  if (outage !== undefined) return { kind: 'outage', durationUs: usOf(outage) };
  throw new Error('an event without a kind has passed the rules');
}
