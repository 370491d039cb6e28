import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { collectChanges } from '../../../functions/tools/sandbox/collect-changes.ts';
import { DEFAULT_LIMITS } from '../../../functions/tools/sandbox/limits.ts';

const parent = mkdtempSync(join(tmpdir(), 'sandbox-test-'));
afterAll(() => rmSync(parent, { recursive: true }));

it('returns no file that has a second name outside the tree, nor through a link to a folder', async () => {
  const root = join(parent, 'tree');
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  mkdirSync(join(parent, 'outside'));
  writeFileSync(join(parent, 'outside', 'secret'), 'secret');
  linkSync(join(parent, 'outside', 'secret'), join(root, 'stolen'));
  symlinkSync(join(parent, 'outside'), join(root, 'folder'));
  writeFileSync(join(root, 'own'), 'own');
  linkSync(join(root, 'own'), join(root, 'node_modules', 'own'));
  const sent = { path: 'folder/secret', mode: 'regular' as const, content: new TextEncoder().encode('mine') };
  const changes = await collectChanges(root, [sent], DEFAULT_LIMITS);
  expect(changes.changed.map(({ path }) => path)).toEqual(['own']);
  expect(changes.deleted).toEqual(['folder/secret']);
  expect(Object.fromEntries(changes.not_kept.map(({ path, reason }) => [path, reason]))).toEqual({
    folder: 'symbolic links are not stored',
    node_modules: 'folders of this name are made again, not stored',
    stolen: 'the file is hard-linked outside the tree',
  });
});
