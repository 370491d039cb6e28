import { z } from 'zod';
import { BranchName } from '../../platform/git/remote.ts';
import type { Place } from '../../platform/secrets/envelope.ts';
import { SecretText } from '../../platform/secrets/secret-text.ts';
import type { Owner } from '../sql/memory-object.ts';

/**
 * The link of a person's entity memory with a repository, and how its last sync ended. Whatever text stands in a report comes from files: of the memory or of
 * the repository. No word of a server's is kept: it could repeat what it was sent.
 */

/** What git and GitHub take: visible ASCII of one line, so that nothing in it can pass for a second line of what git is told. */
export const GitHubToken = z
  .string()
  .trim()
  .min(8)
  .max(512)
  .refine((token) => /^[\x21-\x7e]+$/.test(token), 'must be a token of visible letters, digits and signs')
  .transform((token) => new SecretText(token))
  .meta({ description: 'A token that may read and write this repository; it is never shown again', writeOnly: true });

export const LinkedBranch = BranchName.meta({ description: 'The branch of the linked repository' });

/** Where the token of a link belongs: what its encryption is bound to. */
export function placeOfToken({ tenantId, userId }: Owner, link: { id: string; repo_url: string }): Place {
  return ['memory-link', tenantId, userId, link.id, link.repo_url];
}

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

/** A link as its person sees it. */
export const Link = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('none') }),
  z.strictObject({
    status: z.literal('linked'),
    branch: z.string(),
    has_token: z.boolean().meta({ description: 'Without one each sync must be asked for, with a token' }),
    is_syncing: z.boolean(),
    next_sync_at: z.string().nullable().meta({ description: 'When it is synced by itself' }),
  }),
  z.strictObject({ status: z.literal('ended'), branch: z.string(), ended_at: z.string(), reason: z.string() }),
]);
export type Link = z.infer<typeof Link>;
