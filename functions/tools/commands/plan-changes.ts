import type { SandboxOutcome, TreeFile } from '../sandbox/sandbox.ts';
import { describeSizeFault, describeSumFault, WORKSPACE_LIMITS, type WorkspaceFile } from '../workspace.ts';
import { describeNameFault } from '../workspace-path.ts';

/** The changes of a command that are stored. */
interface ChangePlan {
  changed: TreeFile[];
  deleted: string[];
  notKept: SandboxOutcome['not_kept'];
  /** The file that each changed path held when the files were sent. */
  bases: { path: string; sha256: string | null }[];
}

/**
 * Plans which changes are stored. Only files that were sent can be deleted. Files with a refused name are not stored.
 */
export function planChanges(
  outcome: Pick<SandboxOutcome, 'changed' | 'deleted' | 'not_kept'>,
  sent: readonly WorkspaceFile[],
): ChangePlan {
  const before = new Map(sent.map((file) => [file.path, file.sha256]));
  const faultOf = ({ path }: TreeFile) => describeNameFault(path);
  const changed = outcome.changed.filter((file) => faultOf(file) === undefined);
  const deleted = outcome.deleted.filter((path) => before.has(path));
  const misnamed = outcome.changed.flatMap((file) => {
    const reason = faultOf(file);
    // JSON escapes the control characters of the name.
    return reason === undefined ? [] : [{ path: JSON.stringify(file.path), reason }];
  });
  return {
    changed,
    deleted,
    notKept: [...outcome.not_kept, ...misnamed],
    bases: [...changed.map((file) => file.path), ...deleted].map((path) => ({
      path,
      sha256: before.get(path) ?? null,
    })),
  };
}

/** Returns why the workspace cannot store the changes, for a model, or undefined when it can. */
export function describeKeptFault(
  now: ReadonlyMap<string, { size: number }>,
  kept: { upserts: readonly { path: string; size: number }[]; deletes: readonly string[] },
): string | undefined {
  const tooLarge = kept.upserts.find((file) => file.size > WORKSPACE_LIMITS.fileBytes);
  if (tooLarge !== undefined) return describeSizeFault(tooLarge.path, tooLarge.size);
  const sizes = new Map([...now].map(([path, { size }]) => [path, size]));
  for (const path of kept.deletes) sizes.delete(path);
  for (const { path, size } of kept.upserts) sizes.set(path, size);
  const bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  return describeSumFault({ files: sizes.size, bytes });
}
