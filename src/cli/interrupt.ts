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

/** @param left what may be left behind where it has to end at once, in a sentence */
export function watchInterrupt(left = ''): Interrupt {
  const { signal, onSignal } = interruptOf(
    () => performance.now(),
    () => {
      process.stderr.write(`\nEnded at once, without a report.${left === '' ? '' : ` ${left}`}\n`);
      process.exit(130);
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
