import { defineConfig } from 'vitest/config';

export default defineConfig({
  define: { PROXY_DOCTOR_VERSION: '"0.0.0-test"' },
  test: {
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['test/**/*.test.{ts,tsx}'], exclude: ['test/lab/**', 'test/terminal/**'], testTimeout: 60_000, retry: 1, sequence: { groupOrder: 0 } },
      },
      // Real terminals and the real Apache come after, one kind at a time: they share two cores, and timing is part of what they show.
      // Real kernels, networks and clocks starve on a busy machine: what fails is tried again, and what is wrong fails again.
      { extends: true, test: { name: 'terminal', include: ['test/terminal/**/*.test.ts'], testTimeout: 120_000, maxWorkers: 1, retry: 1, sequence: { groupOrder: 1 } } },
      { extends: true, test: { name: 'lab', include: ['test/lab/**/*.test.ts'], testTimeout: 600_000, hookTimeout: 120_000, maxWorkers: 1, retry: 2, sequence: { groupOrder: 2 } } },
    ],
    maxWorkers: 2,
  },
});
