import { describe, expect, test } from 'vitest';
import { describeKeptFault, planChanges } from '../../../functions/tools/commands/plan-changes.ts';
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
const changed = (path: string) => ({ path, mode: 'regular' as const, content: new Uint8Array(1) });

describe('the changes of a command', () => {
  test('are stored with the earlier hash of each path; files with refused names are not stored, and their names are escaped', () => {
    const plan = planChanges(
      {
        changed: [changed('old'), changed('new'), changed('a\u001b[2Kb'), changed('a\\b')],
        deleted: ['gone', 'never-sent'],
        not_kept: [{ path: 'link', reason: 'a symbolic link' }],
      },
      [sent('old', 'aa'), sent('gone', 'bb')],
    );
    expect(plan.changed.map(({ path }) => path)).toEqual(['old', 'new']);
    expect(plan.deleted).toEqual(['gone']);
    expect(plan.bases).toEqual([
      { path: 'old', sha256: 'aa' },
      { path: 'new', sha256: null },
      { path: 'gone', sha256: 'bb' },
    ]);
    expect(plan.notKept.map(({ path }) => path)).toEqual(['link', '"a\\u001b[2Kb"', '"a\\\\b"']);
  });

  test('are refused when a file, the number of files or the total size exceeds its limit', () => {
    const now = new Map([['a', { size: 10 }]]);
    const kept = (upserts: { path: string; size: number }[], deletes: string[] = []) =>
      describeKeptFault(now, { upserts, deletes });
    expect(kept([{ path: 'b', size: WORKSPACE_LIMITS.fileBytes }])).toBeUndefined();
    expect(kept([{ path: 'b', size: WORKSPACE_LIMITS.fileBytes + 1 }])).toContain('b would have 16,777,217 bytes');
    const many = Array.from({ length: WORKSPACE_LIMITS.files }, (_, index) => ({ path: `n${index}`, size: 0 }));
    expect(kept(many)).toContain('5,001 files');
    expect(kept(many, ['a'])).toBeUndefined();
    const large = Array.from({ length: 16 }, (_, index) => ({ path: `n${index}`, size: WORKSPACE_LIMITS.fileBytes }));
    expect(kept(large)).toContain('268,435,466 bytes');
    expect(kept(large, ['a'])).toBeUndefined();
  });
});
