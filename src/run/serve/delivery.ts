/**
 * Writes a reply to its client piece by piece, and gives the client up when it takes no piece for too long: a reply
 * that is never read would otherwise be kept for ever.
 */
import type { Writable } from 'node:stream';

/** What a client must take within the time it has, whatever the length of the reply. */
const PIECE_BYTES = 64 * 1024;

/**
 * Ends a reply with its body.
 * @param waitMs for each piece of the body
 * @param giveUp called once where a piece was not taken in time
 * @param hasTurn whether the client can take anything yet; until then nothing is held against it
 */
export function deliver(
  client: Writable,
  body: Buffer,
  waitMs: number,
  giveUp: () => void,
  hasTurn: () => boolean = () => true,
): void {
  let at = 0;
  let deadline: NodeJS.Timeout | undefined = undefined;
  const writeNext = (): void => {
    const piece = body.subarray(at, at + PIECE_BYTES);
    at += piece.length;
    if (at < body.length) client.write(piece, onTaken);
    else client.end(piece);
  };
  const onTaken = (error?: Error | null): void => {
    if (error || client.destroyed) return;
    deadline?.refresh();
    writeNext();
  };
  writeNext();
  // Most replies have left for the system by now, and need no watch.
  if (client.writableFinished || client.destroyed) return;
  deadline = setTimeout(() => {
    if (hasTurn()) giveUp();
    else deadline?.refresh();
  }, waitMs).unref();
  const forget = (): void => clearTimeout(deadline);
  client.on('finish', forget).on('close', forget);
}
