import type { BareRepository } from '../../platform/git/bare-repository.ts';
import { FETCH_OPTIONS } from '../../platform/git/fetch-options.ts';
import { checkGit } from '../../platform/git/git-failure.ts';
import { listReferences } from '../../platform/git/list-references.ts';
import { resolveRevision } from '../../platform/git/resolve-revision.ts';

/**
 * What a push builds on: the branch's head, or the default branch's where there is no such branch yet, or nothing in an
 * empty repository.
 */
export interface Base {
  commit: string | undefined;
  /** Whether the branch that is pushed to is there. */
  isBranchThere: boolean;
}

/** How far back a run looks for its own commits. */
export const HISTORY = 50;
const BASE = 'refs/apexflow/base';

/** Fetches commits and folders of the newest history, and no files. @throws GitFailure */
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
