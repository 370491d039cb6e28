import { describe, expect, test } from 'vitest';
import { planChanges } from '../../../functions/tools/commands/plan-changes.ts';
import { WORKSPACE_LIMITS, type WorkspaceFile } from '../../../functions/tools/workspace.ts';

const sent = (path: string, sha256: string): WorkspaceFile => ({
  path,
  sha256,
  size: 1,
  mode: 'regular',
  version: 1,
  updated_by: 'backend',
  updated_at: '2026-01-01T00:00:00Z',
});
const MEBIBYTE = 1024 * 1024;
const changed = (path: string, size = 1) => ({ path, mode: 'regular' as const, content: new Uint8Array(size) });
const plan = (
  outcome: Partial<Parameters<typeof planChanges>[0]>,
  rows: WorkspaceFile[] = [],
  now: { path: string; size: number; sha256: string }[] = rows,
) => planChanges({ changed: [], deleted: [], not_kept: [], ...outcome }, rows, now);
const paths = (entries: readonly { path: string }[]) => entries.map(({ path }) => path);

describe('the changes of a command', () => {
  test('are stored with the earlier hash of each path; files with refused names are not stored', () => {
    const planned = plan(
      {
        changed: [changed('old'), changed('new'), changed('a\u001b[2Kb'), changed('a\\b')],
        deleted: ['gone', 'never-sent'],
        not_kept: [{ path: 'link', reason: 'a symbolic link' }],
      },
      [sent('old', 'aa'), sent('gone', 'bb')],
    );
    expect(paths(planned.changed)).toEqual(['old', 'new']);
    expect(planned.deleted).toEqual(['gone']);
    expect(planned.bases).toEqual([
      { path: 'old', sha256: 'aa' },
      { path: 'new', sha256: null },
      { path: 'gone', sha256: 'bb' },
    ]);
    expect(paths(planned.notKept)).toEqual(['link', 'a\u001b[2Kb', 'a\\b']);
  });

  test('are no file that git or a disk could take for another', () => {
    const names = ['.git', 'd/.git', '.git./config', 'git~1/HEAD', '.g\u200cit/config', 'CON', 'a:b', '..%2fx', 'end.'];
    const bare = ['HEAD', 'objects/x', 'refs/y', 'config'];
    const planned = plan(
      { changed: [...names, ...bare, 'readme.MD', 'Src/b', '.git/config', 'd/c'].map((path) => changed(path)) },
      [sent('README.md', 'aa'), sent('src/a', 'bb')],
    );
    expect(paths(planned.changed)).toEqual(['d/c', '.git/config']);
    expect(planned.notKept).toContainEqual({ path: 'readme.MD', reason: 'it differs from README.md only in case' });
    expect(planned.notKept).toContainEqual({ path: 'Src/b', reason: 'it differs from src only in case' });
  });

  test('that exceed a limit are left out alone, and the others are stored', () => {
    const planned = plan({
      changed: [changed('big', WORKSPACE_LIMITS.fileBytes + 1), changed('small')],
    });
    expect(paths(planned.changed)).toEqual(['small']);
    expect(planned.notKept[0]).toMatchObject({ path: 'big', reason: expect.stringContaining('at most') });
    const full = Array.from({ length: WORKSPACE_LIMITS.files - 1 }, (_, index) => sent(`f${index}`, 'aa'));
    const counted = plan({ changed: [changed('f0'), changed('one'), changed('two')] }, full);
    expect(paths(counted.changed)).toEqual(['f0', 'one']);
  });

  test('never make the workspace larger than the next command can get', () => {
    const planned = plan({
      changed: [changed('a', 15 * MEBIBYTE), changed('b', 15 * MEBIBYTE), changed('c', MEBIBYTE)],
      changed_folders: [{ path: 'venv', content: new Uint8Array(10 * MEBIBYTE) }],
    });
    expect(paths(planned.changed)).toEqual(['a', 'c']);
    expect(planned.folders).toEqual([]);
    expect(paths(planned.notKept)).toEqual(['b', 'venv']);
    const smaller = plan({ changed: [changed('x', 10 * MEBIBYTE)] }, [{ ...sent('x', 'aa'), size: 40 * MEBIBYTE }]);
    expect(paths(smaller.changed)).toEqual(['x']);
  });

  test('to a git repository are stored as a whole or not at all', () => {
    const planned = plan(
      {
        changed: [changed('a', 15 * MEBIBYTE), changed('.git/pack', 12 * MEBIBYTE), changed('.git/HEAD')],
        deleted: ['.git/loose', 'b'],
      },
      [sent('.git/loose', 'aa'), sent('b', 'bb')],
    );
    expect(paths(planned.changed)).toEqual(['a']);
    expect(planned.deleted).toEqual(['b']);
    expect(paths(planned.notKept)).toEqual(['.git/']);
  });
});
