import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

/** Runs `npm test` in a folder with generated test files. */
const SCRIPT = join(import.meta.dirname, '../../scripts/run-tests.ts');
const CONFIG = `export default { test: { globals: true, include: ['*.test.ts'], maxWorkers: 2, exclude: [] } };`;
/** `wasHere` is false in the first run of a file and true in the second. */
const WAS_HERE = `import { existsSync, writeFileSync } from 'node:fs';
  const wasHere = existsSync(import.meta.filename + '.seen');
  writeFileSync(import.meta.filename + '.seen', '');`;
const PASSES = `test('passes', () => {}); test.skip('is skipped', () => {});`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'apexflow-run-tests-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function runTests(files: Record<string, string>): Promise<{ exitCode: number; lines: string[] }> {
  writeFileSync(join(folder, 'vitest.config.mjs'), CONFIG);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const environment = Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST'));
  return new Promise((resolve) => {
    const options = { cwd: folder, env: { ...Object.fromEntries(environment), NO_COLOR: '1' } };
    const child = execFile(process.execPath, [SCRIPT, '--root', folder], options, (_error, stdout) => {
      const closing = stdout.split('\n').filter((line) => /^(flaky|failed): |^\d+ passed, /.test(line));
      resolve({ exitCode: child.exitCode ?? -1, lines: closing });
    });
  });
}

test('reports a file as flaky that fails once by a test, a hook, a rejection or a killed process; the run is green', async () => {
  const { exitCode, lines } = await runTests({
    'good.test.ts': PASSES,
    'assertion.test.ts': `${WAS_HERE} describe('a group', () => test('is unsteady', () => expect(wasHere).toBe(true)));`,
    'hook.test.ts': `${WAS_HERE} beforeAll(() => { if (!wasHere) throw new Error('no hook'); }); test('passes', () => {});`,
    'rejection.test.ts': `${WAS_HERE} test('passes', async () => {
      if (!wasHere) Promise.reject(new Error('nobody handles this'));
      await new Promise((resolve) => setTimeout(resolve, 20));
    });`,
    'process.test.ts': `${WAS_HERE} test('passes', () => { if (!wasHere) process.kill(process.pid, 'SIGKILL'); });`,
  });
  expect(lines.slice(0, -1).sort()).toEqual([
    expect.stringMatching(/^flaky: assertion\.test\.ts: a group > is unsteady: expected false to be true/),
    'flaky: hook.test.ts: no hook',
    expect.stringMatching(/^flaky: process\.test\.ts: .*Worker forks emitted error/),
    'flaky: rejection.test.ts: nobody handles this',
  ]);
  expect(lines.at(-1)).toBe('5 passed, 0 failed, 1 skipped');
  expect(exitCode).toBe(0);
});

test('fails the run when a file fails twice, whatever the reason', async () => {
  const { exitCode, lines } = await runTests({
    'good.test.ts': PASSES,
    'flaky.test.ts': `${WAS_HERE} test('is unsteady', () => expect(wasHere).toBe(true));`,
    'assertion.test.ts': `test('is wrong', () => expect(1).toBe(2)); test('is wrong too', () => expect(1).toBe(3));`,
    'load.test.ts': `throw new Error('does not load');`,
    'process.test.ts': `test('dies', () => process.kill(process.pid, 'SIGKILL'));`,
    'empty.test.ts': `export {};`,
  });
  expect(lines.slice(0, -1).sort()).toEqual([
    expect.stringMatching(/^failed: assertion\.test\.ts: is wrong too: expected 1 to be 3/),
    expect.stringMatching(/^failed: assertion\.test\.ts: is wrong: expected 1 to be 2/),
    expect.stringMatching(/^failed: empty\.test\.ts: No test suite found/),
    'failed: load.test.ts: does not load',
    expect.stringMatching(/^failed: process\.test\.ts: .*Worker forks emitted error/),
    expect.stringMatching(/^flaky: flaky\.test\.ts: is unsteady/),
  ]);
  expect(lines.at(-1)).toBe('2 passed, 5 failed, 1 skipped');
  expect(exitCode).toBe(1);
});

test('does not repeat files when many fail, and fails a run without tests', async () => {
  const unsteady = `${WAS_HERE} test('is unsteady', () => expect(wasHere).toBe(true));`;
  const many = Array.from({ length: 11 }, (_, index) => [`many-${index}.test.ts`, unsteady]);
  const { exitCode, lines } = await runTests(Object.fromEntries(many));
  expect([exitCode, lines.at(-1)]).toEqual([1, '0 passed, 11 failed, 0 skipped']);
  rmSync(folder, { recursive: true });
  folder = mkdtempSync(join(tmpdir(), 'apexflow-run-tests-'));
  expect((await runTests({})).exitCode).toBe(1);
});
