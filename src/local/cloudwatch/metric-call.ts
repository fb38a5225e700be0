/** A request to CloudWatch, whatever the protocol it came in. */
import type { LocalReply } from '../message.ts';
import type { Fields } from '../shape.ts';
import type { CloudWatchError } from './cloudwatch-error.ts';

export interface MetricCall {
  readonly operation: string;
  /**
   * The members as they were sent, as JSON would have them; not checked yet.
   * @throws CloudWatchError or ServiceError where they cannot be read
   */
  readonly input: (fields: Fields) => object;
  /** What the protocol says where there is no such operation. */
  readonly unknownOperation: () => CloudWatchError;
  /** `result` is undefined where the reply has no members. */
  readonly result: (result: object | undefined, requestId: string) => LocalReply;
  readonly error: (error: CloudWatchError, requestId: string) => LocalReply;
}

export function metricReply(status: number, contentType: string, body: string | Buffer): LocalReply {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  return { status, headers: { 'content-type': contentType }, body: bytes };
}

/** Who is to blame, as both protocols put it. */
export function senderOrReceiver({ status }: CloudWatchError): 'Sender' | 'Receiver' {
  return status < 500 ? 'Sender' : 'Receiver';
}

/** Clients that still know the Query protocol's codes find them in a header of their own. */
export function queryErrorHeader(error: CloudWatchError): Record<string, string> {
  return {
    'x-amzn-errortype': error.type,
    'x-amzn-query-error': `${error.code};${senderOrReceiver(error)}`,
  };
}
