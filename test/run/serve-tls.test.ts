import { X509Certificate } from 'node:crypto';
import { connect, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { NodeHttp2Handler, NodeHttpHandler } from '@smithy/node-http-handler';
import { Agent } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type * as Sdk from '@aws-sdk/client-kinesis';
import { LocalService } from '../../src/local/local-service.ts';
import { epochClock } from '../../src/run/clock.ts';
import { issueCertificate, type ServerCertificate } from '../../src/run/serve/certificate.ts';
import { startServer, type RunningServer } from '../../src/run/serve/server.ts';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
const {
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListStreamsCommand,
  PutRecordsCommand,
  RegisterStreamConsumerCommand,
  SubscribeToShardCommand,
} = await import('@aws-sdk/client-kinesis');

const SECRET = { accessKeyId: 'AKIDLOCAL', secretAccessKey: 'a/secret+of=ours' };
const WRONG = { ...SECRET, secretAccessKey: 'another' };

let certificate: ServerCertificate;
let server: RunningServer;

beforeAll(async () => {
  certificate = issueCertificate('127.0.0.1', epochClock() / 1000);
  const service = new LocalService({ credentials: SECRET, createMs: 0, limits: ['write', 'read'] });
  for (const name of ['http1', 'http2', 'http1-pushed', 'http2-pushed'])
    service.createStream({ name, shards: 1 }, epochClock());
  server = await startServer({ host: '127.0.0.1', port: 0, service, nowUs: epochClock, certificate });
});

afterAll(async () => {
  await server.close();
});

/** A consumer of a stream that is ACTIVE. */
async function registered(client: Sdk.KinesisClient, stream: string): Promise<string> {
  const StreamARN = `arn:aws:kinesis:us-east-1:000000000000:stream/${stream}`;
  const { Consumer } = await client.send(new RegisterStreamConsumerCommand({ StreamARN, ConsumerName: 'c' }));
  return Consumer?.ConsumerARN ?? '';
}

function clientOf(
  transport: string,
  credentials = SECRET,
  authority = certificate.authority,
): Sdk.KinesisClient {
  const requestHandler =
    transport === 'http1'
      ? new NodeHttpHandler({ httpsAgent: new Agent({ ca: authority, keepAlive: true }) })
      : new NodeHttp2Handler({ nodeHttp2ConnectOptions: { ca: authority } });
  const endpoint = server.url.replace('127.0.0.1', 'localhost');
  return new KinesisClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1, requestHandler });
}

describe.each(['http1', 'http2'])('the AWS SDK over TLS and %s', (transport) => {
  it('is pushed the events of a subscription', async () => {
    const client = clientOf(transport);
    const { EventStream } = await client.send(
      new SubscribeToShardCommand({
        ConsumerARN: await registered(client, `${transport}-pushed`),
        ShardId: 'shardId-000000000000',
        StartingPosition: { Type: 'LATEST' },
      }),
    );
    const seen: (number | undefined)[] = [];
    for await (const { SubscribeToShardEvent } of EventStream ?? []) {
      seen.push(SubscribeToShardEvent?.Records?.length);
      if (seen.length === 2) break;
      const Records = [{ Data: Buffer.from('x'), PartitionKey: 'pushed' }];
      await client.send(new PutRecordsCommand({ StreamName: `${transport}-pushed`, Records }));
    }
    expect(seen).toEqual([0, 1]);
    client.destroy();
  });

  it('trusts the certificate, signs with the secret, and reads back what it wrote', async () => {
    const client = clientOf(transport);
    const Records = Array.from({ length: 20 }, (_, i) => ({
      Data: Buffer.alloc(1000, i),
      PartitionKey: `key-${i}`,
    }));
    const written = await client.send(new PutRecordsCommand({ StreamName: transport, Records }));
    expect(written.FailedRecordCount).toBe(0);
    const { ShardIterator } = await client.send(
      new GetShardIteratorCommand({ StreamName: transport, ShardId: '0', ShardIteratorType: 'TRIM_HORIZON' }),
    );
    const read = await client.send(new GetRecordsCommand({ ShardIterator }));
    expect(read.Records?.map(({ PartitionKey, Data }) => [PartitionKey, Data?.[0]])).toEqual(
      Records.map(({ PartitionKey }, i) => [PartitionKey, i]),
    );
    client.destroy();
  });

  it('is refused with another secret, as AWS refuses it', async () => {
    const client = clientOf(transport, WRONG);
    await expect(client.send(new ListStreamsCommand({}))).rejects.toMatchObject({
      name: 'InvalidSignatureException',
      message: expect.stringContaining('does not match the signature you provided') as string,
      $metadata: { httpStatusCode: 400 },
    });
    const stranger = clientOf(transport, { ...SECRET, accessKeyId: 'AKIDOTHER' });
    await expect(stranger.send(new ListStreamsCommand({}))).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
    });
    client.destroy();
    stranger.destroy();
  });

  it('does not trust it where it was not told to', async () => {
    const other = issueCertificate('127.0.0.1', epochClock() / 1000);
    const client = clientOf(transport, SECRET, other.authority);
    await expect(client.send(new ListStreamsCommand({}))).rejects.toThrow(/certificate|signature/);
    client.destroy();
  });
});

