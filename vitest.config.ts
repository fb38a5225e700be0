import { defineConfig } from 'vitest/config';

export default defineConfig({
  define: { SHARDWISE_VERSION: JSON.stringify('0.0.0-test') },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'core',
          include: ['test/**/*.test.ts'],
          exclude: ['test/live/**'],
          pool: 'forks',
          // Generous: a busy machine is no failure.
          testTimeout: 60_000,
        },
      },
      {
        // Tests that watch a clock run one at a time: two cores, and a neighbour is noise.
        extends: true,
        test: {
          name: 'live',
          include: ['test/live/**/*.test.ts'],
          pool: 'forks',
          fileParallelism: false,
          maxConcurrency: 3,
          testTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
