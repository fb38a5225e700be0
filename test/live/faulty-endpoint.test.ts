import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { createShardMap } from '../../src/model/shard-map.ts';
import { totalsOf } from '../../src/results/run-document.ts';
import type { Totals } from '../../src/results/report-document.ts';
import { clockFrom, epochClock } from '../../src/run/clock.ts';
import { Load, type LoadResult } from '../../src/run/send/load.ts';
import { RecordData } from '../../src/run/send/record-data.ts';
import { openTransport } from '../../src/run/send/open-transport.ts';
import type { TransportName } from '../../src/run/send/transport.ts';
import type { Scenario } from '../../src/traffic/scenario.ts';
import { scenarioOf, sourceAt } from '../traffic/scenarios.ts';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

type Fault = (request: IncomingMessage, response: ServerResponse, records: number) => void;

const servers: Server[] = [];
afterAll(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

/** An endpoint that accepts everything on shard 0, but for what `fault` answers itself. */
async function endpoint(fault: (n: number) => Fault | undefined): Promise<string> {
  let requests = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { Records } = JSON.parse(Buffer.concat(chunks).toString()) as { Records: unknown[] };
      (fault(requests++) ?? acceptAll)(request, response, Records.length);
    });
    request.on('error', () => undefined);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
}

const ok = { SequenceNumber: '1', ShardId: 'shardId-000000000000' };
const acceptAll: Fault = (_, response, records) =>
  answer(response, 200, { FailedRecordCount: 0, Records: new Array(records).fill(ok) });

/** A load of 2,000 records in a second, or what the test changes, against a faulty endpoint. */
async function load(
  transport: TransportName,
  url: string,
  rest: Partial<Scenario> = {},
  abortAfterMs?: number,
): Promise<LoadResult> {
  const scenario = scenarioOf([sourceAt(2000, 1)], rest);
  const controller = new AbortController();
  if (abortAfterMs !== undefined) setTimeout(() => controller.abort(), abortAfterMs);
  const startUs = epochClock();
  const map = createShardMap(1);
  return new Load({
    scenario,
    map,
    z: 3,
    clock: clockFrom(startUs),
    signal: controller.signal,
    transportOf: ({ dictionary }) =>
      openTransport(transport, {
        client: { kind: 'local', endpoint: url, region: 'us-east-1' },
        connections: 16,
        stream: { StreamName: 's' },
        data: new RecordData(new Uint8Array(16), startUs, scenario.traffic, (key) => dictionary.nameOf(key)),
        keys: dictionary,
        shardIds: map.open.map((shard) => shard.shardId),
      }),
  }).run();
}

function totals(result: LoadResult): Totals {
  const sums = totalsOf(result.pipeline.tally, '0');
  expect(sums.accepted + sums.throttled + sums.failed + sums.dropped).toBe(sums.offered);
  expect(sums.accepted + sums.throttledAttempts + sums.failedAttempts).toBe(sums.attempts);
  expect(result.pipeline.producer.idle).toBe(true);
  return sums;
}