describe('the port with TLS', () => {
  it('says https and offers h2 and http/1.1', async () => {
    expect(server.url).toBe(`https://127.0.0.1:${server.port}`);
    for (const protocol of ['h2', 'http/1.1']) {
      const socket = connectTls({
        port: server.port,
        host: '127.0.0.1',
        ca: certificate.authority,
        ALPNProtocols: [protocol],
      });
      await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
      expect(socket.alpnProtocol).toBe(protocol);
      socket.destroy();
    }
  });

  it('hangs up on whoever speaks clear text or garbage, and serves the next one', async () => {
    for (const text of [
      'POST / HTTP/1.1\r\nhost: x\r\n\r\n',
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
      '\u0016\u0003\u0001\u0000\u0005hello',
    ]) {
      const socket = connect(server.port, '127.0.0.1', () => socket.write(text));
      socket.on('error', () => undefined).resume();
      await new Promise((resolve) => socket.on('close', resolve));
    }
    const client = clientOf('http1');
    expect((await client.send(new ListStreamsCommand({}))).StreamNames).toEqual([
      'http1',
      'http1-pushed',
      'http2',
      'http2-pushed',
    ]);
    client.destroy();
  });
});

describe('the certificate', () => {
  const nowMs = Date.UTC(2026, 10, 20);
  const chainOf = ({ chain }: ServerCertificate): X509Certificate[] =>
    chain.split(/(?<=-----END CERTIFICATE-----\n)/).map((pem) => new X509Certificate(pem));

  it.each([
    '127.0.0.1',
    '0.0.0.0',
    '::',
    '192.168.7.20',
    'fd00::1:0:2',
    '::ffff:10.0.0.1',
    'build-host.example.org',
  ])('is good for localhost, its addresses, and --host %s', (host) => {
    const [own, authority] = chainOf(issueCertificate(host, nowMs));
    expect(own.verify(authority.publicKey) && own.checkIssued(authority)).toBe(true);
    expect([own.ca, authority.ca]).toEqual([false, true]);
    expect(own.checkHost('localhost')).toBe('localhost');
    for (const address of ['127.0.0.1', '::1']) expect(own.checkIP(address)).toBe(address);
    if (host === '0.0.0.0' || host === '::') expect(own.checkIP(host)).toBeUndefined();
    else expect(isIP(host) ? own.checkIP(host) : own.checkHost(host)).toBe(host);
    expect(own.checkHost('example.com')).toBeUndefined();
    expect(own.checkIP('10.9.8.7')).toBeUndefined();
  });

  it('is valid from a day before its start, for clocks that are late, to a year behind it', () => {
    const [own] = chainOf(issueCertificate('127.0.0.1', nowMs));
    expect([Date.parse(own.validFrom), Date.parse(own.validTo)]).toEqual([
      nowMs - 86_400_000,
      nowMs + 365 * 86_400_000,
    ]);
    const [late] = chainOf(issueCertificate('127.0.0.1', Date.UTC(2049, 5, 1)));
    expect(new Date(late.validTo).getUTCFullYear()).toBe(2050);
  });

  it('is another at every start, its authority with it', () => {
    const [a, b] = [issueCertificate('x', nowMs), issueCertificate('x', nowMs)];
    expect(a.key).not.toBe(b.key);
    expect(a.authority).not.toBe(b.authority);
    expect(chainOf(a)[0].serialNumber).not.toBe(chainOf(b)[0].serialNumber);
  });
});
