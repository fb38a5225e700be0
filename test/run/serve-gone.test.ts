/** Clients that go away without a word, keep only half of their connection, or never read what they asked for. */
import { createHash, createHmac } from 'node:crypto';
import { connect as connectHttp2, type ClientHttp2Session, type OutgoingHttpHeaders } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseFaults } from '../../src/local/faults/fault-file.ts';
import { basicTimeText } from '../../src/local/basic-time.ts';
import { LocalService } from '../../src/local/local-service.ts';
import { epochClock } from '../../src/run/clock.ts';
import { issueCertificate } from '../../src/run/serve/certificate.ts';
import { startServer, type RunningServer } from '../../src/run/serve/server.ts';
import { SIGNED } from '../local/client.ts';

/** Long where nothing but what is tested may hang up. */
const TIMEOUTS = {
  idleMs: 60_000,
  requestMs: 60_000,
  headersMs: 60_000,
  writeMs: 1000,
  lingerMs: 100,
  closeMs: 100,
};
const RECORD_BYTES = 1_000_000;
const RECORDS = 10;
/** Calls that `largeRead` makes. */
const FILLING = RECORDS + 1;

let service: LocalService;
let server: RunningServer;

async function serve(secure = false, idleMs = TIMEOUTS.idleMs): Promise<RunningServer> {
  const certificate = secure ? issueCertificate('127.0.0.1', epochClock() / 1000) : undefined;
  return startServer({
    host: '127.0.0.1',
    port: 0,
    service,
    nowUs: epochClock,
    certificate,
    timeouts: { ...TIMEOUTS, idleMs },
  });
}

beforeEach(async () => {
  service = new LocalService({ limits: [], createMs: 0 });
  service.createStream({ name: 's', shards: 1 }, epochClock());
  server = await serve();
});

afterEach(async () => {
  await server.close();
  expect(service.takeNotices()).toEqual([]);
});

function frame(type: number, flags: number, stream: number, payload = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const SETTINGS = frame(4, 0, 0);
/** POST, http, /, and an authority. */
const HEADERS = Buffer.from([0x83, 0x86, 0x84, 0x41, 1, 0x78]);
const BEGINNINGS: Readonly<Record<string, readonly Buffer[]>> = {
  'the preface': [],
  'its settings': [SETTINGS],
  'a frame of an unknown type': [SETTINGS, frame(11, 0, 0, Buffer.alloc(5))],
  'half a request': [SETTINGS, frame(1, 4, 1, HEADERS)],
  'a request': [SETTINGS, frame(1, 5, 1, HEADERS)],
  'headers that do not end': [SETTINGS, frame(1, 0, 1, HEADERS)],
  'its farewell': [SETTINGS, frame(7, 0, 0, Buffer.alloc(8))],
};

/** Node's HTTP/2 says goodbye to these, reads no more, and tells nobody. */
const BREACHES: Readonly<Record<string, readonly Buffer[]>> = {
  'rubbish for headers': [SETTINGS, frame(1, 4, 1, Buffer.alloc(20, 0xff))],
  'a ping of a wrong length': [SETTINGS, frame(6, 0, 0, Buffer.alloc(3))],
  'data on no stream': [SETTINGS, frame(0, 0, 1, Buffer.alloc(3))],
};

async function allGone(): Promise<void> {
  await vi.waitFor(() => expect(server.connections()).toBe(0), 5000);
}

function closeOf(socket: Socket): Promise<unknown> {
  socket.on('error', () => undefined);
  return new Promise((resolve) => socket.on('close', resolve));
}

describe('an HTTP/2 client', () => {
  it.each(Object.entries(BEGINNINGS))('that goes away after %s leaves nothing behind', async (_, frames) => {
    const gone = Array.from({ length: 10 }, async () => {
      const socket = connect(server.port, '127.0.0.1').resume();
      const closed = closeOf(socket);
      socket.write(Buffer.concat([PREFACE, ...frames]));
      // The endpoint's own settings say that it has a session by now.
      await new Promise((resolve) => socket.once('data', resolve).once('close', resolve));
      socket.end();
      await closed;
    });
    await Promise.all(gone);
    await allGone();
  });

  it.each(Object.entries(BREACHES))('that sends %s is hung up on when it is idle', async (_, frames) => {
    const own = await serve(false, 300);
    for (const goesAway of [true, false]) {
      const socket = connect(own.port, '127.0.0.1').resume();
      const closed = closeOf(socket);
      socket.write(Buffer.concat([PREFACE, ...frames]));
      if (goesAway) socket.end();
      await closed;
    }
    await vi.waitFor(() => expect(own.connections()).toBe(0), 5000);
    await own.close();
  });

  it('may send a cookie twice, which its signature covers joined by a comma', async () => {
    const credentials = { accessKeyId: 'local', secretAccessKey: 'secret' };
    const own = new LocalService({ credentials, limits: ['write', 'read'] });
    const strict = await startServer({ host: '127.0.0.1', port: 0, service: own, nowUs: epochClock });
    const headers = signedListStreams(`127.0.0.1:${strict.port}`, 'secret', 'a=b,c=d');
    const client = connectHttp2(strict.url);
    expect(await statusOf(client, { ...headers, 'set-cookie': ['a=b', 'c=d'] })).toBe(200);
    expect(await statusOf(client, { ...headers, 'set-cookie': ['a=b', 'c=e'] })).toBe(400);
    client.destroy();
    await strict.close();
    expect(own.takeNotices()).toEqual([]);
  });
});

describe('a reply that its client does not read', () => {
  it('is given up with its connection over HTTP/1.1', async () => {
    const body = await largeRead();
    const sockets = Array.from({ length: 5 }, () => {
      const socket = connect(server.port, '127.0.0.1').pause();
      socket.on('error', () => undefined);
      socket.write(requestText('GetRecords', body));
      return socket;
    });
    await vi.waitFor(() => expect(service.health(epochClock()).requests).toBe(FILLING + 5), 5000);
    await allGone();
    for (const socket of sockets) socket.destroy();
  });

  it('is given up with its connection over HTTP/2', async () => {
    const body = await largeRead();
    const client = connectHttp2(server.url, { settings: { initialWindowSize: 0 } });
    const closed = new Promise((resolve) => client.on('error', () => undefined).on('close', resolve));
    for (let i = 0; i < 10; i += 1) {
      const headers = { ...SIGNED, 'x-amz-target': 'Kinesis_20131202.GetRecords' };
      client
        .request({ ':method': 'POST', ...headers })
        .on('error', () => undefined)
        .end(body);
    }
    await closed;
    await allGone();
  });

  it('is not given up while it is read, however slowly', async () => {
    const body = await largeRead();
    const socket = connect(server.port, '127.0.0.1');
    const closed = closeOf(socket);
    let heard = 0;
    // As many pauses as make it take longer than the client would have for one piece.
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.length;
      socket.pause();
      setTimeout(() => socket.resume(), 5);
    });
    socket.write(requestText('GetRecords', body, 'connection: close\r\n'));
    await closed;
    expect(heard).toBeGreaterThan(RECORDS * RECORD_BYTES);
  });
});

