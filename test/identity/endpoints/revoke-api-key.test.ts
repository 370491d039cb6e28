import { afterAll, expect, test } from 'vitest';
import { createKey } from '../create-key.ts';
import { serveIdentity } from '../serve.ts';

const served = await serveIdentity();
afterAll(() => served.close());
const owner = await served.register();

const revoke = async (id: string, token: string | undefined = owner.token) =>
  (await served.call(`DELETE /api/v1/auth/api-keys/${id}`, { token })).status;
const statusWith = async (key: string) => (await served.call('GET /api/v1/user/profile', { token: key })).status;
const newestKey = async () => (await served.call('GET /api/v1/auth/api-keys', { token: owner.token })).body.items[0];

test('204: revokes a key at once, and keeps the first time when it is repeated', async () => {
  const { id, key } = await createKey(served, owner);
  expect(await statusWith(key)).toBe(200);
  expect(await revoke(id)).toBe(204);
  expect(await statusWith(key)).toBe(401);
  const first = await newestKey();
  expect(first).toMatchObject({ id, revoked_at: expect.any(String) });
  expect(await revoke(id)).toBe(204);
  expect((await newestKey()).revoked_at).toBe(first.revoked_at);
});

test('204, 404: an admin can revoke a member’s key, a member cannot revoke an admin’s', async () => {
  const member = await served.registerMember(owner, 'member');
  const [ofMember, ofOwner] = [await createKey(served, member), await createKey(served, owner)];
  expect(await revoke(ofOwner.id, member.token)).toBe(404);
  expect(await revoke(ofMember.id)).toBe(204);
  expect(await statusWith(ofOwner.key)).toBe(200);
  expect(await statusWith(ofMember.key)).toBe(401);
});

test('401, 404, 422: without a token, for a key of another tenant and for an invalid id, the key keeps working', async () => {
  const stranger = await served.register();
  const { id, key } = await createKey(served, owner);
  expect((await served.call(`DELETE /api/v1/auth/api-keys/${id}`)).status).toBe(401);
  expect(await revoke(id, stranger.token)).toBe(404);
  expect(await revoke('1')).toBe(422);
  expect(await statusWith(key)).toBe(200);
});

test('403: rejects an API key without the scope account:write', async () => {
  const { id, key } = await createKey(served, owner);
  expect(await revoke(id, key)).toBe(403);
});
