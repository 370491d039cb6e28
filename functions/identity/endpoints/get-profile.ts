import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { Profile } from '../profile.ts';
import { findCurrentUser } from '../sql/users.ts';

/** Returns the caller's own profile. */
export const getProfile = endpoint({
  name: 'identity-get-profile',
  route: 'GET /api/v1/user/profile',
  access: 'account:read',
  summary: 'Returns your profile.',
  reply: { 200: Profile },
}).query(async ({ read }) => {
  const user = await findCurrentUser(read);
  if (user === undefined) throw new Problem('not-found', 'There is no such user.');
  return { status: 200, body: user };
});