// Some at a time: each takes its second, and little of a core.
describe.concurrent.each<TransportName>(['sdk', 'raw'])('a load by %s against a faulty endpoint', (name) => {
  it('counts a connection reset before the reply as unknown', async () => {
    const url = await endpoint((n) => (n === 2 ? (request) => request.socket.resetAndDestroy() : undefined));
    const result = await load(name, url);
    const sums = totals(result);
    expect(sums.offered).toBe(2000);
    expect(sums.unknown).toBeGreaterThan(0);
    expect(sums.unknown).toBe(sums.failed);
    expect(result.failures.rows()[0].code).toMatch(/^(ECONNRESET|UND_ERR_SOCKET)$/);
  });

  it('counts HTTP 500 as failed, not as unknown, and names it', async () => {
    const url = await endpoint((n) =>
      n % 2 === 0
        ? (_, response) => answer(response, 500, { __type: 'InternalFailure', message: 'oh' })
        : undefined,
    );
    const result = await load(name, url);
    const sums = totals(result);
    expect(sums.failed).toBeGreaterThan(0);
    expect(sums.unknown).toBe(0);
    expect(result.failures.rows()[0].code).toBe('InternalFailure');
  });

  it('tells throttled from failed records within one reply', async () => {
    const url = await endpoint(() => (_, response, records) => {
      const results = Array.from({ length: records }, (_record, i) =>
        i % 4 === 0
          ? { ErrorCode: 'ProvisionedThroughputExceededException', ErrorMessage: 'Rate exceeded' }
          : i % 4 === 1
            ? { ErrorCode: 'InternalFailure', ErrorMessage: 'Internal Service Failure' }
            : ok,
      );
      answer(response, 200, { FailedRecordCount: 1, Records: results });
    });
    const sums = totals(await load(name, url));
    expect(sums.throttled).toBeGreaterThanOrEqual(sums.offered / 4);
    expect(sums.failed).toBeGreaterThan(sums.offered / 5);
    expect(sums.accepted).toBeGreaterThan(0);
  });

  it('counts a throttled request as throttled records', async () => {
    const url = await endpoint(
      () => (_, response) =>
        answer(response, 400, { __type: 'ProvisionedThroughputExceededException', message: 'Rate exceeded' }),
    );
    const sums = totals(await load(name, url));
    expect(sums.throttled).toBe(2000);
  });

  it('does not retry what cannot succeed', async () => {
    const url = await endpoint(
      () => (_, response) =>
        answer(response, 400, { __type: 'ResourceNotFoundException', message: 'no such stream' }),
    );
    const retry = { policy: 'backoff', maxAttempts: 5, baseUs: 1000, maxUs: 2000 } as const;
    const producer = { ...scenarioOf([sourceAt(1, 1)]).producer, retry };
    const sums = totals(await load(name, url, { producer }));
    expect([sums.failed, sums.attempts]).toEqual([2000, 2000]);
  });

  it('fails, not hangs, on replies that are no replies', async () => {
    const url = await endpoint((n) =>
      n % 2 === 0
        ? (_, response) =>
            response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end('{"Rec')
        : (_, response) => answer(response, 200, { FailedRecordCount: 0, Records: [ok] }),
    );
    const sums = totals(await load(name, url));
    expect(sums.accepted).toBe(0);
    expect(sums.failed).toBe(2000);
  });

  it('counts nobody at home as failed: nothing was sent', async () => {
    const sums = totals(await load(name, 'http://127.0.0.1:9'));
    expect([sums.failed, sums.unknown]).toEqual([2000, 0]);
  });

  it('keeps the rate while the endpoint stalls, and says so in the response latency only', async () => {
    // One stall of a second for whatever arrives within it: due times go on, so waiting is counted from them.
    const stallUntil = { at: 0 };
    const url = await endpoint((n) => {
      if (n === 3) stallUntil.at = Date.now() + 1000;
      return (request, response, records) =>
        void setTimeout(() => acceptAll(request, response, records), Math.max(0, stallUntil.at - Date.now()));
    });
    const producer = { ...scenarioOf([sourceAt(1, 1)]).producer, inFlight: 1 };
    const result = await load(name, url, { producer, traffic: [sourceAt(2000, 3)], durationUs: 3_000_000 });
    const sums = totals(result);
    expect(sums.accepted).toBe(6000);
    const { response, service, queue } = result.pipeline.tally;
    expect(response.percentileMs(75)).toBeGreaterThan(300);
    expect(service.percentileMs(50)).toBeLessThan(300);
    expect(queue.maxMs).toBeGreaterThan(500);
  });

  it('gives up what is out when it is interrupted, and accounts for all of it', async () => {
    const url = await endpoint(() => () => undefined);
    const result = await load(name, url, { traffic: [sourceAt(2000, 60)], durationUs: 60_000_000 }, 1000);
    const sums = totals(result);
    expect(result.interrupted).toBe(true);
    expect(sums.unknown).toBeGreaterThan(0);
    expect(sums.accepted).toBe(0);
    expect(result.countedUs).toBeLessThan(5_000_000);
  });
});
