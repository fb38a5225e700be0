/**
 * The transport that was asked for, with a client of its own.
 */
import type { AcknowledgedRecords } from '../read/acknowledged-records.ts';
import { kinesisClient, type ClientSpec } from './client.ts';
import type { PutBodyOptions } from './put-body.ts';
import type { Transport, TransportName } from './transport.ts';
import type { WireMeter } from './wire-meter.ts';

export interface OpenTransportOptions extends PutBodyOptions {
  readonly client: ClientSpec;
  /** As many as requests may be in flight. */
  readonly connections: number;
  /** Shard ids by number, to check our routing against the replies. */
  readonly shardIds: readonly string[];
  /** Where consumers are to be told what was acknowledged. */
  readonly acknowledged?: AcknowledgedRecords | undefined;
  /** Counts what the connections carry. */
  readonly wire?: WireMeter;
}

export async function openTransport(name: TransportName, options: OpenTransportOptions): Promise<Transport> {
  const client = kinesisClient(options.client, options.connections, options.wire);
  switch (name) {
    case 'sdk':
      return new (await import('./sdk-transport.ts')).SdkTransport({ ...options, client });
    case 'sdk-plain':
      return new (await import('./plain-transport.ts')).PlainTransport({ ...options, client });
    case 'raw':
      return new (await import('./raw-transport.ts')).RawTransport({ ...options, client });
  }
}

/** Loads a transport's code, so that it need not be loaded while records fall due. */
export async function loadTransport(name: TransportName): Promise<void> {
  if (name === 'raw') await import('./raw-transport.ts');
  else if (name === 'sdk') await import('./sdk-transport.ts');
  else await import('./plain-transport.ts');
}
