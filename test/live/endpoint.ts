/** `shardwise local` as a process of its own, and the environment in which commands reach it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { ROOT, type Finished, type Started } from './command.ts';

export interface Endpoint {
  readonly url: string;
  readonly client: KinesisClient;
  /** Runs a command against it; `env` on top of region and credentials. */
  run(args: readonly string[], env?: Readonly<Record<string, string | undefined>>): Started;
  stop(): Promise<void>;
}

const CLI = join(ROOT, 'dist/shardwise.js');
const KEYS = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };
/** Nothing of the machine that the tests run on. */
const NOBODY = {
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/nonexistent/config',
  AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/credentials',
};

/** Starts it on a free port and waits for its ready line. */
export async function startEndpoint(...flags: readonly string[]): Promise<Endpoint> {
  const child = spawn(process.execPath, [CLI, 'local', '--port', '0', '--quiet', ...flags], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      const match = /ready (http\S+)\n/.exec(out);
      if (match) resolve(match[1]);
    });
    child.once('exit', () => reject(new Error(`the endpoint stopped: ${out}`)));
  });
  const client = new KinesisClient({
    endpoint: url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    requestHandler: new NodeHttpHandler({}),
  });
  return {
    url,
    client,
    run: (args, env = {}) => startWith(args, { ...NOBODY, ...KEYS, AWS_REGION: 'us-east-1', ...env }),
    stop: () => stop(child, client),
  };
}

function startWith(args: readonly string[], env: Readonly<Record<string, string | undefined>>): Started {
  const set = Object.entries({ PATH: process.env['PATH'], TMPDIR: tmpdir(), HOME: '/nonexistent', ...env });
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: Object.fromEntries(set.filter(([, value]) => value !== undefined)),
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const finished = new Promise<Finished>((resolve) => {
    child.on('close', (code) => resolve({ code, out, err }));
  });
  return { process: child, finished };
}

async function stop(child: ChildProcess, client: KinesisClient): Promise<void> {
  client.destroy();
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await exited;
}
