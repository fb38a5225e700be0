import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Context } from '../../src/cli/context.ts';
import { ON_DEMAND_RULES } from '../../src/model/on-demand.ts';
import { isLoopback, localCommand, readLocalFlags, type LocalFlags } from '../../src/cli/local.ts';

const FLAGS: LocalFlags = {
  port: '0',
  host: '127.0.0.1',
  seedStream: [],
  createMs: '500',
  deleteMs: '500',
  reshardMs: '500',
  onDemandWithin: '15m',
  limits: 'write,read,control,on-demand',
  memory: '512MiB',
  metricsClock: '1x',
  metricsDelay: '0s',
};

interface Listening {
  readonly context: Context;
  readonly out: string[];
  readonly err: string[];
  /** Resolves with the first text on stdout. */
  readonly ready: Promise<string>;
}

function listen(): Listening {
  const out: string[] = [];
  const err: string[] = [];
  let tell: (text: string) => void = () => undefined;
  const ready = new Promise<string>((resolve) => (tell = resolve));
  const context: Context = {
    out: (text) => {
      out.push(text);
      tell(text);
    },
    err: (text) => void err.push(text),
    stderrIsTerminal: false,
    columns: 80,
    color: false,
    env: {},
    setExit: () => undefined,
  };
  return { context, out, err, ready };
}

describe('the flags of local', () => {
  it('become options', () => {
    const flags = { ...FLAGS, seedStream: ['orders:4', 'a.b_c-d:1'], memory: '64MiB', createMs: '0' };
    const metrics = { metricsClock: '60x', metricsDelay: '2m', metricsMemory: '1MiB' };
    expect(readLocalFlags({ ...flags, ...metrics })).toEqual({
      port: 0,
      host: '127.0.0.1',
      streams: [
        { name: 'orders', shards: 4 },
        { name: 'a.b_c-d', shards: 1 },
      ],
      createMs: 0,
      deleteMs: 500,
      reshardMs: 500,
      onDemandRules: ON_DEMAND_RULES,
      limits: ['write', 'read', 'control', 'on-demand'],
      memoryBytes: 64 * 1_048_576,
      metrics: { clockFactor: 60, delayMs: 120_000, memoryBytes: 1_048_576 },
      quiet: false,
      tls: false,
      tlsCert: undefined,
      credentials: undefined,
      requestLog: undefined,
      faultsFile: undefined,
    });
  });

  it('name a key id of their own, or the usual one', () => {
    const secretAccessKey = 's3cret';
    const credentialsOf = (flags: Partial<LocalFlags>) => readLocalFlags({ ...FLAGS, ...flags }).credentials;
    expect(credentialsOf({ secretAccessKey })).toEqual({ accessKeyId: 'local', secretAccessKey });
    expect(credentialsOf({ secretAccessKey, accessKeyId: 'AKID' })).toEqual({
      accessKeyId: 'AKID',
      secretAccessKey,
    });
  });

  it.each<Partial<LocalFlags>>([
    { port: '65536' },
    { port: '-1' },
    { port: 'http' },
    { createMs: '1.5' },
    { deleteMs: '' },
    { reshardMs: '-1' },
    { onDemandWithin: '15' },
    { onDemandWithin: '30s' },
    { onDemandWithin: '90s' },
    { limits: '' },
    { limits: 'write,reads' },
    { seedStream: ['orders'] },
    { seedStream: ['orders:0'] },
    { seedStream: ['or ders:1'] },
    { seedStream: ['a:1', 'a:2'] },
    { seedStream: ['a:20001'] },
    { host: '' },
    { host: ' ' },
    { memory: '256' },
    { memory: '31MiB' },
    { metricsClock: '60' },
    { metricsClock: '0x' },
    { metricsClock: '1.5x' },
    { metricsClock: '3601x' },
    { metricsDelay: '5' },
    { metricsDelay: '25h' },
    { metricsMemory: '1023KiB' },
    { memory: '32MiB', metricsMemory: '17MiB' },
    { tlsCert: 'ca.pem' },
    { tls: true, tlsCert: '' },
    { secretAccessKey: '' },
    { accessKeyId: 'AKID' },
    { accessKeyId: 'a/b', secretAccessKey: 's' },
    { requestLog: ' ' },
    { faults: '' },
  ])('are refused as asked wrongly: %o', (flags) => {
    expect(() => readLocalFlags({ ...FLAGS, ...flags })).toThrow(expect.objectContaining({ exitCode: 2 }));
  });
});