describe('a client that has said all it will', () => {
  it.each([false, true])('gets the reply that a fault holds back (TLS: %s)', async (secure) => {
    const other = secure ? await serve(secure) : server;
    service.setFaults(parseFaults('faults: [{ latency: { fixed: 500ms } }]', 'f'));
    const to = { port: other.port, host: '127.0.0.1' };
    const socket = secure ? connectTls({ ...to, rejectUnauthorized: false }) : connect(to);
    let heard = '';
    socket.on('data', (chunk: Buffer) => (heard += chunk.toString('latin1')));
    const closed = closeOf(socket);
    socket.end(requestText('ListStreams', '{}'));
    await closed;
    expect(heard).toMatch(/^HTTP\/1\.1 200 [^]*"StreamNames":\["s"\]/);
    await other.close();
  });
});

/** Fills the stream with 10 MB and gives the body of a call that asks for them. */
async function largeRead(): Promise<string> {
  const Data = Buffer.alloc(RECORD_BYTES).toString('base64');
  for (let i = 0; i < RECORDS; i += 1) await ask('PutRecord', { StreamName: 's', PartitionKey: 'k', Data });
  const { ShardIterator } = await ask('GetShardIterator', {
    StreamName: 's',
    ShardId: 'shardId-000000000000',
    ShardIteratorType: 'TRIM_HORIZON',
  });
  return JSON.stringify({ ShardIterator });
}

async function ask(operation: string, input: object): Promise<Record<string, unknown>> {
  const headers = { ...SIGNED, 'x-amz-target': `Kinesis_20131202.${operation}`, connection: 'close' };
  const reply = await fetch(server.url, { method: 'POST', headers, body: JSON.stringify(input) });
  expect(reply.status).toBe(200);
  return (await reply.json()) as Record<string, unknown>;
}

function requestText(operation: string, body: string, more = ''): string {
  const headers = { ...SIGNED, host: 'x', 'x-amz-target': `Kinesis_20131202.${operation}` };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST / HTTP/1.1\r\n${lines.join('')}${more}content-length: ${body.length}\r\n\r\n${body}`;
}

function statusOf(client: ClientHttp2Session, headers: OutgoingHttpHeaders): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const stream = client.request({ ':method': 'POST', ...headers });
    stream.on('response', (reply) => resolve(reply[':status'])).on('error', reject);
    stream.resume().end('{}');
  });
}

/** Headers of ListStreams with a signature that covers a cookie. */
function signedListStreams(host: string, secret: string, cookie: string): Record<string, string> {
  const hmac = (key: string | Buffer, text: string): Buffer =>
    createHmac('sha256', key).update(text).digest();
  const sha = (text: string): string => createHash('sha256').update(text).digest('hex');
  const date = basicTimeText(Math.floor(epochClock() / 1e6));
  const scope = [date.slice(0, 8), 'us-east-1', 'kinesis', 'aws4_request'];
  const names = 'host;set-cookie;x-amz-date';
  const canonical = `POST\n/\n\nhost:${host}\nset-cookie:${cookie}\nx-amz-date:${date}\n\n${names}\n${sha('{}')}`;
  const toSign = ['AWS4-HMAC-SHA256', date, scope.join('/'), sha(canonical)].join('\n');
  const key = scope.reduce<string | Buffer>((last, part) => hmac(last, part), `AWS4${secret}`);
  const credential = ['local', ...scope].join('/');
  return {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'Kinesis_20131202.ListStreams',
    'x-amz-date': date,
    authorization:
      `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, ` +
      `Signature=${hmac(key, toSign).toString('hex')}`,
  };
}
