import type { BareRepository } from './bare-repository.ts';
import { checkGit } from './git-failure.ts';

/** What listing a few references may answer; a server that sends all that it has is cut off here. */
const LISTING_BYTES = 1024 * 1024;

/** Where the remote's references stand, by their full names; one that is not there is not among them. @throws GitFailure */
export async function listReferences(
  repository: BareRepository,
  names: readonly string[],
): Promise<Map<string, string>> {
  const limits = { ...repository.limits, outputBytes: LISTING_BYTES };
  const listed = checkGit(await repository.git(['ls-remote', '--', 'origin', ...names], { network: true, limits }));
  return new Map(
    listed.stdout
      .toString('latin1')
      .split('\n')
      .map((line) => line.split('\t'))
      .flatMap(([hash, name]) => (hash && name && /^[0-9a-f]{40}$/.test(hash) ? [[name, hash] as const] : [])),
  );
}
