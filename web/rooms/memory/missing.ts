import { ApiError } from '../../api/problem.ts';

/**
 * Whether a call failed because the address names nothing: the thing is not there, or its id or path cannot be one. The
 * pages say so in a sentence, and not in the words of the check.
 */
export function isMissing(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  if (error.status === 404) return true;
  const faults = error.problem?.errors ?? [];
  return error.status === 422 && faults.length > 0 && faults.every(({ path }) => path.startsWith('path.'));
}
