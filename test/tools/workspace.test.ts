import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { sqlState } from '../../functions/platform/errors.ts';
import { callTool } from '../../functions/tools/tool.ts';
import { WORKSPACE_TOOLS } from '../../functions/tools/toolbox.ts';
import {
  changeFiles,
  findFile,
  listWorkspace,
  readContent,
  storeContent,
  toFileBody,
  WORKSPACE_LIMITS,
} from '../../functions/tools/workspace.ts';
import { createToolCaller, type ToolCaller } from './tool-caller.ts';

let run: ToolCaller;
beforeEach(async () => {
  run = await createToolCaller();
  await storeContent(run.tenantId, Buffer.alloc(0));
});

const EMPTY = createHash('sha256').digest('hex');
const row = (path: string, size = 0) => ({ path, sha256: EMPTY, size, mode: 'regular' as const });
const change = (paths: readonly string[], size = 0) =>
  changeFiles({ runId: run.runId, updatedBy: 'backend', upserts: paths.map((path) => row(path, size)) });
const commit = (statements: ReturnType<typeof changeFiles>) => run.database.queryAll(statements);
const stateOf = (promise: Promise<unknown>) => promise.then(() => 'committed', sqlState);

describe('contents', () => {
  test('are stored by hash, idempotently, and read back', async () => {
    const bytes = Buffer.from('hello');
    const stored = await storeContent(run.tenantId, bytes);
    expect(stored).toEqual({ sha256: createHash('sha256').update(bytes).digest('hex'), size: 5 });
    expect(await storeContent(run.tenantId, bytes)).toEqual(stored);
    expect(await readContent(run.tenantId, stored)).toEqual(bytes);
  });

  test('of one tenant cannot be read by another tenant, even with their hash', async () => {
    const stored = await storeContent(run.tenantId, Buffer.from('secret'));
    await expect(readContent((await createToolCaller()).tenantId, stored)).rejects.toThrow('There is no object');
  });

  test('are shown as text, or as base64 when they are binary', () => {
    const file = { path: 'a', sha256: EMPTY, size: 3 };
    expect(toFileBody(file, Buffer.from('é!'))).toEqual({ ...file, content: 'é!', encoding: 'utf-8' });
    expect(toFileBody(file, Buffer.from([0xff, 0xfe, 0]))).toEqual({ ...file, content: '//4A', encoding: 'base64' });
    expect(toFileBody(file, Buffer.from('a\0b')).encoding).toBe('base64');
  });
});

describe('listing', () => {
  test('returns pages in the byte order of paths on every database', async () => {
    const paths = ['B', 'a', 'a-b', 'a.b/c', 'ab', 'é', '.git/HEAD', '.gitignore'];
    await commit(change(paths));
    const listed: string[] = [];
    for (let after = ''; ; ) {
      const page = await listWorkspace(run.database, run.runId, { after, limit: 2 });
      listed.push(...page.map(({ path }) => path));
      const last = page.at(-1);
      if (last === undefined) break;
      after = last.path;
    }
    expect(listed).toEqual(['.gitignore', 'B', 'a', 'a-b', 'a.b/c', 'ab', 'é']);
    const [git] = await listWorkspace(run.database, run.runId, { prefix: '.git/', limit: 10 });
    expect(git?.path).toBe('.git/HEAD');
    expect(await listWorkspace(run.database, run.runId, { limit: 10, withGit: true })).toHaveLength(8);
  });

  test('does not treat a prefix as a pattern', async () => {
    await commit(change(['a_b/x', 'axb/x', '100%']));
    const listed = await listWorkspace(run.database, run.runId, { prefix: 'a_', limit: 10 });
    expect(listed.map(({ path }) => path)).toEqual(['a_b/x']);
  });
});

