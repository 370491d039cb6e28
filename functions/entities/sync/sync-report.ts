import { z } from 'zod';
import { Problem } from '../../platform/errors.ts';
import { type FailureKind, GitFailure } from '../../platform/git/git-failure.ts';
import { KeyServiceUnavailable } from '../../platform/secrets/key-encryption.ts';
import { Refused, TooLarge } from './limits.ts';
import type { Synchronised } from './synchronise.ts';

/** Both sides of a part of a file that they changed in different ways; null where a side does not have it. */
export const SyncConflict = z.strictObject({
  path: z.string(),
  block: z
    .string()
    .nullable()
    .meta({ description: 'The block; empty for what stands before the first, null for the whole file' }),
  base: z.string().nullable().meta({ description: 'What both sides started from' }),
  memory: z.string().nullable(),
  repository: z.string().nullable(),
});
export type SyncConflict = z.infer<typeof SyncConflict>;

/** What a sync moved, also one that did not come to its end. */
const Moved = {
  pulled: z
    .strictObject({
      remote_commit: z.string().meta({ description: 'The tip of the linked branch that was taken in' }),
      commit_id: z.string().meta({ description: 'The commit of the memory that has it' }),
      commits: z.int().meta({ description: 'How many commits were new' }),
    })
    .nullable(),
  pushed_commit: z.string().nullable(),
};

/** Why a sync could not be done; all but `internal` are told by the other side, or by what we were given. */
export const SyncFailure = z.enum([
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
export type SyncFailure = z.infer<typeof SyncFailure>;

/**
 * How a sync ended. Only `synced` says that both sides have the same. After `conflict`, `refused`, `too_large` and `rewritten` nothing was taken and nothing
 * pushed until one of the sides changes; after `failed` it is tried again, later and later.
 */
export const SyncReport = z.discriminatedUnion('outcome', [
  z.strictObject({ outcome: z.literal('synced'), ...Moved }),
  z.strictObject({
    outcome: z.literal('conflict'),
    ...Moved,
    conflicts: z.array(SyncConflict),
    left_out: z.int().meta({ description: 'How many more there are' }),
  }),
  z.strictObject({ outcome: z.literal('refused'), ...Moved, reasons: z.array(z.string()) }),
  z.strictObject({ outcome: z.literal('too_large'), ...Moved, error: z.string() }),
  z.strictObject({
    outcome: z.literal('rewritten'),
    ...Moved,
    known_commit: z.string(),
    found_commit: z.string().nullable().meta({ description: 'The tip now; null where the branch is gone' }),
    error: z.string(),
  }),
  z.strictObject({ outcome: z.literal('failed'), ...Moved, kind: SyncFailure, error: z.string() }),
]);
export type SyncReport = z.infer<typeof SyncReport>;

/** What a sync moved so far. */
export type SyncMoves = Pick<SyncReport, 'pulled' | 'pushed_commit'>;

/** How a sync ended, in words for its person. What git and the server said is not among them: a server can repeat what it was sent. */

const MOST_CONFLICTS = 50;
const MOST_REASONS = 50;

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
          'The branch of the repository was rewritten or removed: what was there last is not below what is there now. To bring back by a sync what somebody took away on purpose ' +
          'would be wrong, so nothing is done. Link the repository again to have what is there now merged with your memory.',
      };
    case 'overtaken':
      return failed('overtaken', moves);
  }
}

/** The report of what ended a sync. @param isLate whether it ran out of its time */
export function endOfFailure(error: unknown, { moves, isLate }: { moves: SyncMoves; isLate: boolean }): SyncReport {
  if (isLate) return failed('timeout', moves);
  if (error instanceof TooLarge) return { outcome: 'too_large', ...moves, error: error.message };
  if (error instanceof Refused) return { outcome: 'refused', ...moves, reasons: error.reasons.slice(0, MOST_REASONS) };
  if (error instanceof GitFailure) return ofGit(error.kind, moves);
  // The address was allowed when it was linked, and is not any more.
  if (error instanceof Problem) return failed('not-allowed', moves);
  if (error instanceof KeyServiceUnavailable) return failed('key-service', moves);
  return failed('internal', moves);
}

/** Whether somebody of us must look at it; the rest is the remote's, or its person's. */
export function isOurFault(error: unknown): boolean {
  return ![TooLarge, Refused, GitFailure, Problem, KeyServiceUnavailable].some((kind) => error instanceof kind);
}

function ofGit(kind: FailureKind, moves: SyncMoves): SyncReport {
  if (kind === 'too-large')
    return { outcome: 'too_large', ...moves, error: 'The repository is larger than can be worked with here.' };
  if (kind === 'malformed')
    return { outcome: 'refused', ...moves, reasons: ['The history holds an object that git itself finds fault with.'] };
  return failed(kind, moves);
}

function failed(kind: SyncFailure, moves: SyncMoves): SyncReport {
  return { outcome: 'failed', ...moves, kind, error: WORDS[kind] };
}

const WORDS: Record<SyncFailure, string> = {
  unauthorized:
    'The repository does not let us in: the token is wrong, has expired, or lacks the right to write to it.',
  'not-found': 'There is no such repository, or the token may not see it.',
  'not-allowed': 'This installation does not talk to the repository’s host any more.',
  redirected: 'The repository answers from another address. It was renamed or moved; link its new address.',
  rejected: 'The repository refused the push by a rule of its own, such as a protected branch.',
  overtaken: 'Others push to the branch faster than the sync can follow.',
  timeout: 'The repository took too long to answer.',
  unreachable: 'The repository could not be reached, or broke off.',
  'key-service': 'The key service does not answer, so the token cannot be used for now.',
  internal: 'Something went wrong on our side.',
};
