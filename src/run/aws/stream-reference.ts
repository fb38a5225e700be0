/**
 * A stream as the user names it, by name or by ARN, and as calls take it.
 */
import { badInput } from '../../model/refusal.ts';
import type { StreamRef } from '../send/put-body.ts';

export interface StreamArn {
  readonly region: string;
  readonly account: string;
  readonly name: string;
}

const ARN = /^arn:aws[a-z-]*:kinesis:([a-z0-9-]+):(\d{12}):stream\/([a-zA-Z0-9_.-]{1,128})$/;
const NAME = /^[a-zA-Z0-9_.-]{1,128}$/;

/** Undefined where it is no ARN of a stream. */
export function partsOf(stream: string): StreamArn | undefined {
  const match = ARN.exec(stream);
  if (match === null) return undefined;
  const [, region, account, name] = match;
  return { region, account, name };
}

/** What calls name a stream by. A call by ARN reaches streams of other accounts too. */
export function referenceTo(stream: string): StreamRef {
  return stream.startsWith('arn:') ? { StreamARN: stream } : { StreamName: stream };
}

/** @throws Refusal (exit 2) where a text is neither a name nor an ARN */
export function checkStream(stream: string): string {
  if (NAME.test(stream) || partsOf(stream) !== undefined) return stream;
  throw badInput(
    `--stream ${stream} is neither the name nor the ARN of a stream.`,
    'Names are of letters, digits, "_", "." and "-"; an ARN is arn:aws:kinesis:REGION:ACCOUNT:stream/NAME.',
  );
}
