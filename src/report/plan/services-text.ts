/**
 * The same traffic on other services, as text: one short table; in the long form also each quota with its source, and
 * where sources say different things.
 */
import { formatNumber } from '../../model/quantity.ts';
import type { PlanResult } from '../../results/plan-result.ts';
import type { Service, ServiceQuota, ServiceResult } from '../../results/plan-services.ts';
import { bytes } from '../figure.ts';
import type { Ink } from '../ink.ts';
import { labelled, wrap } from '../paragraph.ts';
import { type Column, tableLines } from '../table.ts';
import { showFigures } from './constraint-text.ts';

const TITLES: Readonly<Record<Service, string>> = {
  'kinesis-data-streams': 'Data Streams',
  'firehose-direct-put': 'Firehose PUT',
  'sqs-standard': 'SQS Standard',
  'sqs-fifo': 'SQS FIFO',
};

const ROWS: readonly (readonly [string, (service: ServiceResult) => string])[] = [
  ['fits', ({ fits, why }) => `${fits ? 'yes' : 'no'}: ${why}`],
  ['order', ({ order }) => order],
  ['replay', ({ replay }) => replay],
  ['readers', ({ readers }) => readers],
  ['delay', ({ delay }) => delay],
  ['acknowledge', ({ acknowledgement }) => acknowledgement],
  ['largest', ({ largestRecordBytes }) => bytes(largestRecordBytes)],
];

/** Width of a service's column: four of them, the questions and the gaps are a page of 80. */
const CELL = 14;

/** Nothing where it was not asked for. */
export function serviceLines(
  { services }: PlanResult,
  ink: Ink,
  columns: number,
  details: boolean,
): string[] {
  if (services === undefined) return [];
  const titles: Column[] = [
    { title: 'service' },
    ...services.map(({ service }) => ({ title: TITLES[service] })),
  ];
  const rows = ROWS.flatMap(([question, answer]) => {
    const cells = services.map((service) => wrap(showFigures(answer(service)), CELL));
    const height = Math.max(...cells.map((lines) => lines.length));
    return Array.from({ length: height }, (_, i) => [
      i === 0 ? question : '',
      ...cells.map((lines) => lines[i] ?? ''),
    ]);
  });
  return ['', ...tableLines(titles, rows, ink), ...(details ? longLines(services, columns) : SHORT)];
}

const SHORT = ['  Default quotas, headroom kept. Sources, and where they differ: --details.'];

function longLines(services: readonly ServiceResult[], columns: number): string[] {
  const quotas = services.flatMap(({ service, quotas: all }) =>
    all.map((quota) => `${TITLES[service]}, ${quota.name}: ${quotaText(quota)} (${quota.source}).`),
  );
  const notes = services.flatMap((service) => service.notes);
  return [...quotas, ...notes].flatMap((text) => labelled('  -', showFigures(text), 4, columns));
}

function quotaText({ load, limit, unit }: ServiceQuota): string {
  if (unit === 'B/s') return `${bytes(load)}/s of ${bytes(limit)}/s`;
  return `${formatNumber(load)} of ${formatNumber(limit)} ${unit}`;
}
