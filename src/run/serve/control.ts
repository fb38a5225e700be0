/**
 * What the endpoint's port answers besides AWS's operations: its health, and the faults that are to happen. No AWS
 * client uses these paths.
 */
import { NO_FAULTS } from '../../local/faults/fault-rule.ts';
import type { LocalService } from '../../local/local-service.ts';
import type { LocalReply, LocalRequest } from '../../local/message.ts';
import { Refusal } from '../../model/refusal.ts';

const HEALTH = '/health';
const FAULTS = '/shardwise/faults';
/** A plan of faults is read whole, by a parser that is thorough rather than fast. */
const MOST_FAULT_BYTES = 64 * 1024;

export interface ControlOptions {
  readonly service: LocalService;
  readonly version: string;
  readonly startUs: number;
}

/** Whether a request is for us and not for AWS's operations. */
export function isControl({ path }: Pick<LocalRequest, 'path'>): boolean {
  return path === HEALTH || path.startsWith('/shardwise/') || path.startsWith(`${HEALTH}?`);
}

/** Answers a control request. Never rejects. */
export async function answerControl(
  request: LocalRequest,
  nowUs: number,
  options: ControlOptions,
): Promise<LocalReply> {
  const [path] = request.path.split('?', 1);
  const about = { operation: `${request.method} ${path}`, stream: undefined, error: undefined };
  return { ...(await answerPath(path, request, nowUs, options)), about };
}

async function answerPath(
  path: string,
  request: LocalRequest,
  nowUs: number,
  options: ControlOptions,
): Promise<LocalReply> {
  try {
    if (path === HEALTH) return answerHealth(request, nowUs, options);
    if (path === FAULTS) return await answerFaults(request, options.service);
    return refused(404, `There is nothing at ${path}.`, `Ask for ${HEALTH} or ${FAULTS}.`);
  } catch (error) {
    if (error instanceof Refusal) return refused(400, error.what, error.fix);
    return refused(500, String(error), 'This is a mistake of ours; please report it.');
  }
}

function answerHealth({ method }: LocalRequest, nowUs: number, options: ControlOptions): LocalReply {
  if (method !== 'GET' && method !== 'HEAD') return refused(405, `${method} is not known here.`, 'Use GET.');
  const { streams, recordBytes, metricBytes, requests } = options.service.health(nowUs);
  return json(200, {
    status: 'ok',
    version: options.version,
    uptimeMs: Math.floor((nowUs - options.startUs) / 1000),
    streams,
    requests,
    memory: { recordBytes, metricBytes, residentBytes: process.memoryUsage.rss() },
  });
}

async function answerFaults({ method, body }: LocalRequest, service: LocalService): Promise<LocalReply> {
  switch (method) {
    case 'GET':
      break;
    case 'PUT': {
      if (body.length > MOST_FAULT_BYTES)
        return refused(413, 'The body is above 64 KiB.', 'Send fewer rules.');
      const { parseFaults } = await import('../../local/faults/fault-file.ts');
      service.setFaults(parseFaults(body.toString('utf8'), 'body'));
      break;
    }
    case 'DELETE':
      service.setFaults(NO_FAULTS);
      break;
    default:
      return refused(405, `${method} is not known here.`, 'Use GET, PUT or DELETE.');
  }
  return json(200, service.faults.document);
}

function refused(status: number, what: string, fix: string): LocalReply {
  return json(status, { error: what, fix });
}

function json(status: number, content: object): LocalReply {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(`${JSON.stringify(content)}\n`),
  };
}
