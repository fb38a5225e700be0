/**
 * What a simulation of on-demand mode and of AUTO record distribution takes for granted, with how sure each statement
 * is: AWS publishes a few sentences and no algorithm.
 */
import { MINUTE_US, ON_DEMAND_RULES, type OnDemandRules } from './on-demand.ts';
import { formatBytes, formatCount } from './quantity.ts';

/**
 * How sure a statement about the service is: AWS says it; it follows from what AWS says; nobody has said; or the
 * scenario says so.
 */
export const CONFIDENCES = ['published', 'inferred', 'assumed', 'scenario'] as const;
export type Confidence = (typeof CONFIDENCES)[number];

export interface Assumption {
  readonly text: string;
  readonly confidence: Confidence;
}

/** Of a stream that splits itself by these rules. */
export function onDemandAssumptions(rules: OnDemandRules): Assumption[] {
  const { splitAboveBytesPerSec, splitAboveRecordsPerSec, withinUs, mostShards } = rules;
  const of = (name: keyof OnDemandRules, otherwise: Confidence): Confidence =>
    rules[name] === ON_DEMAND_RULES[name] ? otherwise : 'scenario';
  const minutes = withinUs / MINUTE_US;
  const within = minutes === 1 ? '1 minute' : `${minutes} minutes`;
  const isPublished = rules.splitAboveBytesPerSec === ON_DEMAND_RULES.splitAboveBytesPerSec;
  return [
    {
      text: `A shard written to above ${isPublished ? '500 KB' : formatBytes(splitAboveBytesPerSec)}/s is split evenly.`,
      confidence: of('splitAboveBytesPerSec', 'published'),
    },
    ...(isPublished
      ? [
          {
            text: '500 KB are 512,000 bytes, as 1 MB is 1,048,576 elsewhere.',
            confidence: 'inferred' as const,
          },
        ]
      : []),
    {
      text:
        `So it is above ${formatCount(splitAboveRecordsPerSec)} records/s` +
        (splitAboveRecordsPerSec === ON_DEMAND_RULES.splitAboveRecordsPerSec
          ? ', half of the other limit.'
          : '.'),
      confidence: of('splitAboveRecordsPerSec', 'inferred'),
    },
    { text: `The split comes within ${within}.`, confidence: of('withinUs', 'published') },
    {
      text: 'It comes as late as that, counted from the start of the first minute above.',
      confidence: 'assumed',
    },
    { text: 'What counts is what was accepted, data and keys, in each whole minute.', confidence: 'assumed' },
    { text: 'A split that is due comes although the load has fallen since.', confidence: 'inferred' },
    {
      text: 'Children inherit the level of the buckets and begin to be watched anew.',
      confidence: 'assumed',
    },
    {
      text: `The stream grows to ${formatCount(mostShards)} shards at most.`,
      confidence: of('mostShards', 'inferred'),
    },
    { text: 'Shards are not merged again.', confidence: 'assumed' },
  ];
}

/** Of a stream with record distribution AUTO. */
export const AUTO_ASSUMPTIONS: readonly Assumption[] = [
  { text: 'AUTO ignores partition keys and explicit hash keys.', confidence: 'published' },
  {
    text: 'It sends each attempt to a shard at random, by the width of its hash range; the algorithm is not published.',
    confidence: 'assumed',
  },
];
