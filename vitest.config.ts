import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The lab's worlds take longest and mostly wait: they begin first, and terminals are looked at beside them. */
class LabFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const last = (file: TestSpecification): number => (file.moduleId.endsWith('/lab/lab.test.ts') ? 0 : 1);
    return (await super.sort(files)).toSorted((a, b) => last(a) - last(b));
  }
}

export default defineConfig({
  define: { PROXY_DOCTOR_VERSION: '"0.0.0-test"' },
  test: {
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['test/**/*.test.{ts,tsx}'], exclude: ['test/lab/**', 'test/terminal/**'], testTimeout: 60_000, retry: 1, sequence: { groupOrder: 0 } },
      },
      // Real terminals and the real Apache come after, apart from the rest: timing is part of what they show.
      // Real kernels, networks and clocks starve on a busy machine: what fails is tried again, and what is wrong fails again.
      { extends: true, test: { name: 'terminal', include: ['test/terminal/**/*.test.ts'], testTimeout: 120_000, retry: 1, sequence: { groupOrder: 1 } } },
      { extends: true, test: { name: 'lab', include: ['test/lab/**/*.test.ts'], testTimeout: 600_000, hookTimeout: 120_000, retry: 2, sequence: { groupOrder: 1 } } },
    ],
    maxWorkers: 2,
    sequence: { sequencer: LabFirst },
  },
});
