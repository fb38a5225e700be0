/**
 * The words for LOST_RECORDS, which has two causes: a consumer that came too late, and records that were acknowledged
 * and never found.
 */
import type { FindingOf } from '../results/report-document.ts';
import type { FindingInfo } from './catalogue.ts';
import { amountOf, duration, NBSP } from './figure.ts';
import { quoteName, showName } from './name.ts';

type Lost = FindingOf<'LOST_RECORDS'>;

const NAME_COLUMNS = 36;
const SHARD_COLUMNS = 32;

const consumerOf = ({ evidence }: Lost): string => quoteName(evidence.consumer, NAME_COLUMNS);

const recordsOf = ({ evidence: { records, isAtLeast } }: Lost): string =>
  `${isAtLeast === true ? 'at least ' : ''}${amountOf(records, 'record')}`;

const whereOf = ({ evidence, shardId = '' }: Lost): string =>
  `${amountOf(evidence.shards, 'shard')}, most of them on ${showName(shardId, SHARD_COLUMNS)}`;

const hoursOf = ({ evidence }: Lost): string => `${evidence.retentionHours}${NBSP}h`;

export const LOST_RECORDS: FindingInfo<'LOST_RECORDS'> = {
  title: 'a consumer never read records that the stream had accepted',
  page: 'docs/findings/LOST_RECORDS.md',
  headline: (finding) =>
    finding.evidence.isMissing === true
      ? `${consumerOf(finding)} never found ${recordsOf(finding)} that the stream had acknowledged.`
      : `${consumerOf(finding)} never read ${recordsOf(finding)}: they left the stream after ${hoursOf(finding)}.`,
  saw: (finding) =>
    finding.evidence.isMissing === true
      ? `On ${whereOf(finding)}, ${recordsOf(finding)} were acknowledged by PutRecords, and were not there when ` +
        `${consumerOf(finding)} read the shards to their end. The first was due ` +
        `${duration(finding.evidence.firstLostMs)} into the counted duration.`
      : `On ${whereOf(finding)}, ${recordsOf(finding)} became older than the ${hoursOf(finding)} that the stream ` +
        `keeps before ${consumerOf(finding)} had read them, the first ` +
        `${duration(finding.evidence.firstLostMs)} into the counted duration.`,
  means: ({ evidence }) =>
    evidence.isMissing === true
      ? 'They are gone for this consumer. Where all consumers of the report miss the same number, the stream lost ' +
        'them or dropped them by age; where one does, it was too late, or it is the reading that failed.'
      : 'They are gone for this consumer, and it is told nothing: its iterator goes on at the oldest record that ' +
        'there is. Others that read in time have them.',
  split: () =>
    'Only if the consumer is slower than its shard: then more shards give it more readers. After an outage, no.',
  todo: (finding) =>
    `${beforeAll(finding)}Keep records longer (IncreaseStreamRetentionPeriod, up to 365 days) than the longest outage ` +
    'and the time to catch up; alarm on iterator age at half of the retention; make the consumer read faster than ' +
    'records come.',
};

function beforeAll(finding: Lost): string {
  return finding.evidence.isMissing === true
    ? `See whether it was behind by as much as the stream keeps (${hoursOf(finding)}; the local endpoint also drops ` +
        'the oldest records when its memory is full). If it was not, keep the report: it says on which shard and ' +
        'when. If it was: '
    : '';
}
