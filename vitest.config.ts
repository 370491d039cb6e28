import { defineConfig } from 'vitest/config';

/**
 * The name of a test file says where it runs:
 *
 * - `*.unit.test.ts` needs no database and runs once;
 * - `*.long.test.ts` is a unit test that takes long (it starts and kills many processes) and runs where `CI` is set;
 * - `*.test.ts` runs on the embedded database, and on the server of `DATABASE_URL` where there is one;
 * - `*.server.test.ts` runs on that server only: it needs several connections, or it walks long.
 */
const unit = ['test/**/*.unit.test.ts', ...(process.env.CI ? ['test/**/*.long.test.ts'] : [])];
const notDatabase = [
  '**/*.unit.test.ts',
  '**/*.long.test.ts',
  ...(process.env.DATABASE_URL ? [] : ['**/*.server.test.ts']),
];
const dependencies = '**/node_modules/**';

export default defineConfig({
  test: {
    // A process for each worker, for all files that the worker takes. test/support/setup.ts isolates the files.
    pool: 'forks',
    isolate: false,
    // One more than the two cores of CI: tests wait for processes, timers and answers in a tenth of their time.
    maxWorkers: 3,
    // WebAssembly (the embedded database) is not optimized. In a new instance the first 3,000 statements take 1.9 s of
    // CPU time instead of 4.0 s, and the next 3,000 take 1.3 s instead of 1.2 s. Each file opens an instance of its own.
    execArgv: ['--liftoff-only'],
    // A log line or an output of a child process is shown where its test failed.
    silent: 'passed-only',
    experimental: { diagnostics: false },
    setupFiles: ['test/support/setup.ts'],
    // Only ends a test that hangs: two cores that others use as well are slow at times.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    teardownTimeout: 10_000,
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: unit, exclude: [dependencies] },
      },
      {
        extends: true,
        test: {
          name: 'database',
          include: ['test/**/*.test.ts'],
          exclude: [dependencies, ...notDatabase],
          globalSetup: ['test/support/database-template.ts'],
        },
      },
    ],
  },
});
