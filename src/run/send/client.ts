/**
 * AWS clients for sending: keep-alive HTTP/1.1, and no retries of the SDK's own, because a retry that we do not see is
 * a latency and an attempt that we do not count. Described by data, so that every thread can make its own.
 */
import { KinesisClient, type KinesisClientConfig } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { WireMeter } from './wire-meter.ts';

export const CONNECTION_TIMEOUT_MS = 3_000;
/** As long as the reply of a stalled stream is waited for; then the records' fate is unknown. */
export const REQUEST_TIMEOUT_MS = 10_000;

/** The SDK's own warnings are many lines of its inner life; what matters of them becomes one of our sentences. */
export const SILENT = Object.fromEntries(
  (['trace', 'debug', 'info', 'warn', 'error'] as const).map((level) => [level, () => undefined]),
) as Required<NonNullable<KinesisClientConfig['logger']>>;

/** Whom to speak to. */
export type ClientSpec =
  | {
      /** Our own endpoint: nothing of the user's AWS is looked at. */
      readonly kind: 'local';
      readonly endpoint: string;
      readonly region: string;
      /** Default: a key that is no secret, for endpoints that take any. */
      readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
    }
  | {
      /** AWS, or what the user's own settings say: the SDK resolves what is left out. */
      readonly kind: 'aws';
      readonly endpoint?: string;
      readonly region?: string;
      readonly profile?: string;
    };

/**
 * Everything that the SDK would otherwise look up in the user's environment and configuration files: their AWS is
 * none of a local run's business, and a FIPS endpoint on 127.0.0.1 is an exception.
 */
export const NOTHING_OF_THE_USERS = {
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  retryMode: 'standard',
  defaultsMode: 'standard',
  useFipsEndpoint: false,
  useDualstackEndpoint: false,
  accountIdEndpointMode: 'disabled',
  authSchemePreference: [],
  userAgentAppId: '',
} satisfies KinesisClientConfig;

/** @param connections open at the same time, at most @param wire is told of them */
export function kinesisClient(
  { kind, ...spec }: ClientSpec,
  connections: number,
  wire = new WireMeter(),
): KinesisClient {
  return new KinesisClient({
    ...(kind === 'local' ? NOTHING_OF_THE_USERS : {}),
    ...spec,
    maxAttempts: 1,
    logger: SILENT,
    // One chain of middleware for all requests of a kind, instead of one for each.
    cacheMiddleware: true,
    requestHandler: new NodeHttpHandler({
      ...wire.agents({ keepAlive: true, maxSockets: connections }),
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    }),
  });
}

/** A client for one local endpoint with as many connections as there are in-flight slots. */
export function localClient(endpoint: string, region: string, connections: number): KinesisClient {
  return kinesisClient({ kind: 'local', endpoint, region }, connections);
}
