import type { BareRepository } from './bare-repository.ts';
import { checkGit } from './git-failure.ts';

/** The output limit for a list of a few references. A server that sends all its references is cut off. */
const LISTING_BYTES = 1024 * 1024;

/**
 * Returns the commit hashes of the remote's references by full name. Missing references are left out.
 * @throws GitFailure
 */
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
