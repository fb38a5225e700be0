/**
 * What the replies of an endpoint say beside their content: where they came from, what time it is there, and, where it is
 * `shardwise local`, how fast its metric clock runs.
 */
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { epochClock } from '../clock.ts';

/** A clock that reads the same as ours at its origin and runs `factor` times as fast from there. */
export interface EndpointClock {
  readonly factor: number;
  /** Microseconds since 1970. */
  readonly originUs: number;
}

export interface ReplyWatch {
  /** Scheme, host and port that the last request went to. */
  endpoint: string;
  /** Whether `shardwise local` answers there. */
  isOurs: boolean;
  /** Of the metrics; undefined before CloudWatch answered, or where it is AWS's. */
  metricClock: EndpointClock | undefined;
  /** What the endpoint's clock is ahead of ours, in microseconds, to a second. */
  skewUs: number;
}

interface HttpRequest {
  readonly protocol?: string;
  readonly hostname?: string;
  readonly port?: number;
}
type Headers = Readonly<Record<string, string | undefined>>;
interface HttpReply {
  readonly headers?: Headers;
}

export function newWatch(): ReplyWatch {
  return { endpoint: '', isOurs: false, metricClock: undefined, skewUs: 0 };
}

/** Watches a client's replies; further clients may add to the same watch. */
export function watchReplies(
  client: KinesisClient | CloudWatchClient,
  watch: ReplyWatch = newWatch(),
): ReplyWatch {
  const stack = client.middlewareStack as KinesisClient['middlewareStack'];
  stack.add(
    (next) => async (args) => {
      const { protocol = 'https:', hostname = '', port } = args.request as HttpRequest;
      watch.endpoint = `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`;
      const result = await next(args);
      look(watch, (result.response as HttpReply).headers ?? {});
      return result;
    },
    // Below the deserializer, which throws where a reply is an error.
    { step: 'deserialize', priority: 'low', name: 'watchReplies' },
  );
  return watch;
}

function look(watch: ReplyWatch, headers: Headers): void {
  if (headers['x-shardwise-now-us'] !== undefined || headers['x-shardwise-metrics-clock'] !== undefined) {
    watch.isOurs = true;
  }
  const factor = Number(headers['x-shardwise-metrics-clock']?.replace(/x$/, ''));
  const originUs = Number(headers['x-shardwise-metrics-origin-us']);
  if (factor >= 1 && Number.isFinite(originUs)) {
    watch.metricClock = { factor, originUs };
  } else if (headers.date !== undefined && !watch.isOurs) {
    const dateUs = Date.parse(headers.date) * 1000;
    if (!Number.isNaN(dateUs)) watch.skewUs = dateUs - Math.floor(epochClock() / 1_000_000) * 1_000_000;
  }
}
