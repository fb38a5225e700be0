/** The exact engine against an independent slow simulator, and against the local endpoint, record by record. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { call, serviceWith, START_US } from '../local/client.ts';
import { arbitraryCase, dueRecordsOf, worldOf } from './random-cases.ts';
import { callsOf } from './simulations.ts';
import { playSlowly } from './slow-simulator.ts';

describe('a random small scenario', () => {
  it('ends the same for every record in an independent slow simulator', () => {
    fc.assert(
      fc.property(arbitraryCase, ({ scenario, serviceUs }) => {
        const slow = playSlowly(dueRecordsOf(scenario), worldOf(scenario, serviceUs));
        const { calls } = callsOf(scenario, serviceUs);
        const plain = calls.map(({ sentUs, records }) => ({
          sentUs,
          records: records.map(({ id, accepted, shard }) => ({ id, accepted, shard })),
        }));
        expect(plain).toEqual(slow.calls);
      }),
      { numRuns: 50 },
    );
  }, 60_000);

  it('sent to the local endpoint at the same microseconds gets the same answer for every record', () => {
    fc.assert(
      fc.property(arbitraryCase, ({ scenario, serviceUs }) => {
        const { stream } = scenario;
        const service = serviceWith([{ name: 's', ...stream }]);
        for (const { sentUs, records } of callsOf(scenario, serviceUs).calls) {
          const Records = records.map(({ key, dataBytes }) => ({
            Data: Buffer.alloc(dataBytes).toString('base64'),
            PartitionKey: key,
          }));
          const reply = call(service, 'PutRecords', { StreamName: 's', Records }, START_US + sentUs);
          expect(reply.status).toBe(200);
          expect(reply.headers['x-shardwise-now-us']).toBe(String(START_US + sentUs));
          expect(reply.body.Records.map(({ ErrorCode }) => ErrorCode)).toEqual(
            records.map(({ accepted }) => (accepted ? undefined : 'ProvisionedThroughputExceededException')),
          );
        }
      }),
      { numRuns: 25 },
    );
  }, 60_000);
});
