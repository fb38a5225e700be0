/**
 * How the garbage collector of an endpoint with a process of its own works.
 *
 * The records are outside of the JavaScript heap, which stays at some 10 MiB. V8 derives from so small a heap that it
 * should look through all of it again whenever 20 MiB of network buffers have passed, step by step and beside the
 * program, which takes a fifth of the endpoint's CPU time. Without the stepwise way it clears those buffers with the
 * rest of the young generation, and looks through the whole heap, in some 10 ms at once, only when it has grown.
 */
import { setFlagsFromString } from 'node:v8';

/** To be called once, before the first request, and not where other work shares the process. */
export function collectAtOnce(): void {
  setFlagsFromString('--no-incremental-marking');
}
