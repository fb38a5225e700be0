/**
 * The way to AWS: region, credentials and endpoint as the SDK resolves them, and clients that use them.
 */
import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { KinesisClient, type KinesisClientConfig } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { badInput } from '../../model/refusal.ts';
import { CONNECTION_TIMEOUT_MS, REQUEST_TIMEOUT_MS, SILENT, type ClientSpec } from '../send/client.ts';
import { noCredentials } from './aws-trouble.ts';
import { refuseUnknownProfile } from './profiles.ts';
import { watchReplies, type ReplyWatch } from './reply-watch.ts';
import { partsOf } from './stream-reference.ts';

/** What the user said about the way; the rest is the SDK's environment variables and files. */
export interface AwsOptions {
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  /** For Kinesis and CloudWatch alike. */
  readonly endpointUrl?: string | undefined;
}

export interface AwsConnection {
  readonly region: string;
  /** For the control plane: few calls, tried again with backoff where they are throttled. */
  readonly control: KinesisClient;
  /** What replies have said of the endpoint. */
  readonly watch: ReplyWatch;
  /** What the sending threads make their own clients of: the SDK resolves credentials in each. */
  readonly clientSpec: ClientSpec;
  readonly cloudWatch: () => Promise<CloudWatchClient>;
  readonly close: () => void;
}

/** With the SDK's backoff of up to 20 s this lasts about half a minute: a control plane that is throttled longer is said. */
const CONTROL_ATTEMPTS = 6;

/**
 * Resolves region and credentials before anything is asked.
 * @param stream what --stream named; an ARN's region counts where no other is given
 * @throws Refusal (exit 2) where there is no region or there are no credentials, or two regions
 */
export async function connect(options: AwsOptions, stream?: string): Promise<AwsConnection> {
  const named = stream === undefined ? undefined : partsOf(stream)?.region;
  if (named !== undefined && options.region !== undefined && named !== options.region) {
    throw badInput(
      `--region ${options.region} is not the region of --stream, which is ${named}.`,
      'Leave --region out: the ARN says it.',
    );
  }
  const config: KinesisClientConfig = {
    logger: SILENT,
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    ...(options.endpointUrl === undefined ? {} : { endpoint: options.endpointUrl }),
    ...regionOf(options.region ?? named),
    retryMode: 'standard',
    defaultsMode: 'standard',
  };
  const control = new KinesisClient({
    ...config,
    maxAttempts: CONTROL_ATTEMPTS,
    requestHandler: handler(4),
  });
  const watch = watchReplies(control);
  let isClosed = false;
  // A call that closing cut off would be tried again, and keep the process alive for as long.
  control.middlewareStack.add(
    (next) => (args) => (isClosed ? Promise.reject(new Error('the connection is closed')) : next(args)),
    { step: 'finalizeRequest', priority: 'low', name: 'noneAfterClosing' },
  );
  const region = await resolveRegion(control);
  await resolveCredentials(control, options.profile ?? process.env.AWS_PROFILE);
  let cloudWatch: CloudWatchClient | undefined;
  return {
    region,
    control,
    watch,
    clientSpec: {
      kind: 'aws',
      region,
      ...(options.endpointUrl === undefined ? {} : { endpoint: options.endpointUrl }),
      ...(options.profile === undefined ? {} : { profile: options.profile }),
    },
    cloudWatch: async () => {
      if (cloudWatch === undefined) {
        const { CloudWatchClient: Client } = await import('./cloudwatch.ts');
        const endpoint = options.endpointUrl === undefined ? {} : { endpoint: options.endpointUrl };
        cloudWatch = new Client({
          ...(options.profile === undefined ? {} : { profile: options.profile }),
          ...endpoint,
          region,
          credentials: control.config.credentials,
          maxAttempts: CONTROL_ATTEMPTS,
          retryMode: 'standard',
          defaultsMode: 'standard',
          requestHandler: handler(4),
        });
        watchReplies(cloudWatch, watch);
      }
      return cloudWatch;
    },
    close: () => {
      isClosed = true;
      control.destroy();
      cloudWatch?.destroy();
    },
  };
}

function regionOf(region: string | undefined): KinesisClientConfig {
  return region === undefined ? {} : { region };
}

function handler(connections: number): NodeHttpHandler {
  return new NodeHttpHandler({
    httpAgent: new Agent({ keepAlive: true, maxSockets: connections }),
    httpsAgent: new TlsAgent({ keepAlive: true, maxSockets: connections }),
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    throwOnRequestTimeout: true,
  });
}

async function resolveRegion({ config }: KinesisClient): Promise<string> {
  try {
    return await config.region();
  } catch {
    throw badInput(
      'No AWS region is known.',
      'Give --region, or set AWS_REGION, or a region in the profile that you use.',
    );
  }
}

/** @param profile that is asked for, by the flag or the environment */
async function resolveCredentials({ config }: KinesisClient, profile: string | undefined): Promise<void> {
  try {
    await config.credentials();
  } catch (error) {
    if (profile !== undefined && profile !== '') await refuseUnknownProfile(profile);
    throw noCredentials(error);
  }
}
