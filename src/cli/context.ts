/**
 * What a command gets besides its options: streams, terminal, environment. Tests pass their own.
 */
export interface Context {
  /** Human text and JSON. */
  readonly out: (text: string) => void;
  /** Why some of that was lost, as the rest of a sentence; absent where it cannot be, undefined where it was not. */
  readonly outTrouble?: () => string | undefined;
  /** Progress and warnings. */
  readonly err: (text: string) => void;
  /** Whether stderr is a terminal that can redraw a line. */
  readonly stderrIsTerminal: boolean;
  /** Width of stdout's terminal in columns; 80 where it is none. */
  readonly columns: number;
  /** Whether stdout takes colours: a terminal, and NO_COLOR unset. */
  readonly color: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Exit code of the command, see interface: 0, 1, 2, 3, 4 or 130. */
  readonly setExit: (code: ExitCode) => void;
}

export type ExitCode = 0 | 1 | 2 | 3 | 4 | 130;
