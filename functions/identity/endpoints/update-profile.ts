import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { DisplayName, Profile } from '../profile.ts';
import { updateCurrentUser } from '../sql/users.ts';

/** Changes what a person may change about himself; any other field is 422. */
export const updateProfile = endpoint({
  name: 'identity-update-profile',
  route: 'PUT /api/v1/user/profile',
  access: 'account:write',
  summary: 'Changes your profile.',
  body: z.strictObject({ display_name: DisplayName }),
  reply: { 200: Profile },
}).handle(async ({ body, transaction }) => {
  const user = await updateCurrentUser(transaction, body.display_name);
  if (user === undefined) throw new Problem('not-found', 'There is no such person.');
  return { status: 200, body: user };
});
