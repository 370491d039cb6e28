import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { Profile } from '../profile.ts';
import { findCurrentUser } from '../sql/users.ts';

/** Who the caller is. */
export const getProfile = endpoint({
  name: 'identity-get-profile',
  route: 'GET /api/v1/user/profile',
  access: 'account:read',
  summary: 'Reads your profile.',
  reply: { 200: Profile },
}).query(async ({ read }) => {
  const user = await findCurrentUser(read);
  if (user === undefined) throw new Problem('not-found', 'There is no such person.');
  return { status: 200, body: user };
});
