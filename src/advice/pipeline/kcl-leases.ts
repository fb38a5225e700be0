/**
 * What applications of the KCL write into DynamoDB: a row for each shard, renewed again and again.
 */
import { SERVICE_LIMITS } from '../../model/service-limits.ts';
import type { LeaseResult } from '../../results/plan-leases.ts';
import type { PlanConsumer } from '../plan/plan-consumer.ts';

/** A write of a row is counted twice where the index on leaseOwner is written too. */
const WRITES_WITH_INDEX = 2;

/** One for each consumer that is an application of the KCL, on so many open shards. */
export function leasesOf(consumers: readonly PlanConsumer[], shards: number): LeaseResult[] {
  const everySec = SERVICE_LIMITS.kclFailoverMs.value / SERVICE_LIMITS.kclRenewalsPerFailover.value / 1000;
  return consumers
    .filter(({ preset }) => preset === 'kcl')
    .map(({ name }) => ({
      application: name,
      leases: shards,
      usefulWorkers: shards,
      tables: {
        from35: SERVICE_LIMITS.kclTablesFrom35.value,
        before35: SERVICE_LIMITS.kclTablesBefore35.value,
      },
      renewalsPerSec: shards / everySec,
      writeUnitsPerSec: { least: shards / everySec, most: (shards / everySec) * WRITES_WITH_INDEX },
    }));
}
