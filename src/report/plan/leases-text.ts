/**
 * The leases of KCL applications, as text: a paragraph for all of them, for they differ in their names alone.
 */
import { formatNumber } from '../../model/quantity.ts';
import type { PlanResult } from '../../results/plan-result.ts';
import { amountOf, NBSP } from '../figure.ts';
import { quoteName } from '../name.ts';
import { labelled } from '../paragraph.ts';

const MARGIN = 15;

/** Nothing where no consumer is one of the KCL. */
export function leaseLines({ leases = [] }: PlanResult, columns: number): string[] {
  const [first] = leases;
  if (leases.length === 0) return [];
  const names = leases.map(({ application }) => quoteName(application, 30)).join(', ');
  const { least, most } = first.writeUnitsPerSec;
  const { from35, before35 } = first.tables;
  const text =
    `${names}: ${amountOf(first.leases, 'lease')}${leases.length > 1 ? ' each' : ''} in DynamoDB, so at most ` +
    `${amountOf(first.usefulWorkers, 'worker')} at work. Renewals write about ${formatNumber(least)}${NBSP}units/s ` +
    `(an estimate; ${formatNumber(most)} with the index on leaseOwner), and each checkpoint one or two more. ` +
    `${amountOf(from35, 'table')} from KCL${NBSP}3.5, ${before35} before.`;
  return ['', ...labelled('KCL leases', text, MARGIN, columns)];
}
