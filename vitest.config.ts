import { defineConfig } from 'vitest/config';

/**
 * The name of a test file says where it runs:
 *
 * - `*.unit.test.ts` needs no database and runs once;
 * - `*.long.test.ts` is a unit test that takes long (it starts and kills many processes) and runs only when `CI` is
 *   set;
 * - `*.test.ts` runs on the embedded database, and on the server of `DATABASE_URL` when it is set;
 * - `*.server.test.ts` runs only on that server: it needs several connections, or it takes long;
 * - `*.browser.test.ts` opens the console in Chromium, two files at a time; only `npm run test:web` runs it.
 */
const unit = ['test/**/*.unit.test.ts', ...(process.env.CI ? ['test/**/*.long.test.ts'] : [])];
const browser = 'test/**/*.browser.test.ts';
const notDatabase = [
  browser,
  '**/*.unit.test.ts',
  '**/*.long.test.ts',
  ...(process.env.DATABASE_URL ? [] : ['**/*.server.test.ts']),
];
const dependencies = '**/node_modules/**';

export default defineConfig({
  test: {
    // Each worker runs its files in one process. test/support/setup.ts isolates the files.
    pool: 'forks',
    isolate: false,
    // One more than the two cores of CI, because tests spend a tenth of their time waiting for processes and timers.
    maxWorkers: 3,
    // Does not optimize WebAssembly (the embedded database). In a new instance the first 3,000 statements take 1.9 s of
    // CPU time instead of 4.0 s, and the next 3,000 take 1.3 s instead of 1.2 s. Each file opens a new instance.
    execArgv: ['--liftoff-only'],
    // Log lines and output of child processes are shown for failed tests only.
    silent: 'passed-only',
    experimental: { diagnostics: false },
    setupFiles: ['test/support/setup.ts'],
    // Only ends a test that hangs: a shared machine may be slow.
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
      ...(process.env.BROWSER_TESTS
        ? [
            {
              extends: true as const,
              test: {
                name: 'browser',
                include: [browser],
                exclude: [dependencies],
                globalSetup: ['test/support/database-template.ts'],
                // Each file has a server, a database and a browser.
                maxWorkers: 2,
                testTimeout: 120_000,
                hookTimeout: 120_000,
              },
            },
          ]
        : []),
    ],
  },
});
