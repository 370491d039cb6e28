import type { BareRepository } from './bare-repository.ts';
import { checkGit, GitFailure } from './git-failure.ts';

/** Returns the hash of a commit or, with `^{tree}`, of its tree. @throws GitFailure */
export async function resolveRevision(repository: BareRepository, revision: string): Promise<string> {
  const { stdout } = checkGit(await repository.git(['rev-parse', '--verify', '--end-of-options', revision]));
  const hash = stdout.toString('latin1').trim();
  if (!/^[0-9a-f]{40}$/.test(hash)) throw new GitFailure('unreachable', `${revision} is not an object`);
  return hash;
}
