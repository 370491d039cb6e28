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
  name: z.string().trim().min(1).max(200),
  scopes: z
    .array(z.enum(SCOPES))
    .min(1)
    .max(SCOPES.length)
    .transform((scopes) => [...new Set(scopes)]),
  expires_in_days: z.int().min(1).max(3650).optional(),
});

const RANK: Record<Role, number> = { viewer: 1, member: 2, admin: 3 };

/** Returns those of the scopes that need a higher role than this one. */
export function scopesBeyond(role: Role, scopes: readonly Scope[]): Scope[] {
  return scopes.filter((scope) => RANK[minimumRole(scope)] > RANK[role]);
}
