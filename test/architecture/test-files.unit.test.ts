import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
/** All files of `test/` except benchmarks, which measure time. */
const files = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !/node_modules|^bench\/|^faults\/long\//.test(path))
  .map((path) => ({ path, text: readFileSync(join(ROOT, 'test', path), 'utf8') }));

/** Returns comparisons of `performance.now() - started`, or of a variable with such a value. */
function timedAssertionsOf(text: string): string[] {
  const elapsed = /\b(?:performance|Date)\.now\(\)\s*-\s*\w+/;
  const variables = [...text.matchAll(/(?:const|let) (\w+) = ([^;]*);/g)]
    .filter(([, , value = '']) => elapsed.test(value))
    .map(([, name = '']) => name);
  const compared = [
    ...text.matchAll(/expect\(((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)\s*\.(?:not\.)?toBe(?:Less|Greater)/g),
  ];
  return compared
    .map(([, value = '']) => value)
    .filter((value) => elapsed.test(value) || variables.some((name) => new RegExp(`^${name}\\b`).test(value)));
}

it('finds an assertion on elapsed time', () => {
  expect(timedAssertionsOf('expect(performance.now() - started).toBeLessThan(1_000);')).toHaveLength(1);
  expect(timedAssertionsOf('expect(Math.abs(Date.now() - Date.parse(used))).toBeLessThan(60_000);')).toHaveLength(1);
  expect(timedAssertionsOf('const took = Date.now() - begun;\nexpect(took).toBeLessThan(5);')).toHaveLength(1);
  expect(timedAssertionsOf('expect(count).toBeLessThan(5);')).toEqual([]);
});

it('no test asserts elapsed time', () => {
  const found = files.flatMap(({ path, text }) =>
    path.startsWith('architecture/') ? [] : timedAssertionsOf(text).map((value) => `${path}: ${value}`),
  );
  expect(found).toEqual([]);
});

it('only the name of a file decides on which database it runs', () => {
  expect(
    files.filter(({ text }) => /(skipIf|runIf)\([^)]*(DATABASE_URL|usesServer|hasServer|Embedded)/.test(text)),
  ).toEqual([]);
  expect(readFileSync(join(ROOT, '.ci/run'), 'utf8')).not.toContain('--exclude');
});
