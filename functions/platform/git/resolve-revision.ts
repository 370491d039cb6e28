import type { BareRepository } from './bare-repository.ts';
import { checkGit, GitFailure } from './git-failure.ts';

/** The hash of a commit or, with `^{tree}`, of its tree. */
export async function resolveRevision(repository: BareRepository, revision: string): Promise<string> {
  const { stdout } = checkGit(await repository.git(['rev-parse', '--verify', '--end-of-options', revision]));
  const hash = stdout.toString('latin1').trim();
  if (!/^[0-9a-f]{40}$/.test(hash)) throw new GitFailure('unreachable', `${revision} is no object`);
  return hash;
}
