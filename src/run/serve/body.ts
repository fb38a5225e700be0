/**
 * Collects a request's body, up to a bound, in one buffer of its own: the endpoint keeps it where it holds records.
 */
import type { Readable } from 'node:stream';

/** 10 MiB of data in base64 with 500 keys fit; anything more is refused. */
export const MOST_BODY_BYTES = 16 * 1024 * 1024;
/** What is read, and thrown away, of a body that is too large, so that its sender is ready for the answer. */
const MOST_DRAINED_BYTES = 64 * 1024 * 1024;

/** `too large`: read to its end; `far too large`: more is coming, or would be. */
export type BodyResult = Buffer | 'too large' | 'far too large' | 'broken';

export interface BodyOptions {
  /** The content-length header. */
  readonly announced: string | undefined;
  /** How long to go on reading a body that is too large, in milliseconds. */
  readonly drainMs: number;
  /** Gives a buffer of a length for a body, with anything in it. */
  readonly take: (length: number) => Buffer;
}

/**
 * Reads a body to its end, or to the point where there is too much of it even to be thrown away.
 * @param done called once
 */
export function collectBody(
  stream: Readable,
  { announced, drainMs, take }: BodyOptions,
  done: (result: BodyResult) => void,
): void {
  const expected = announced === undefined ? undefined : Number(announced);
  if (announced !== undefined && !(/^\d+$/.test(announced) && Number(announced) <= MOST_DRAINED_BYTES)) {
    done('far too large');
    return;
  }
  let length = 0;
  let parts: Buffer[] = [];
  let deadline: NodeJS.Timeout | undefined;
  let settled = false;
  const settle = (result: BodyResult): void => {
    if (settled) return;
    settled = true;
    clearTimeout(deadline);
    parts = [];
    done(result);
  };
  const drain = (): void => {
    parts = [];
    deadline ??= setTimeout(() => settle('far too large'), drainMs);
  };
  const isTooLarge = (): boolean => deadline !== undefined;
  if (expected !== undefined && expected > MOST_BODY_BYTES) drain();
  const whole = expected === undefined || isTooLarge() ? undefined : take(expected);
  stream.on('data', (chunk: Buffer) => {
    if (settled) return;
    const before = length;
    length += chunk.length;
    if (length > MOST_DRAINED_BYTES) settle('far too large');
    else if (length > (expected ?? MOST_BODY_BYTES)) drain();
    if (isTooLarge()) return;
    if (whole) chunk.copy(whole, before);
    else parts.push(chunk);
  });
  stream.on('end', () => {
    if (isTooLarge()) settle('too large');
    else if (whole) settle(length === whole.length ? whole : 'broken');
    else settle(join(parts, length));
  });
  stream.on('error', () => settle('broken'));
  stream.on('close', () => settle('broken'));
}

function join(parts: readonly Buffer[], length: number): Buffer {
  const body = Buffer.allocUnsafeSlow(length);
  let at = 0;
  for (const part of parts) at += part.copy(body, at);
  return body;
}
