import { isUtf8 } from 'node:buffer';
import type { BareRepository } from '../../platform/git/bare-repository.ts';
import { checkGit } from '../../platform/git/git-failure.ts';
import { splitAtNul } from '../../platform/git/split-at-nul.ts';
import { callTrailer, runTrailer } from './commit-plan.ts';
import { HISTORY } from './fetch-base.ts';

/**
 * What a run has pushed before, read from the history itself: the remote is the only place that knows it for certain
 * after a crash.
 */

/** The commit of this very call, when an interrupted attempt has pushed it already. */
export async function findCommitOfCall(
  repository: BareRepository,
  head: string,
  callKey: string,
): Promise<string | undefined> {
  const [commit] = await commitsWith(repository, head, callTrailer(callKey));
  return commit;
}

/**
 * Paths that earlier pushes of the run wrote: what of them the run has no more is to be removed, and what it never had
 * stays. Only as far back as the history was fetched.
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

/** A commit whose last lines hold this trailer as a line of its own. */
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
 * Its own text tells, and not the history that was fetched: that is cut off somewhere, and a commit there looks like
 * the first.
 */
async function hasParent(repository: BareRepository, commit: string): Promise<boolean> {
  const { stdout } = checkGit(await repository.git(['cat-file', 'commit', commit]));
  return /^parent /m.test(stdout.toString('latin1').split('\n\n')[0] ?? '');
}

export interface Change {
  status: string;
  path: string;
}

/** `A\0path\0M\0path\0`. A path that is no text is left alone: no file of a run is called so. */
export function changesOf(output: Buffer): Change[] {
  const parts = splitAtNul(output);
  return parts.flatMap((status, index) => {
    const path = parts[index + 1];
    return index % 2 === 1 || path === undefined || !isUtf8(path)
      ? []
      : [{ status: status.toString('latin1'), path: path.toString('utf8') }];
  });
}
