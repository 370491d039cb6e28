import { readFileSync } from 'node:fs';

// Prints "passed failed skipped" of a vitest JSON report. A suite that failed without a failed test (it did not load, or a hook threw) counts as
// one failure, and so does a run that exits with an error and reports none (an unhandled rejection, say).
const [file, exitCode] = process.argv.slice(2);
const report = JSON.parse(readFileSync(file, 'utf8'));
const broken = report.testResults.filter(
  (suite) => suite.status === 'failed' && !suite.assertionResults.some(({ status }) => status === 'failed'),
).length;
const found = report.numFailedTests + broken;
const failed = found === 0 && exitCode !== '0' ? 1 : found;
const skipped = report.numPendingTests + report.numTodoTests;
console.log(report.numPassedTests, failed, skipped);
