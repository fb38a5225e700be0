/**
 * Connections that misbehave in every way that a seed can think of, 300 in the suite and more with
 * SHARDWISE_FUZZ_SOCKETS=20000, while a client that behaves keeps being served.
 */
import { connect, type Socket } from 'node:net';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LocalService } from '../../src/local/local-service.ts';
import { epochClock } from '../../src/run/clock.ts';
import { startServer, type RunningServer } from '../../src/run/serve/server.ts';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
const { KinesisClient, PutRecordsCommand } = await import('@aws-sdk/client-kinesis');

const CONNECTIONS = Number(process.env.SHARDWISE_FUZZ_SOCKETS ?? 300);
const AT_A_TIME = 30;
const TIMEOUTS = {
  sniffMs: 150,
  headersMs: 150,
  requestMs: 300,
  idleMs: 200,
  drainMs: 100,
  refusalMs: 50,
  closeMs: 200,
};

let service: LocalService;
let server: RunningServer;

beforeEach(async () => {
  service = new LocalService({ memoryBytes: 16 * 1_048_576 });
  service.createStream({ name: 's', shards: 2 }, epochClock());
  server = await startServer({ host: '127.0.0.1', port: 0, service, nowUs: epochClock, timeouts: TIMEOUTS });
});

afterEach(async () => {
  await server.close();
});

/** A linear congruential generator: the same numbers on every machine. */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

type Draw = (below: number) => number;
const pick = <T>(draw: Draw, from: readonly T[]): T => from[draw(from.length)];
const randomBytes = (draw: Draw, most: number): Buffer =>
  Buffer.from(Array.from({ length: draw(most) }, () => draw(256)));

const START =
  'POST / HTTP/1.1\r\nhost: x\r\nx-amz-target: Kinesis_20131202.ListStreams\r\ncontent-type: application/x-amz-json-1.1\r\n';
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/** Headers that do not go together, or go on for ever. */
const HEADER_GAMES = [
  'content-length: 2\r\ncontent-length: 3\r\n\r\n{}',
  'content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}',
  'content-length: -1\r\n\r\n',
  'content-length: 1e9\r\n\r\n{}',
  'content-length: 99999999999999999999\r\n\r\n{}',
  'content-length: 15000000\r\n\r\n{}',
  'transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n',
  'transfer-encoding: chunked\r\n\r\nffffffffffffffff\r\n{}',
  'transfer-encoding: chunked, chunked\r\n\r\n0\r\n\r\n',
  'transfer-encoding: gzip\r\n\r\n{}',
  'expect: 100-continue\r\ncontent-length: 2\r\n\r\n',
  'expect: the unexpected\r\ncontent-length: 2\r\n\r\n{}',
  'upgrade: h2c\r\nconnection: upgrade, http2-settings\r\nhttp2-settings: AAMAAABk\r\n\r\n',
  `x: ${'y'.repeat(100_000)}\r\n\r\n`,
  `${'a: b\r\n'.repeat(3000)}\r\n`,
  'a\u0000b: c\r\n\r\n',
  ' folded\r\n\r\n',
  'authorization: AWS4-HMAC-SHA256 Credential=, SignedHeaders=;;, Signature=\r\ncontent-length: 2\r\n\r\n{}',
];

function frame(draw: Draw): Buffer {
  const payload = randomBytes(draw, 60);
  const head = Buffer.alloc(9);
  head.writeUIntBE(draw(4) === 0 ? draw(0xffffff) : payload.length, 0, 3);
  head[3] = draw(12);
  head[4] = draw(256);
  head.writeUInt32BE(draw(6), 5);
  return Buffer.concat([head, payload]);
}

/** What a connection sends, piece by piece. */
function pieces(draw: Draw): (string | Buffer)[] {
  switch (draw(6)) {
    case 0:
      return [randomBytes(draw, 300)];
    case 1:
      return [START + pick(draw, HEADER_GAMES)];
    case 2: {
      const whole = `${START}content-length: 200\r\n\r\n${'{'.repeat(200)}`;
      return [whole.slice(0, draw(whole.length))];
    }
    case 3:
      return [
        PREFACE,
        Buffer.from('000000040000000000', 'hex'),
        ...Array.from({ length: draw(8) }, () => frame(draw)),
      ];
    case 4:
      return Array.from(START.slice(0, draw(20)));
    default:
      return [`${START}content-length: 2\r\n\r\n{}`.repeat(1 + draw(5)), randomBytes(draw, 50)];
  }
}

/** Sends, and then waits, closes one half, or is gone without a word; resolves when the connection is over. */
async function misbehave(draw: Draw): Promise<void> {
  const socket = connect(server.port, '127.0.0.1');
  const closed = new Promise((resolve) => socket.on('close', resolve));
  socket.on('error', () => undefined).resume();
  for (const piece of pieces(draw)) await written(socket, piece);
  switch (draw(3)) {
    case 0:
      socket.end();
      break;
    case 1:
      socket.resetAndDestroy();
      break;
    default: // Half open, or simply silent: the endpoint must hang up.
  }
  await closed;
}

async function written(socket: Socket, piece: string | Buffer): Promise<void> {
  if (socket.destroyed || piece.length === 0) return;
  await new Promise((resolve) => socket.write(piece, 'latin1' as BufferEncoding, resolve));
}

const openSockets = (): number =>
  process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;

describe('connections that misbehave', () => {
  it(
    'do not keep others from being served, and leave no socket open',
    { timeout: 60_000 + CONNECTIONS * 20 },
    async () => {
      const client = new KinesisClient({
        endpoint: server.url,
        region: 'us-east-1',
        credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
        requestHandler: new NodeHttpHandler(),
      });
      const put = () =>
        client.send(
          new PutRecordsCommand({
            StreamName: 's',
            Records: [{ Data: Buffer.from('x'), PartitionKey: 'k' }],
          }),
        );
      await put();
      const before = openSockets();
      const draw = chance(42);
      for (let done = 0; done < CONNECTIONS; done += AT_A_TIME) {
        const rough = Array.from({ length: AT_A_TIME }, () => misbehave(draw));
        expect((await put()).FailedRecordCount).toBe(0);
        await Promise.all(rough);
      }
      expect((await put()).FailedRecordCount).toBe(0);
      await expect.poll(openSockets, { timeout: 10_000 }).toBeLessThanOrEqual(before);
      expect(service.takeNotices()).toEqual([]);
      client.destroy();
    },
  );
});
