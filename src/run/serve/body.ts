/**
 * Collects a request's body, up to a bound, in one buffer of its own: the endpoint keeps it where it holds records.
 */
import type { Readable } from 'node:stream';

/** 10 MiB of data in base64 with 500 keys fit; anything more is refused unread. */
export const MOST_BODY_BYTES = 16 * 1024 * 1024;

export type BodyResult = Buffer | 'too large' | 'broken';

/**
 * Reads a body to its end, or to the point where it is too large.
 * @param announced the content-length header
 * @param done called once
 */
export function collectBody(
  stream: Readable,
  announced: string | undefined,
  done: (result: BodyResult) => void,
): void {
  let length = 0;
  let parts: Buffer[] | undefined;
  let settled = false;
  const settle = (result: BodyResult): void => {
    if (settled) return;
    settled = true;
    parts = undefined;
    done(result);
  };
  const expected = announced === undefined ? undefined : Number(announced);
  if (announced !== undefined && !(/^\d+$/.test(announced) && Number(announced) <= MOST_BODY_BYTES)) {
    settle('too large');
    return;
  }
  const whole = expected === undefined ? undefined : Buffer.allocUnsafeSlow(expected);
  stream.on('data', (chunk: Buffer) => {
    if (settled) return;
    const before = length;
    length += chunk.length;
    if (length > (expected ?? MOST_BODY_BYTES)) settle('too large');
    else if (whole) chunk.copy(whole, before);
    else (parts ??= []).push(chunk);
  });
  stream.on('end', () => {
    if (whole) settle(length === whole.length ? whole : 'broken');
    else settle(join(parts ?? [], length));
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
