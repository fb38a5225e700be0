import { connect, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LocalService } from '../../src/local/local-service.ts';
import { epochClock } from '../../src/run/clock.ts';
import { startServer, type RunningServer } from '../../src/run/serve/server.ts';

const TIMEOUTS = {
  sniffMs: 500,
  headersMs: 500,
  requestMs: 1000,
  idleMs: 500,
  drainMs: 300,
  refusalMs: 100,
  writeMs: 300,
  lingerMs: 100,
  closeMs: 200,
};
const SIGNATURE = 'AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=c';

let service: LocalService;
let server: RunningServer;

beforeEach(async () => {
  service = new LocalService({ limits: ['write', 'read'] });
  service.createStream({ name: 's', shards: 1 }, epochClock());
  server = await startServer({ host: '127.0.0.1', port: 0, service, nowUs: epochClock, timeouts: TIMEOUTS });
});

afterEach(async () => {
  await server.close();
  expect(service.takeNotices()).toEqual([]);
});

/** Sends bytes, piece by piece, and gives everything that came back until the other side hung up. */
async function talk(pieces: readonly (string | Buffer)[], thenEnd = false): Promise<string> {
  const socket = connect(server.port, '127.0.0.1');
  let heard = '';
  socket.on('data', (chunk) => (heard += chunk.toString('latin1')));
  socket.on('error', () => undefined);
  const closed = new Promise((resolve) => socket.on('close', resolve));
  for (const piece of pieces) await write(socket, piece);
  if (thenEnd) socket.end();
  await closed;
  return heard;
}

async function write(socket: Socket, piece: string | Buffer): Promise<void> {
  if (socket.destroyed) return;
  await new Promise((resolve) => socket.write(piece, resolve));
}

function request(body: string, more = ''): string {
  return (
    `POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-amz-json-1.1\r\nx-amz-date: d\r\n` +
    `x-amz-target: Kinesis_20131202.ListStreams\r\nauthorization: ${SIGNATURE}\r\n${more}` +
    `content-length: ${body.length}\r\n\r\n${body}`
  );
}

async function isAlive(): Promise<boolean> {
  const answer = await talk([request('{}', 'connection: close\r\n')]);
  return answer.startsWith('HTTP/1.1 200 ') && answer.includes('"StreamNames":["s"]');
}

describe('rough traffic', () => {
  it('is told apart even when its bytes come one by one', async () => {
    expect(
      await talk([...Buffer.from(request('{}', 'connection: close\r\n'))].map((byte) => Buffer.from([byte]))),
    ).toMatch(/^HTTP\/1\.1 200 /);
    const preface = Buffer.concat([
      Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
      Buffer.from('000000040000000000', 'hex'),
    ]);
    const answer = await talk([...preface].map((byte) => Buffer.from([byte])));
    expect(answer.charCodeAt(3)).toBe(4); // a SETTINGS frame
  });

  it('does not harm the endpoint when it is garbage', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ minLength: 3, maxLength: 400 }).map((array) => Buffer.from(array)),
      fc
        .uint8Array({ maxLength: 400 })
        .map((array) => Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), Buffer.from(array)])),
      fc.string().map((text) => Buffer.from(`POST / HTTP/1.1\r\n${text}\r\n\r\n`)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(bytes, { minLength: 40, maxLength: 40 }), async (pieces) => {
        await Promise.all(pieces.map((garbage) => talk([garbage], true)));
      }),
      { numRuns: 3 },
    );
    expect(await isAlive()).toBe(true);
  });

  it('is hung up on when it says nothing, too little, or never finishes', async () => {
    const half = request('{}').slice(0, 60);
    const headersOnly = request('x'.repeat(100)).slice(0, -50);
    const answers = await Promise.all([
      talk([]),
      talk(['PO']),
      talk([half]),
      talk([headersOnly]),
      talk(['P'], true),
    ]);
    expect(answers.map((answer) => answer.slice(0, 12))).toEqual([
      '',
      '',
      'HTTP/1.1 408',
      'HTTP/1.1 408',
      '',
    ]);
    expect(await isAlive()).toBe(true);
  });

  it('is refused and hung up on when its body is above 64 MiB, or above 16 MiB and does not end', async () => {
    const announced = request('').replace('content-length: 0', 'content-length: 67108865');
    const stalled = request('').replace('content-length: 0', 'content-length: 16777217');
    const chunked = request('').replace('content-length: 0', 'transfer-encoding: chunked');
    const chunk = Buffer.concat([
      Buffer.from('800000\r\n'),
      Buffer.alloc(0x80_0000, 'x'),
      Buffer.from('\r\n'),
    ]);
    for (const pieces of [[announced], [stalled], [chunked, ...Array<Buffer>(9).fill(chunk)]]) {
      const answer = await talk(pieces);
      expect(answer).toMatch(/^HTTP\/1\.1 413 /);
      expect(answer).toContain('"__type":"RequestEntityTooLargeException"');
      expect(answer).toMatch(/x-shardwise-now-us: \d{16}/i);
    }
    expect(await isAlive()).toBe(true);
  });

  it('does not keep the endpoint from stopping', async () => {
    const sockets = [request('{}').slice(0, 40), request('{}'), 'P'].map((text) => {
      const socket = connect(server.port, '127.0.0.1', () => socket.write(text));
      return socket;
    });
    const closed = sockets.map(
      (socket) => new Promise((resolve) => socket.on('error', resolve).on('close', resolve)),
    );
    await new Promise((resolve) => sockets[1].once('data', resolve));
    sockets[1].resume();
    await server.close();
    await Promise.all(closed);
  });
});

describe('a port', () => {
  it('that is in use is refused in two sentences with exit code 1', async () => {
    const taken = startServer({ host: '127.0.0.1', port: server.port, service, nowUs: epochClock });
    await expect(taken).rejects.toMatchObject({
      exitCode: 1,
      what: `Port ${server.port} on 127.0.0.1 is already in use.`,
      fix: expect.stringContaining('--port') as string,
    });
  });
});
