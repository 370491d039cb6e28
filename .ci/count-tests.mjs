import { readFileSync } from 'node:fs';

// Reads a vitest JSON report. Prints "passed failed skipped" on its first line and what failed on the lines after it.
//
// A file that failed without a failed test (it did not load, or a hook threw) counts as one failure, and so does a run that ends with an error and
// reports none (an unhandled rejection, say).
const [file, exitCode] = process.argv.slice(2);
const report = JSON.parse(readFileSync(file, 'utf8'));
const failures = [];
for (const suite of report.testResults.filter(({ status }) => status === 'failed')) {
  const name = suite.name.replace(`${process.cwd()}/`, '');
  const tests = suite.assertionResults.filter(({ status }) => status === 'failed');
  for (const test of tests) failures.push([`${name} > ${test.fullName}`, ...test.failureMessages]);
  if (tests.length === 0) failures.push([name, suite.message]);
}
if (failures.length === 0 && exitCode !== '0') failures.push([`vitest ended with ${exitCode}, and every test passed`]);
console.log(report.numPassedTests, failures.length, report.numPendingTests + report.numTodoTests);
for (const lines of failures) console.log(lines.join('\n').split('\n').slice(0, 25).join('\n  '));
