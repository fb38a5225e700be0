/**
 * Reads a pipe to its end without a thread that waits in the system: such a thread would keep the process from ending.
 */
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { badInput } from '../../model/refusal.ts';

const CHUNK_BYTES = 64 * 1024;
/** So long whoever is to write may take to open the pipe: both are often started by one line of a shell. */
const WRITER_MS = 2000;
const STEP_MS = 50;

/**
 * @param take is told each piece
 * @param writerMs how long to wait for somebody who writes
 * @throws Refusal (exit 2) where nobody does; what `take` throws
 */
export async function eachChunkOfPipe(
  path: string,
  take: (chunk: Buffer) => void,
  writerMs = WRITER_MS,
): Promise<void> {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  let socket: Socket | undefined;
  try {
    const first = await firstOf(descriptor, path, writerMs);
    if (first === 'end') return;
    if (first !== 'later') take(first);
    socket = new Socket({ fd: descriptor, readable: true, writable: false });
    for await (const chunk of socket) take(chunk as Buffer);
  } finally {
    // A socket closes what it reads from.
    if (socket === undefined) closeSync(descriptor);
    else socket.destroy();
  }
}

/** `later`: somebody has it open and has not written yet; `end`: all was written before, and it was nothing. */
async function firstOf(
  descriptor: number,
  path: string,
  writerMs: number,
): Promise<Buffer | 'later' | 'end'> {
  const buffer = Buffer.alloc(CHUNK_BYTES);
  // What a shell hands over was open for writing already: without a writer, it is over.
  const isHandedOver = /^\/(?:dev|proc)\//.test(path);
  for (let waitedMs = 0; ; waitedMs += STEP_MS) {
    try {
      const bytes = readSync(descriptor, buffer, 0, CHUNK_BYTES, null);
      if (bytes > 0) return buffer.subarray(0, bytes);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 'later';
      throw error;
    }
    if (isHandedOver) return 'end';
    if (waitedMs >= writerMs) {
      throw badInput(
        `${path} is a pipe that nobody writes to.`,
        'Start what writes to it first, or name a file.',
      );
    }
    await sleep(STEP_MS);
  }
}
