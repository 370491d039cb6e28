import type { BareRepository } from './bare-repository.ts';
import { failureOf, GitFailure } from './git-failure.ts';

/** The server's reasons when the branch changed before or during the push. */
const OVERTAKEN =
  /\((fetch first|non-fast-forward|stale info|failed to update ref|cannot lock ref|reference already exists|incorrect old value|failed to lock)/;

/**
 * Pushes a commit to a branch of the remote, never with force. Returns `overtaken` when the branch has new commits,
 * which must be fetched first. Returns a failure instead of throwing it, because a failed push may have been executed.
 */
export async function pushCommit(
  repository: BareRepository,
  commit: string,
  branch: string,
): Promise<'pushed' | 'overtaken' | GitFailure> {
  const options = [
    '--porcelain',
    '--no-thin',
    '--no-verify',
    '--no-follow-tags',
    '--no-signed',
    '--recurse-submodules=no',
  ];
  const result = await repository.git(['push', ...options, '--', 'origin', `${commit}:refs/heads/${branch}`], {
    network: true,
    limits: repository.limits,
  });
  if (result.exitCode === 0) return 'pushed';
  const refused = /^!\t.*$/m.exec(result.stdout.toString('utf8'))?.[0];
  if (refused !== undefined && OVERTAKEN.test(refused)) return 'overtaken';
  if (refused !== undefined && /\[(remote )?rejected\]/.test(refused))
    return new GitFailure('rejected', `${refused}\n${result.stderr}`);
  return failureOf(result);
}