describe('the transaction refuses', () => {
  test('a path that is a file and a folder, in either order and within one change', async () => {
    await commit(change(['a/b', 'a-b']));
    expect(await stateOf(commit(change(['a'])))).toBe('AF409');
    expect(await stateOf(commit(change(['a/b/c/d'])))).toBe('AF409');
    expect(await stateOf(commit(change(['x', 'x/y'])))).toBe('AF409');
    expect(
      await stateOf(
        commit(changeFiles({ runId: run.runId, updatedBy: 'backend', deletes: ['a/b'], upserts: [row('a')] })),
      ),
    ).toBe('committed');
    expect((await listWorkspace(run.database, run.runId, { limit: 10 })).map(({ path }) => path)).toEqual(['a', 'a-b']);
  });

  test('more than 5,000 files, and the tools check this before', async () => {
    const paths = Array.from({ length: WORKSPACE_LIMITS.files }, (_, index) => `files/${index}.txt`);
    await commit(change(paths));
    expect(await stateOf(commit(change(['one-more'])))).toBe('AF409');
    expect((await run.call('write_file', { path: 'one-more', content: '' })).output).toBe(
      'The workspace would have 5,001 files; it may have 5,000 at most.',
    );
    expect((await run.call('write_file', { path: 'files/0.txt', content: 'x' })).isError).toBe(false);
  });

  test('more than 256 MiB, and the tools check this before', async () => {
    await commit(
      change(
        Array.from({ length: 16 }, (_, index) => `${index}.bin`),
        WORKSPACE_LIMITS.fileBytes,
      ),
    );
    expect(await stateOf(commit(change(['more'], 1)))).toBe('AF409');
    const outcome = await run.call('write_file', { path: 'more', content: 'x' });
    expect(outcome.output).toContain('may have 268,435,456 bytes at most');
    expect((await run.call('write_file', { path: '0.bin', content: 'smaller' })).isError).toBe(false);
  });

  test("files in another tenant's run, even with its id", async () => {
    const other = await createToolCaller('intruder');
    expect(await stateOf(other.database.queryAll(change(['planted'])))).toBe('AF404');
    await commit(change(['mine']));
    await other.database.queryAll(changeFiles({ runId: run.runId, updatedBy: 'intruder', deletes: ['mine'] }));
    expect(await other.call('read_file', { path: 'mine' }, { runId: run.runId })).toMatchObject({ isError: true });
    expect(await findFile(other.database, run.runId, 'mine')).toBeUndefined();
    expect(
      (await listWorkspace(run.database, run.runId, { limit: 10, withGit: true })).map(({ path }) => path),
    ).toEqual(['mine']);
  });

  test('nothing for an empty change, which has no statements', () => {
    expect(changeFiles({ runId: run.runId, updatedBy: 'backend' })).toEqual([]);
  });
});

describe('concurrent writers', () => {
  test('of one path all succeed, and the last one wins', async () => {
    await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        run.call('write_file', { path: 'shared.txt', content: `writer ${index}` }),
      ),
    );
    expect((await findFile(run.database, run.runId, 'shared.txt'))?.version).toBe(8);
    expect(await run.text('shared.txt')).toMatch(/^writer \d$/);
  });

  test('of a file and a folder with one name: only one succeeds', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, async (_, index) => {
        const paths = [`f${index}`, `f${index}/inside`];
        return (await Promise.all(paths.map((path) => stateOf(commit(change([path])))))).sort();
      }),
    );
    expect(outcomes).toEqual(Array.from({ length: 10 }, () => ['AF409', 'committed']));
  });

  test('of the last allowed file: only one succeeds', async () => {
    await commit(change(Array.from({ length: WORKSPACE_LIMITS.files - 1 }, (_, index) => `${index}`)));
    const outcomes = await Promise.all(['x', 'y', 'z'].map((path) => stateOf(commit(change([path])))));
    expect(outcomes.sort()).toEqual(['AF409', 'AF409', 'committed']);
  });

  test('of one text: the edit of an old text is refused, and its repetition keeps both edits', async () => {
    await run.call('write_file', { path: 'a.txt', content: 'one two' });
    const edit = (old_text: string, new_text: string) =>
      callTool(WORKSPACE_TOOLS, 'edit_file', { path: 'a.txt', old_text, new_text }, run.context);
    const slow = await edit('one', 'ONE');
    await run.call('edit_file', { path: 'a.txt', old_text: 'two', new_text: 'TWO' });
    if (slow.status !== 'completed') throw new Error('edit_file must not wait');
    expect(await stateOf(commit(slow.statements))).toBe('AF409');
    await run.call('edit_file', { path: 'a.txt', old_text: 'one', new_text: 'ONE' });
    expect(await run.text('a.txt')).toBe('ONE TWO');
  });
});
