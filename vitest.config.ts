import { defineConfig } from 'vitest/config';

/** Live tests of which the time that something takes is the subject: a neighbour is noise to them. */
const TIMED = ['agreement', 'consumers', 'run', 'timeline'].map((name) => `test/live/${name}.test.ts`);

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
          // Vitest leaves a core free by default: of two, half of the machine.
          maxWorkers: '100%',
          // Generous: a busy machine is no failure.
          testTimeout: 60_000,
        },
      },
      {
        // Tests that send at real speed and count, whenever that was: they wait more than they work.
        extends: true,
        test: {
          name: 'live',
          include: ['test/live/**/*.test.ts'],
          exclude: TIMED,
          pool: 'forks',
          maxWorkers: 2,
          maxConcurrency: 3,
          testTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // Tests that watch a clock run one at a time: two cores, and a neighbour is noise.
        extends: true,
        test: {
          name: 'timed',
          include: TIMED,
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
