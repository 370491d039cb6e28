import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { makeTemporaryFolder, sweepTemporaryFolders } from '../../../functions/platform/process/temporary-folder.ts';

const parent = mkdtempSync(join(tmpdir(), 'sandbox-test-'));
afterAll(() => rmSync(parent, { recursive: true }));

it('removes folders of ended processes, and no folder of a running process or another program', async () => {
  const dead = spawnSync('true').pid;
  const stale = join(parent, `apexflow-work-${dead}-abc`);
  mkdirSync(join(stale, 'deep'), { recursive: true });
  writeFileSync(join(stale, 'deep', 'file'), '1');
  const foreign = join(parent, 'apexflow-work-');
  mkdirSync(foreign);
  await using own = await makeTemporaryFolder(parent);
  expect(await sweepTemporaryFolders(parent)).toBe(1);
  expect([stale, foreign, own.path].map(existsSync)).toEqual([false, true, true]);
  await own[Symbol.asyncDispose]();
  expect(existsSync(own.path)).toBe(false);
});

it('removes nothing when the parent folder does not exist', async () => {
  expect(await sweepTemporaryFolders(join(parent, 'none'))).toBe(0);
});
