import { defineConfig } from 'vitest/config';

/** Live tests that prove nothing where the generator was late, and one that is a load to its neighbours. */
const ALONE = ['agreement', 'local-memory', 'run'].map((name) => `test/live/${name}.test.ts`);

export default defineConfig({
  define: { SHARDWISE_VERSION: JSON.stringify('0.0.0-test') },
  test: {
    globalSetup: 'test/scratch.ts',
    projects: [
      {
        extends: true,
        test: {
          name: 'core',
          include: ['test/**/*.test.ts'],
          exclude: ['test/live/**'],
          pool: 'forks',
          // A process takes file after file, and imports and compiles once what they share.
          isolate: false,
          // Vitest leaves a core free by default: of two, half of the machine.
          maxWorkers: '100%',
          // Generous: a busy machine is no failure.
          testTimeout: 60_000,
        },
      },
      {
        // Tests that send at real speed, and count what became of it: they wait more than they work.
        extends: true,
        test: {
          name: 'live',
          include: ['test/live/**/*.test.ts'],
          exclude: ALONE,
          pool: 'forks',
          maxWorkers: 2,
          maxConcurrency: 3,
          testTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // Tests that need a generator that keeps its rate run one at a time: a neighbour is noise.
        extends: true,
        test: {
          name: 'live-alone',
          include: ALONE,
          pool: 'forks',
          fileParallelism: false,
          maxConcurrency: 3,
          testTimeout: 120_000,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
