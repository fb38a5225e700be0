/** An endpoint whose account denies calls, and whose CloudWatch answers as it is told; and a connection to it. */
import { connect, type AwsConnection } from '../../../src/run/aws/connection.ts';
import { LocalService, type LocalReply, type LocalRequest } from '../../../src/local/local-service.ts';
import { epochClock } from '../../../src/run/clock.ts';
import { startServer, type RunningServer } from '../../../src/run/serve/server.ts';
import { call, record } from '../../local/client.ts';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
process.env['AWS_ACCESS_KEY_ID'] = 'local';
process.env['AWS_SECRET_ACCESS_KEY'] = 'local';

const MINUTE_US = 60_000_000;

/** Given how many replies came before. */
type MetricAnswer = (reply: LocalReply, before: number) => LocalReply;

/** Notes what it is asked, by IAM's names. */
export class GuardedService extends LocalService {
  /** In order. */
  readonly asked: string[] = [];
  readonly denied = new Set<string>();
  #metricCalls = 0;
  #onMetrics: MetricAnswer = (reply) => reply;

  /** Rewrites replies of GetMetricData from now on. */
  answerMetrics(onMetrics: MetricAnswer): void {
    this.#onMetrics = onMetrics;
    this.#metricCalls = 0;
  }

  override handle(request: LocalRequest, nowUs: number): LocalReply {
    const [service, operation] = (request.headers['x-amz-target'] ?? '').split('.');
    const action = `${service.startsWith('Kinesis') ? 'kinesis' : 'cloudwatch'}:${operation}`;
    this.asked.push(action);
    if (this.denied.has(action)) return errorReply('AccessDeniedException', 400);
    const reply = super.handle(request, nowUs);
    return operation === 'GetMetricData' ? this.#onMetrics(reply, this.#metricCalls++) : reply;
  }
}

export function errorReply(name: string, status: number): LocalReply {
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-query-error': `${name};Sender` },
    body: Buffer.from(JSON.stringify({ __type: name, message: `${name} of the test` })),
  };
}

export interface GuardedEndpoint {
  readonly service: GuardedService;
  readonly connection: AwsConnection;
  readonly url: string;
  /** The endpoint's time, which stands still. */
  readonly nowUs: number;
  close(): Promise<void>;
}

export interface Past {
  readonly shards: number;
  /** Whole minutes that are over. */
  readonly minutes: number;
  /** Records in each, by their keys. */
  readonly keysAt: (minute: number) => readonly string[];
  readonly monitored?: boolean;
  /** Metric minutes in a real one; the minutes of the past are the metrics'. */
  readonly clockFactor?: number;
  /** How long a stream is UPDATING when it changes; 500 otherwise. */
  readonly reshardMs?: number;
  /** What else happens at the start of a minute. */
  readonly at?: (service: LocalService, minute: number, nowUs: number) => void;
}

/** A stream `orders` with a past that ends now. */
export async function startGuarded(past: Past): Promise<GuardedEndpoint> {
  const { clockFactor = 1 } = past;
  const minuteUs = MINUTE_US / clockFactor;
  const startUs = epochClock() - past.minutes * minuteUs;
  const service = new GuardedService({
    limits: [],
    metrics: { clockFactor, originUs: startUs },
    ...(past.reshardMs === undefined ? {} : { reshardMs: past.reshardMs }),
  });
  service.createStream({ name: 'orders', shards: past.shards }, startUs);
  if (past.monitored === true) {
    const on = { StreamName: 'orders', ShardLevelMetrics: ['ALL'] };
    call(service, 'EnableEnhancedMonitoring', on, startUs);
  }
  for (let minute = 0; minute < past.minutes; minute++) {
    const nowUs = startUs + Math.round(minute * minuteUs + minuteUs / 60);
    past.at?.(service, minute, nowUs);
    const Records = past.keysAt(minute).map((key) => record(key, 'xxxxx'));
    if (Records.length > 0) call(service, 'PutRecords', { StreamName: 'orders', Records }, nowUs);
  }
  service.asked.length = 0;
  const server: RunningServer = await startServer({ host: '127.0.0.1', port: 0, service, nowUs: epochClock });
  const connection = await connect({ region: 'us-east-1', endpointUrl: server.url });
  return {
    ...{ service, connection, url: server.url, nowUs: epochClock() },
    close: async () => {
      connection.close();
      await server.close();
    },
  };
}
