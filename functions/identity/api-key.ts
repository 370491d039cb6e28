import { z } from 'zod';
import type { Role } from '../platform/database/database.ts';
import { idSchema } from '../platform/id.ts';
import { minimumRole, SCOPES, type Scope } from '../platform/sign-in/access.ts';

/** An API key without its secret, as its owner sees it after creation. */
export const ApiKey = z.strictObject({
  id: idSchema('key'),
  name: z.string(),
  scopes: z.array(z.string()),
  last_four: z.string(),
  expires_at: z.iso.datetime({ offset: true }).nullable(),
  revoked_at: z.iso.datetime({ offset: true }).nullable(),
  last_used_at: z.iso.datetime({ offset: true }).nullable(),
  created_at: z.iso.datetime({ offset: true }),
});

export const NewApiKey = z.strictObject({
  name: z.string().trim().min(1).max(200).default('API key'),
  scopes: z
    .array(z.enum(SCOPES))
    .min(1)
    .max(SCOPES.length)
    .transform((scopes) => [...new Set(scopes)])
    .optional()
    .meta({
      description: 'Omitted: what your role allows, without administration and without changes of your account',
    }),
  expires_in_days: z.int().min(1).max(3650).optional(),
});

/**
 * Returns the scopes of a key that was created without scopes: what the role may read and write. A program needs no
 * administration, and `account:write` could revoke the other keys of its user.
 */
export function ordinaryScopes(role: Role): Scope[] {
  const ordinary = SCOPES.filter((scope) => !scope.endsWith(':admin') && scope !== 'account:write');
  return ordinary.filter((scope) => RANK[minimumRole(scope)] <= RANK[role]);
}

const RANK: Record<Role, number> = { viewer: 1, member: 2, admin: 3 };

/** Returns those of the scopes that need a higher role than this one. */
export function scopesBeyond(role: Role, scopes: readonly Scope[]): Scope[] {
  return scopes.filter((scope) => RANK[minimumRole(scope)] > RANK[role]);
}
