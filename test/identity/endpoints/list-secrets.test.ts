import { afterAll, expect, test } from 'vitest';
import { serveIdentity } from '../serve.ts';
import { openAs, putSecret } from '../stored-secrets.ts';

const served = await serveIdentity();
afterAll(() => served.close());
const admin = await served.register();

const LIST = 'GET /api/v1/tenant/secrets';

test('200: pages through names and dates, without values or anything derived from them', async () => {
  for (const name of ['b_two', 'a_one', 'c_three']) await putSecret(served, admin, name, `value-of-${name}`);
  await openAs(admin, 'a_one');
  const first = await served.call(`${LIST}?limit=2`, { token: admin.token });
  expect(first.status).toBe(200);
  expect(first.body.items).toEqual([
    {
      id: expect.stringMatching(/^sec_/),
      name: 'c_three',
      version: 1,
      created_at: expect.any(String),
      updated_at: expect.any(String),
      last_used_at: null,
    },
    expect.objectContaining({ name: 'a_one', last_used_at: expect.any(String) }),
  ]);
  const second = await served.call(`${LIST}?limit=2&cursor=${first.body.next_cursor}`, { token: admin.token });
  expect(second.body).toMatchObject({ items: [{ name: 'b_two' }], next_cursor: null });
  expect(JSON.stringify([first.body, second.body])).not.toContain('value-of');
});

test('400, 401, 403, 422: rejects a made-up cursor, a call without a token, a member and a limit of zero', async () => {
  const member = await served.registerMember(admin, 'member');
  const answers = [
    await served.call(`${LIST}?cursor=made-up`, { token: admin.token }),
    await served.call(LIST),
    await served.call(LIST, { token: member.token }),
    await served.call(`${LIST}?limit=0`, { token: admin.token }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([400, 401, 403, 422]);
});