describe('local', () => {
  it('says when it is ready, answers, and ends well when it is told to', async () => {
    const { context, out, err, ready } = listen();
    const running = localCommand(context).parseAsync(['--port', '0', '--seed-stream', 'orders:4'], {
      from: 'user',
    });
    const [, url] = /^shardwise local ready (http:\/\/127\.0\.0\.1:\d+)\n/.exec(await ready) ?? [];
    expect(out.join('')).toContain(`export AWS_ENDPOINT_URL_KINESIS=${url}\n`);
    expect(out.join('')).toContain(`export AWS_ENDPOINT_URL_CLOUDWATCH=${url}\n`);
    const reply = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'Kinesis_20131202.DescribeStreamSummary',
        'x-amz-date': 'd',
        authorization: 'AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=c',
      },
      body: '{"StreamName":"orders"}',
    });
    expect(await reply.json()).toMatchObject({
      StreamDescriptionSummary: { StreamStatus: 'ACTIVE', OpenShardCount: 4 },
    });
    process.emit('SIGTERM', 'SIGTERM');
    await running;
    await expect(fetch(url)).rejects.toThrow();
    expect(err).toEqual([]);
  });

  it('speaks TLS with a certificate that its ready lines name, has faults, and logs to standard output', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'shardwise-test-'));
    const faults = join(folder, 'faults.yaml');
    writeFileSync(faults, 'faults: [{ error: ServiceUnavailable }]');
    const { context, out, err, ready } = listen();
    const flags = [
      '--port',
      '0',
      '--tls',
      '--secret-access-key',
      's',
      '--request-log',
      '-',
      '--faults',
      faults,
    ];
    const running = localCommand(context).parseAsync(flags, { from: 'user' });
    const text = await ready;
    const [, port] = /^shardwise local ready https:\/\/127\.0\.0\.1:(\d+)\n/.exec(text) ?? [];
    const [, ca] = /\nexport NODE_EXTRA_CA_CERTS=(\S+)\nexport AWS_CA_BUNDLE=\1\n/.exec(text) ?? [];
    expect(text).not.toContain('AWS_SECRET_ACCESS_KEY=');
    const options = { host: 'localhost', port, path: '/health', ca: readFileSync(ca) };
    const health = await new Promise<string>((resolve, reject) => {
      get(options, (reply) => {
        let body = '';
        reply.on('data', (chunk: Buffer) => (body += chunk.toString())).on('end', () => resolve(body));
      }).on('error', reject);
    });
    expect(JSON.parse(health)).toMatchObject({ status: 'ok', version: '0.0.0-test' });
    process.emit('SIGTERM', 'SIGTERM');
    await running;
    expect(JSON.parse(out.slice(1).join(''))).toMatchObject({ operation: 'GET /health', status: 200 });
    expect(existsSync(ca)).toBe(false);
    expect(err).toEqual([]);
    rmSync(folder, { recursive: true });
  });

  it('refuses a file of faults that is wrong, or not there, before it listens', async () => {
    const { context, out } = listen();
    for (const file of ['package.json', 'none.yaml']) {
      await expect(
        localCommand(context).parseAsync(['--port', '0', '--faults', file], { from: 'user' }),
      ).rejects.toMatchObject({ exitCode: 2 });
    }
    expect(out).toEqual([]);
  });

  it('takes only this machine’s own addresses for out of others’ reach', () => {
    expect(['127.0.0.1', '127.1.2.3', '::1', 'localhost'].every(isLoopback)).toBe(true);
    expect(['0.0.0.0', '::', '10.0.0.1', 'example.org', '1127.0.0.1'].some(isLoopback)).toBe(false);
  });
});
