/**
 * A mistake of ours that would end the process must not leave a stream behind that costs money by the hour.
 */

/**
 * Runs a clean-up before the process ends by an error that nobody caught.
 * @returns what takes the guard away again
 */
export function guardCrash(cleanup: () => Promise<void>): () => void {
  const onCrash = (error: unknown): void => {
    release();
    process.stderr.write(
      `This is a bug in shardwise.\n${error instanceof Error ? (error.stack ?? '') : String(error)}\n`,
    );
    void cleanup()
      .catch((trouble: unknown) => process.stderr.write(`${String(trouble)}\n`))
      .finally(() => process.exit(1));
  };
  const release = (): void => {
    process.off('uncaughtException', onCrash);
    process.off('unhandledRejection', onCrash);
  };
  process.on('uncaughtException', onCrash);
  process.on('unhandledRejection', onCrash);
  return release;
}
