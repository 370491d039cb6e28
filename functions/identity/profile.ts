import { z } from 'zod';
import { idSchema } from '../platform/id.ts';

/**
 * A user's own profile. The identity provider owns the e-mail address; the tenant's admins decide on role and tenant.
 */
export const Profile = z.strictObject({
  id: idSchema('usr'),
  email: z.string(),
  display_name: z.string(),
  role: z.enum(['viewer', 'member', 'admin']),
  tenant_id: idSchema('ten'),
  created_at: z.iso.datetime({ offset: true }),
});

export const DisplayName = z.string().trim().min(1).max(200);
