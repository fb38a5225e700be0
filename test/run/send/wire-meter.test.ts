import { createServer, request } from 'node:http';
import { connect, createServer as createPlainServer, type Socket } from 'node:net';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BacklogMeter, LOOK_US } from '../../../src/run/send/backlog-meter.ts';
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

it('sees what waits in connections to somebody who does not read', async () => {
  const wire = new WireMeter();
  const deaf = createPlainServer({ pauseOnConnect: true });
  await new Promise<void>((resolve) => deaf.listen(0, '127.0.0.1', resolve));
  const open = (): Promise<Socket> =>
    new Promise((resolve) => {
      const socket = connect((deaf.address() as AddressInfo).port, '127.0.0.1', () => resolve(socket));
      wire.watch(socket);
    });
  const [idle, full] = await Promise.all([open(), open()]);
  expect(wire.backlog).toBeUndefined();
  wire.look(0);
  expect(wire.backlog).toEqual({ blocked: 0, waitingBytes: { mean: 0, max: 0 } });
  // Far more than the system keeps for a connection.
  const BYTES = 64 * 1024 * 1024;
  full.write(Buffer.alloc(BYTES));
  await new Promise((resolve) => setImmediate(resolve));
  wire.look(LOOK_US / 2);
  wire.look(LOOK_US);
  // One of two connections in one of two looks; the look that came too early is none.
  expect(wire.backlog).toEqual({ blocked: 0.25, waitingBytes: { mean: BYTES / 2, max: BYTES } });
  for (const socket of [idle, full]) socket.destroy();
  deaf.close();
});

it('says nothing of connections that nobody has looked at, or that were none', () => {
  const meter = new BacklogMeter();
  expect(meter.isDue(5)).toBe(true);
  expect(meter.isDue(5 + LOOK_US - 1)).toBe(false);
  meter.add(0, 0, 0);
  expect(meter.sum).toBeUndefined();
});
