import { z } from 'zod';
import { Problem } from '../../platform/errors.ts';
import { type FailureKind, GitFailure } from '../../platform/git/git-failure.ts';
import { KeyServiceUnavailable } from '../../platform/secrets/key-encryption.ts';
import { Refused, TooLarge } from './limits.ts';

/** Both sides of a part of a file that was changed in contradicting ways; null when a side lacks it. */
export const SyncConflict = z.strictObject({
  path: z.string(),
  block: z
    .string()
    .nullable()
    .meta({ description: 'The block; empty for the text before the first block, null for the whole file' }),
  base: z.string().nullable().meta({ description: 'The text in the merge base' }),
  memory: z.string().nullable(),
  repository: z.string().nullable(),
});
export type SyncConflict = z.infer<typeof SyncConflict>;

/** What a sync moved, even if it did not finish. */
const Moved = {
  pulled: z
    .strictObject({
      remote_commit: z.string().meta({ description: 'The tip of the linked branch that was merged' }),
      commit_id: z.string().meta({ description: 'The commit of the memory that contains it' }),
      commits: z.int().meta({ description: 'The number of new commits' }),
    })
    .nullable(),
  pushed_commit: z.string().nullable(),
  faults: z
    .array(z.string())
    .optional()
    .meta({ description: 'Files whose names some disks refuse; they are kept, and no entity is read from them' }),
};

/** Why a sync failed. All kinds but `internal` have a cause outside of our code. */
const SyncFailure = z.enum([
  'unauthorized',
  'not-found',
  'not-allowed',
  'redirected',
  'rejected',
  'overtaken',
  'timeout',
  'unreachable',
  'key-service',
  'internal',
]);
type SyncFailure = z.infer<typeof SyncFailure>;

/**
 * How a sync ended. Only after `synced` both sides are equal. After `conflict`, `refused`, `too_large` and `rewritten`
 * nothing is pulled or pushed until a side changes; after `failed` the sync is retried with backoff.
 */
export const SyncReport = z.discriminatedUnion('outcome', [
  z.strictObject({ outcome: z.literal('synced'), ...Moved }),
  z.strictObject({
    outcome: z.literal('conflict'),
    ...Moved,
    conflicts: z.array(SyncConflict),
    left_out: z.int().meta({ description: 'The number of further conflicts' }),
  }),
  z.strictObject({ outcome: z.literal('refused'), ...Moved, reasons: z.array(z.string()) }),
  z.strictObject({ outcome: z.literal('too_large'), ...Moved, error: z.string() }),
  z.strictObject({
    outcome: z.literal('rewritten'),
    ...Moved,
    known_commit: z.string(),
    found_commit: z.string().nullable().meta({ description: 'The current tip; null when the branch was deleted' }),
    error: z.string(),
  }),
  z.strictObject({ outcome: z.literal('failed'), ...Moved, kind: SyncFailure, error: z.string() }),
]);
export type SyncReport = z.infer<typeof SyncReport>;

/** What one sync did; {@link reportOf} makes the report of it. */
export type Synchronised =
  | { outcome: 'synced' }
  | { outcome: 'conflict'; conflicts: SyncConflict[] }
  | { outcome: 'rewritten'; knownCommit: string; foundCommit: string | undefined }
  /** One of the sides moves faster than the sync. */
  | { outcome: 'overtaken' }
  /** Neither side has moved since the last sync, which could not continue. */
  | { outcome: 'unchanged' };

/** What a sync has moved so far. */
export type SyncMoves = Pick<SyncReport, 'pulled' | 'pushed_commit' | 'faults'>;

/**
 * The texts of a report come from files and from this module only. Output of git and of the remote is left out, because
 * a server can repeat the credentials that it was sent.
 */

const MOST_CONFLICTS = 50;
export const MOST_REASONS = 50;

export function reportOf(done: Exclude<Synchronised, { outcome: 'unchanged' }>, moves: SyncMoves): SyncReport {
  switch (done.outcome) {
    case 'synced':
      return { outcome: 'synced', ...moves };
    case 'conflict': {
      const conflicts = done.conflicts.slice(0, MOST_CONFLICTS);
      return { outcome: 'conflict', ...moves, conflicts, left_out: done.conflicts.length - conflicts.length };
    }
    case 'rewritten':
      return {
        outcome: 'rewritten',
        ...moves,
        known_commit: done.knownCommit,
        found_commit: done.foundCommit ?? null,
        error:
          'The branch of the repository was rewritten or removed: the commit of the last sync is not an ancestor of its tip. ' +
          'The sync does nothing, so that it does not restore what was removed on purpose. ' +
          'Link the repository again to merge its current state with your memory.',
      };
    case 'overtaken':
      return failed('overtaken', moves);
  }
}

/** Returns the report of a failed sync. @param isLate whether the sync ran out of time */
export function endOfFailure(error: unknown, { moves, isLate }: { moves: SyncMoves; isLate: boolean }): SyncReport {
  if (isLate) return failed('timeout', moves);
  if (error instanceof TooLarge) return { outcome: 'too_large', ...moves, error: error.message };
  if (error instanceof Refused) return { outcome: 'refused', ...moves, reasons: error.reasons.slice(0, MOST_REASONS) };
  if (error instanceof GitFailure) return ofGit(error.kind, moves);
  // The address was allowed when it was linked, and the configuration has changed since.
  if (error instanceof Problem) return failed('not-allowed', moves);
  if (error instanceof KeyServiceUnavailable) return failed('key-service', moves);
  return failed('internal', moves);
}

/** Returns whether the failure is a defect of ours that must be logged as an error. */
export function isOurFault(error: unknown): boolean {
  return ![TooLarge, Refused, GitFailure, Problem, KeyServiceUnavailable].some((kind) => error instanceof kind);
}

function ofGit(kind: FailureKind, moves: SyncMoves): SyncReport {
  if (kind === 'too-large')
    return { outcome: 'too_large', ...moves, error: 'The repository exceeds the limits of a sync.' };
  if (kind === 'malformed')
    return { outcome: 'refused', ...moves, reasons: ['The history contains an object that git rejects as malformed.'] };
  return failed(kind, moves);
}

function failed(kind: SyncFailure, moves: SyncMoves): SyncReport {
  return { outcome: 'failed', ...moves, kind, error: WORDS[kind] };
}

const WORDS: Record<SyncFailure, string> = {
  unauthorized: 'The repository rejected the token: it is wrong, has expired, or may not write to the repository.',
  'not-found': 'The repository does not exist, or the token may not read it.',
  'not-allowed': 'The host of the repository is not allowed any more.',
  redirected: 'The repository was renamed or moved. Link its new address.',
  rejected: 'The repository rejected the push by one of its rules, such as a protected branch.',
  overtaken: 'Concurrent pushes to the branch overtook every attempt of the sync.',
  timeout: 'The repository took too long to answer.',
  unreachable: 'The repository could not be reached, or the connection broke.',
  'key-service': 'The key service does not answer, so the token cannot be decrypted.',
  internal: 'The sync failed because of a defect on our side.',
};
