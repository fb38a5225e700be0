import { createServer, request } from 'node:http';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { distanceMs } from '../../../src/run/send/distance.ts';
import { ticksOf, threadCpuUs } from '../../../src/run/send/thread-cpu.ts';
import { WireMeter } from '../../../src/run/send/wire-meter.ts';

const seen: number[] = [];
const server = createServer((message, reply) => {
  message.on('data', (chunk: Buffer) => void seen.push(chunk.length));
  message.on('end', () => reply.end('x'));
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => server.close());

const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

it('counts what goes over connections, also over those that are closed, headers among it', async () => {
  const wire = new WireMeter();
  const { httpAgent } = wire.agents({ keepAlive: true, maxSockets: 1 });
  const send = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const sent = request(url(), { method: 'POST', agent: httpAgent }, (reply) => {
        reply.resume().on('end', resolve);
      });
      sent.on('error', reject).end(Buffer.alloc(10_000));
    });
  await send();
  const once = wire.sentBytes;
  expect(once).toBeGreaterThan(10_000);
  expect(once).toBeLessThan(10_500);
  await send();
  httpAgent.destroy();
  expect([wire.sentBytes, wire.connections]).toEqual([2 * once, 1]);
  expect(seen.reduce((sum, bytes) => sum + bytes, 0)).toBe(20_000);
});

it('knows how far away an endpoint is, and nothing of one that is not there', async () => {
  expect(await distanceMs(url())).toBeGreaterThan(0);
  expect(await distanceMs('http://127.0.0.1:1')).toBeUndefined();
  expect(await distanceMs('http://no-such-host.invalid')).toBeUndefined();
  expect(await distanceMs('')).toBeUndefined();
});

it('reads the CPU time of a thread whatever its name is', () => {
  expect(ticksOf(`12 (a) b ) S ${Array.from({ length: 40 }, (_, i) => i + 4).join(' ')}`)).toBe(14 + 15);
  const before = threadCpuUs();
  for (let i = 0; i < 30; i++) readFileSync(new URL(import.meta.url)).toString('base64');
  const after = threadCpuUs();
  if (before !== undefined) expect(after).toBeGreaterThanOrEqual(before);
});
