import { chmodSync, existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { createVitest, parseCLI, type TestModule, type Vitest } from 'vitest/node';
import { SANDBOX_SKIPPED } from '../test/support/bubblewrap.ts';
import { BROWSER_SKIPPED } from '../test/support/chromium.ts';

/**
 * Runs the tests: `npm test [-- FILTER … OPTION …]`, with the filters and options of vitest.
 *
 * Runs a file that fails once more, alone, after all other files. A file that passes then is flaky: the closing lines
 * name it with its first failure, and the run is green. When a file fails twice, the run is red. `.ci/run` reads the
 * closing lines:
 *
 *     flaky: test/runs/cancel.test.ts: cancels a run that waits: expected 1 to be 2
 *     failed: test/runs/stream.test.ts: resumes after the last event: …
 *     skipped: bubblewrap is not installed, so commands in the sandbox are not tested: apt-get install bubblewrap
 *     2041 passed, 1 failed, 12 skipped
 */

/** When more files fail, they probably have a common cause, and a second run only costs time. */
const MOST_REPEATED_FILES = 10;

// The processes that tests start reuse compiled code: a start of the product takes 1.7 s of CPU time with it and 2.1 s
// without.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, '../node_modules/.cache/apexflow/compile');
const removeFolder = keepTemporaryFilesInMemory();
process.on('exit', removeFolder);
const { filter, options } = parseCLI(['vitest', ...process.argv.slice(2)]);
const vitest = await createVitest({ ...options, watch: false, run: true });
let isGreen = false;
try {
  isGreen = await runTests(vitest);
} finally {
  await vitest.close();
  process.exitCode = isGreen ? 0 : 1;
}

/**
 * Points TMPDIR at a folder in memory, where the machine has room and TMPDIR is not set: a test file copies a database
 * of 1,300 files, which takes 0.2 s there and 1 s on a disk. Returns a function that removes the folder.
 */
function keepTemporaryFilesInMemory(): () => void {
  const memory = '/dev/shm';
  const bytesNeeded = 4e9;
  if (process.env.TMPDIR || !existsSync(memory)) return () => undefined;
  const { bavail, bsize } = statfsSync(memory);
  if (bavail * bsize < bytesNeeded) return () => undefined;
  const folder = mkdtempSync(join(memory, 'apexflow-tests-'));
  // Sandboxes run as nobody.
  chmodSync(folder, 0o1777);
  process.env.TMPDIR = folder;
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

/** Runs all files, repeats those that failed and prints the closing lines. Returns whether the run is green. */
async function runTests(vitest: Vitest): Promise<boolean> {
  const first = await vitest.start(filter);
  const failures = failuresOf(first);
  // An error that no file caused, such as one of the global setup, cannot be repeated with a file.
  const canRepeat = failures.length <= MOST_REPEATED_FILES && failures.every(({ module }) => module !== undefined);
  const lines: string[] = [];
  let failed = 0;
  for (const failure of failures) {
    const last = canRepeat && failure.module ? await repeat(vitest, failure.module) : failure;
    lines.push(last === undefined ? `flaky: ${failure.reasons[0]}` : `failed: ${last.reasons.join('\nfailed: ')}`);
    failed += last?.reasons.length ?? 0;
  }
  if (SANDBOX_SKIPPED !== undefined) lines.push(`skipped: ${SANDBOX_SKIPPED}`);
  if (process.env.BROWSER_TESTS && BROWSER_SKIPPED !== undefined) lines.push(`skipped: ${BROWSER_SKIPPED}`);
  const tests = vitest.state.getTestModules().flatMap((module) => [...module.children.allTests()]);
  const count = (state: string) => tests.filter((test) => test.result().state === state).length;
  console.log(['', ...lines, `${count('passed')} passed, ${failed} failed, ${count('skipped')} skipped`].join('\n'));
  return failed === 0 && tests.length > 0;
}

/** The failures of one file, or those outside of all files. */
interface Failure {
  module: TestModule | undefined;
  reasons: string[];
}

function failuresOf({ testModules, unhandledErrors }: Awaited<ReturnType<Vitest['start']>>): Failure[] {
  const failures = testModules.map((module) => {
    const errors = unhandledErrors.filter((error) => isOf(error, module));
    const reasons = [...reasonsOf(module), ...errors.map(describe(module))];
    const hasEnded = module.state() === 'passed' || module.state() === 'skipped' || reasons.length > 0;
    return { module, reasons: hasEnded ? reasons : [describe(module)('the file did not end')] };
  });
  const unattributed = unhandledErrors.filter((error) => !testModules.some((module) => isOf(error, module)));
  return [
    ...failures.filter(({ reasons }) => reasons.length > 0),
    ...(unattributed.length === 0 ? [] : [{ module: undefined, reasons: unattributed.map(describe(undefined)) }]),
  ];
}

/** Runs a file once more. Returns undefined when it passes. */
async function repeat(vitest: Vitest, module: TestModule): Promise<Failure | undefined> {
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications([module.toTestSpecification()]);
  const again = testModules.filter(({ moduleId }) => moduleId === module.moduleId);
  return failuresOf({ testModules: again, unhandledErrors })[0];
}

/** Returns a line for each failed test, for each failed hook and for a file that did not load. */
function reasonsOf(module: TestModule): string[] {
  const tests = [...module.children.allTests('failed')].map((test) =>
    describe(module, test.fullName)(test.result().errors?.[0]),
  );
  const suites = [module, ...module.children.allSuites()].flatMap((suite) => suite.errors()).map(describe(module));
  return [...tests, ...suites];
}

/** An unhandled rejection has the path of its file. The error of a process that died names the file in its cause. */
function isOf(error: unknown, module: TestModule): boolean {
  const { VITEST_TEST_PATH: path, cause } = Object(error);
  return path === module.moduleId || (cause instanceof Error && cause.message.includes(module.moduleId));
}

function describe(module: TestModule | undefined, test?: string): (error: unknown) => string {
  return (error) => {
    const [message = ''] = String(Object(error).message ?? error).split('\n');
    return [module?.relativeModuleId, test, message.slice(0, 300)].filter((part) => part !== undefined).join(': ');
  };
}
