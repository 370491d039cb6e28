import { afterAll, expect, test } from 'vitest';
import { serveIdentity } from '../serve.ts';
import { auditOf, openAs, putSecret, rowsOf, secretRoute } from '../stored-secrets.ts';

const served = await serveIdentity();
afterAll(() => served.close());
const admin = await served.register();

const remove = async (name: string, token?: string) =>
  (await served.call(secretRoute('DELETE', name), { token })).status;

test('204: deletes the secret with its data key and logs it; 404 when it is repeated', async () => {
  await putSecret(served, admin, 'short_lived', 'some-value');
  expect(await remove('short_lived', admin.token)).toBe(204);
  expect(await openAs(admin, 'short_lived')).toBeUndefined();
  expect(await rowsOf('short_lived')).toEqual([]);
  expect(await auditOf('identity-delete-secret', 'short_lived')).toMatchObject([{ user_id: admin.user.id }]);
  expect(await remove('short_lived', admin.token)).toBe(404);
});

test('401, 403, 404, 422: keeps the secret for no token, a member, another tenant and an invalid name', async () => {
  await putSecret(served, admin, 'of_mine', 'some-value');
  const member = await served.registerMember(admin, 'member');
  const stranger = await served.register();
  expect(await remove('of_mine')).toBe(401);
  expect(await remove('of_mine', member.token)).toBe(403);
  expect(await remove('of_mine', stranger.token)).toBe(404);
  expect(await remove('Of-Mine', admin.token)).toBe(422);
  expect(await openAs(admin, 'of_mine')).toBe('some-value');
});
