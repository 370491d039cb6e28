import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { discoverFunction, discoverFunctions, loadFunction } from '../../functions/platform/discover.ts';

const folder = mkdtempSync(join(tmpdir(), 'apexflow-discover-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('finds every function, sorted by file', async () => {
  const functions = await discoverFunctions();
  const files = functions.map(({ file }) => file);
  expect(files).toContain('system/endpoints/get-health');
  expect(files).toEqual([...files].sort());
  expect((await discoverFunctions()).map(({ file }) => file)).toEqual(files);
});

it('finds a function of any kind by its name', async () => {
  for (const { declaration } of await discoverFunctions())
    expect(await discoverFunction(declaration.name)).toBe(declaration);
  await expect(discoverFunction('system-nothing')).rejects.toThrow('No file in functions/ declares system-nothing');
  await expect(discoverFunction('../system-get-health')).rejects.toThrow('No file in functions/');
});

it('rejects a file that does not declare the function', async () => {
  const path = join(folder, 'empty.mjs');
  writeFileSync(path, `export const declaration = { name: 'test-other' };`);
  await expect(loadFunction(path, 'test-other')).rejects.toThrow('does not declare test-other');
});
