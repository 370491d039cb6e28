import type { BareRepository } from './bare-repository.ts';
import { failureOf, GitFailure } from './git-failure.ts';

/** What a server says when another was faster, before or while it takes the push. */
const OVERTAKEN =
  /\((fetch first|non-fast-forward|stale info|failed to update ref|cannot lock ref|reference already exists|incorrect old value|failed to lock)/;

/**
 * Pushes a commit to a branch of the remote, never by force. `overtaken`: another was faster, and what he pushed is to be looked at first. A failure is answered,
 * because whether the push was done cannot always be told from it.
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
