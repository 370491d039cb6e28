import { isUtf8 } from 'node:buffer';
import type { BareRepository } from '../../platform/git/bare-repository.ts';
import { checkGit } from '../../platform/git/git-failure.ts';
import { splitAtNul } from '../../platform/git/split-at-nul.ts';
import { callTrailer, runTrailer } from './commit-plan.ts';
import { HISTORY } from './fetch-base.ts';

/** Finds earlier pushes of a run in the history. After a crash only the remote knows for certain what was pushed. */

/** Returns the commit of this call, if an interrupted attempt has pushed it already. */
export async function findCommitOfCall(
  repository: BareRepository,
  head: string,
  callKey: string,
): Promise<string | undefined> {
  const [commit] = await commitsWith(repository, head, callTrailer(callKey));
  return commit;
}

/**
 * Returns the paths that earlier pushes of the run wrote, as far back as the history was fetched. A push removes those
 * that the run no longer has, and leaves files that were never the run's.
 */
export async function listPathsOfRun(repository: BareRepository, head: string, runId: string): Promise<Set<string>> {
  const paths = new Set<string>();
  for (const commit of await commitsWith(repository, head, runTrailer(runId))) {
    const root = (await hasParent(repository, commit)) ? [] : ['--root'];
    const { stdout } = checkGit(
      await repository.git([
        'diff-tree',
        ...root,
        '--no-commit-id',
        '-r',
        '-z',
        '--no-renames',
        '--name-status',
        commit,
      ]),
    );
    for (const { status, path } of changesOf(stdout)) if (status !== 'D') paths.add(path);
  }
  return paths;
}

/** Returns the commits that have this trailer as one of their last two lines. */
async function commitsWith(repository: BareRepository, head: string, trailer: string): Promise<string[]> {
  const { stdout } = checkGit(
    await repository.git([
      'log',
      `--max-count=${HISTORY}`,
      '-z',
      '--format=%H%n%B',
      '--fixed-strings',
      `--grep=${trailer}`,
      head,
    ]),
  );
  return stdout
    .toString('utf8')
    .split('\0')
    .filter((entry) => entry.trimEnd().split('\n').slice(-2).includes(trailer))
    .map((entry) => entry.slice(0, 40));
}

/**
 * Tells whether a commit has a parent. Reads the commit itself, because in a shallow history the oldest commit shows
 * none.
 */
async function hasParent(repository: BareRepository, commit: string): Promise<boolean> {
  const { stdout } = checkGit(await repository.git(['cat-file', 'commit', commit]));
  return /^parent /m.test(stdout.toString('latin1').split('\n\n')[0] ?? '');
}

export interface Change {
  status: string;
  path: string;
  /** The blob that the change replaces or deletes. */
  before?: string;
}

/** Parses `A\0path\0M\0path\0`. Ignores paths that are not UTF-8, because no file of a run has such a path. */
export function changesOf(output: Buffer): Change[] {
  const parts = splitAtNul(output);
  return parts.flatMap((status, index) => {
    const path = parts[index + 1];
    return index % 2 === 1 || path === undefined || !isUtf8(path)
      ? []
      : [{ status: status.toString('latin1'), path: path.toString('utf8') }];
  });
}
