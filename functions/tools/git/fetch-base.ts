import type { BareRepository } from '../../platform/git/bare-repository.ts';
import { FETCH_OPTIONS } from '../../platform/git/fetch-options.ts';
import { checkGit } from '../../platform/git/git-failure.ts';
import { listReferences } from '../../platform/git/list-references.ts';
import { resolveRevision } from '../../platform/git/resolve-revision.ts';

/**
 * The commit that a push builds on: the head of the branch, or of the default branch if the branch does not exist yet.
 */
export interface Base {
  /** Undefined in an empty repository. */
  commit: string | undefined;
  /** Whether the branch exists at the remote. */
  isBranchThere: boolean;
}

/** The number of commits that are fetched and searched for commits of the run. */
export const HISTORY = 50;
const BASE = 'refs/apexflow/base';

/** Fetches the newest commits and their folders, but no file contents. @throws GitFailure */
export async function fetchBase(repository: BareRepository, branch: string): Promise<Base> {
  const wanted = `refs/heads/${branch}`;
  const references = await listReferences(repository, ['HEAD', wanted]);
  const isBranchThere = references.has(wanted);
  if (!isBranchThere && !references.has('HEAD')) return { commit: undefined, isBranchThere };
  const source = isBranchThere ? wanted : 'HEAD';
  await repository.setPartial(true);
  const depth = `--depth=${HISTORY}`;
  const fetched = await repository.git(
    ['fetch', ...FETCH_OPTIONS, depth, '--filter=blob:none', '--', 'origin', `+${source}:${BASE}`],
    { network: true },
  );
  await repository.setPartial(false);
  checkGit(fetched);
  return { commit: await resolveRevision(repository, BASE), isBranchThere };
}
