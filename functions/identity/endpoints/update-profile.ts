import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { DisplayName, Profile } from '../profile.ts';
import { updateCurrentUser } from '../sql/users.ts';

/** Changes the fields of the caller's profile that users may change. 422 for any other field. */
export const updateProfile = endpoint({
  name: 'identity-update-profile',
  route: 'PUT /api/v1/user/profile',
  access: 'account:write',
  summary: 'Changes your profile.',
  body: z.strictObject({ display_name: DisplayName }),
  reply: { 200: Profile },
}).handle(async ({ body, transaction }) => {
  const user = await updateCurrentUser(transaction, body.display_name);
  if (user === undefined) throw new Problem('not-found', 'There is no such user.');
  return { status: 200, body: user };
});
