import { createServer } from 'node:http';
import { mkdtempSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListShardsCommand } from '@aws-sdk/client-kinesis';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { localClient } from '../../src/run/send/client.ts';

afterEach(() => vi.unstubAllEnvs());

/** Headers of one request of the local client. */
async function headersOfRequest(): Promise<NodeJS.Dict<string | string[]>> {
  let headers: NodeJS.Dict<string | string[]> = {};
  const server = createServer((request, response) => {
    ({ headers } = request);
    response.setHeader('content-type', 'application/x-amz-json-1.1').end('{"Shards":[]}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = localClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'us-east-1', 1);
  try {
    await client.send(new ListShardsCommand({ StreamName: 's' }));
  } finally {
    client.destroy();
    server.close();
  }
  return headers;
}

const SETTINGS: Record<string, string> = {
  use_fips_endpoint: 'true',
  use_dualstack_endpoint: 'true',
  defaults_mode: 'foo',
  retry_mode: 'foo',
  max_attempts: 'many',
  account_id_endpoint_mode: 'foo',
  auth_scheme_preference: 'httpBearerAuth',
  sdk_ua_app_id: 'of-the-user',
  endpoint_url: 'http://127.0.0.1:9',
};

describe('the client of the local endpoint', () => {
  it('reads nothing of the AWS environment', async () => {
    for (const [name, value] of Object.entries(SETTINGS)) vi.stubEnv(`AWS_${name.toUpperCase()}`, value);
    vi.stubEnv('AWS_PROFILE', 'no-such-profile');
    const headers = await headersOfRequest();
    expect(headers.authorization).toContain('Credential=local/');
    expect(headers['user-agent']).not.toContain('of-the-user');
  });

  it('reads nothing of the AWS configuration files', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'shardwise-test-')), 'config');
    const lines = Object.entries(SETTINGS).map(([name, value]) => `${name} = ${value}`);
    writeFileSync(path, `[default]\n${lines.join('\n')}\n`);
    vi.stubEnv('AWS_CONFIG_FILE', path);
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', path);
    const headers = await headersOfRequest();
    expect(headers.authorization).toContain('Credential=local/');
    expect(headers['user-agent']).not.toContain('of-the-user');
  });
});
