import { z } from 'zod';
import { BranchName } from '../../platform/git/remote.ts';
import type { Place } from '../../platform/secrets/envelope.ts';
import { SecretText } from '../../platform/secrets/secret-text.ts';
import type { Owner } from '../sql/memory-object.ts';

/**
 * Allows only what git and GitHub accept: visible ASCII on one line, so that a token cannot add a line to what git
 * reads.
 */
export const GitHubToken = z
  .string()
  .trim()
  .min(8)
  .max(512)
  .refine((token) => /^[\x21-\x7e]+$/.test(token), 'must contain only visible ASCII characters and no spaces')
  .transform((token) => new SecretText(token))
  .meta({ description: 'A token that may read and write the linked repository; it is never shown', writeOnly: true });

export const LinkedBranch = BranchName.meta({ description: 'The branch of the linked repository' });

/** Returns the context that the encryption of a stored token is bound to, so that it cannot be used in another row. */
export function placeOfToken({ tenantId, userId }: Owner, link: { id: string; repo_url: string }): Place {
  return ['memory-link', tenantId, userId, link.id, link.repo_url];
}

/** The linked repository as its user sees it. */
export const LinkedRepository = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('none') }),
  z.strictObject({
    status: z.literal('linked'),
    branch: z.string(),
    has_token: z.boolean().meta({ description: 'Without a stored token each sync needs a call that sends a token' }),
    is_syncing: z.boolean(),
    next_sync_at: z.string().nullable().meta({ description: 'When the next automatic sync is due' }),
  }),
  z.strictObject({ status: z.literal('ended'), branch: z.string(), ended_at: z.string(), reason: z.string() }),
]);
export type LinkedRepository = z.infer<typeof LinkedRepository>;
