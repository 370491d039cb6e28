import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['**/node_modules/**'],
    // A process for each file: the environment is parsed once a process, and an embedded database takes half a gigabyte.
    pool: 'forks',
    maxWorkers: 2,
    // The embedded database is WebAssembly, and no file runs long enough to win back what optimizing that costs: a fifth of all time.
    execArgv: ['--liftoff-only'],
    globalSetup: ['test/support/database-template.ts'],
    setupFiles: ['test/support/setup.ts'],
    // Nothing here takes long; what takes longer hangs. Two cores that others use as well are slow at times.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 10_000,
  },
});
