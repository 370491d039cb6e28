import type { BareRepository } from './bare-repository.ts';
import { checkGit, GitFailure } from './git-failure.ts';

/** What a push builds on: the branch's head, or the default branch's where there is no such branch yet, or nothing in an empty repository. */
export interface Base {
  commit: string | undefined;
  /** Whether the branch that is pushed to is there. */
  isBranchThere: boolean;
}

/** How far back a run looks for its own commits. */
export const HISTORY = 50;
/** What listing a few references may answer; a server that sends all that it has is cut off here. */
const LISTING_BYTES = 1024 * 1024;
const BASE = 'refs/apexflow/base';

/** Fetches commits and folders of the newest history, and no files. @throws GitFailure */
export async function fetchBase(repository: BareRepository, branch: string): Promise<Base> {
  const wanted = `refs/heads/${branch}`;
  const limits = { ...repository.limits, outputBytes: LISTING_BYTES };
  const listed = checkGit(
    await repository.git(['ls-remote', '--', 'origin', 'HEAD', wanted], { network: true, limits }),
  );
  const references = new Map(
    listed.stdout
      .toString('latin1')
      .split('\n')
      .map((line) => line.split('\t'))
      .flatMap(([hash, name]) => (hash && name && /^[0-9a-f]{40}$/.test(hash) ? [[name, hash] as const] : [])),
  );
  const isBranchThere = references.has(wanted);
  if (!isBranchThere && !references.has('HEAD')) return { commit: undefined, isBranchThere };
  const source = isBranchThere ? wanted : 'HEAD';
  const options = ['--quiet', '--no-tags', '--no-recurse-submodules', '--no-write-fetch-head', '--no-auto-maintenance'];
  await repository.setPartial(true);
  const depth = `--depth=${HISTORY}`;
  const fetched = await repository.git(
    ['fetch', ...options, depth, '--filter=blob:none', '--', 'origin', `+${source}:${BASE}`],
    { network: true },
  );
  await repository.setPartial(false);
  checkGit(fetched);
  return { commit: await resolve(repository, BASE), isBranchThere };
}

/** The hash of a commit or, with `^{tree}`, of its tree. */
export async function resolve(repository: BareRepository, revision: string): Promise<string> {
  const { stdout } = checkGit(await repository.git(['rev-parse', '--verify', '--end-of-options', revision]));
  const hash = stdout.toString('latin1').trim();
  if (!/^[0-9a-f]{40}$/.test(hash)) throw new GitFailure('unreachable', `${revision} is no object`);
  return hash;
}
