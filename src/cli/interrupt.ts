/**
 * Ends work in order at the first signal, and the process at a later one.
 */
import { setMaxListeners } from 'node:events';

/**
 * SIGINT, SIGTERM, SIGQUIT and the terminal's going away as an abort signal: the first ends the work in order, a later one ends the process.
 */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** Gives the signals back. */
  readonly release: () => void;
}

/** Those that end a program in order; SIGQUIT is Ctrl-\\. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/** One key press often arrives twice: from the terminal, and once more from npm or a shell that passes it on. */
const SAME_PRESS_MS = 1000;

/** So long a second signal waits for the last act, and no longer. */
const LAST_ACT_MS = 3000;

/** What is done where the process has to end at once. */
export interface LastAct {
  /** What is said first, in place of whether there is a report. */
  readonly ended?: string;
  /** Whether the report is out by then. */
  readonly isReported: () => boolean;
  /** Begins at once, and may be cut off. @returns what it came to, in a sentence; empty: nothing was to be done */
  readonly act: () => Promise<string>;
  /** What to say where it is cut off. */
  readonly cutOff: () => string;
}

const NOTHING: LastAct = { isReported: () => false, act: () => Promise.resolve(''), cutOff: () => '' };

/**
 * @param last what a second signal still does; a third one ends even that
 * @param kept what is left of the work where there is no report, in a sentence; empty: nothing to say
 */
export function watchInterrupt(last: LastAct = NOTHING, kept: () => string = () => ''): Interrupt {
  let isEnding = false;
  const { signal, onSignal } = interruptOf(
    () => performance.now(),
    () => {
      if (isEnding) endProcess();
      isEnding = true;
      void endAtOnce(last, kept);
    },
  );
  for (const name of SIGNALS) process.on(name, onSignal);
  return {
    signal,
    release: () => {
      for (const name of SIGNALS) process.off(name, onSignal);
    },
  };
}

/** @param end ends the process at once, without a report */
export function interruptOf(
  nowMs: () => number,
  end: () => void,
): { readonly signal: AbortSignal; readonly onSignal: () => void } {
  const controller = new AbortController();
  // As many wait for it as there are shards to read; none of them is a leak.
  setMaxListeners(0, controller.signal);
  let firstMs = 0;
  const onSignal = (): void => {
    if (!controller.signal.aborted) {
      firstMs = nowMs();
      controller.abort();
    } else if (nowMs() - firstMs >= SAME_PRESS_MS) {
      end();
    }
  };
  return { signal: controller.signal, onSignal };
}

async function endAtOnce({ ended, isReported, act, cutOff }: LastAct, kept: () => string): Promise<void> {
  const left = isReported() || ended !== undefined ? '' : kept();
  const how = isReported() ? 'after the report' : 'without a report';
  process.stderr.write(`\n${ended ?? `Ended at once, ${how}.`}${left === '' ? '' : `\n${left}\n`}`);
  const late = new Promise<string>((resolve) => setTimeout(() => resolve(cutOff()), LAST_ACT_MS));
  const sentence = await Promise.race([act(), late]);
  process.stderr.write(`${sentence === '' ? '' : `${left === '' ? ' ' : ''}${sentence}`}\n`);
  endProcess();
}

/** What a thread of the pool does, which nothing can stop: opening and reading files, and looking up names. */
const UNSTOPPABLE = /^(?:FSReq|GetAddrInfo|GetNameInfo|FileHandle|DirHandle)/;

/**
 * Ends the process with 130, whatever it is at: to exit, Node waits for calls of the system that may never return, such as
 * opening a pipe that nobody writes to. Then a signal ends it, as a shell's 130 means.
 */
export function endProcess(): never {
  if (!process.getActiveResourcesInfo().some((what) => UNSTOPPABLE.test(what))) process.exit(130);
  process.removeAllListeners('SIGINT');
  process.kill(process.pid, 'SIGINT');
  process.kill(process.pid, 'SIGKILL');
  process.exit(130);
}
