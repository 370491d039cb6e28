import { afterAll, beforeAll, expect, test } from 'vitest';
import { NOWHERE, type ServedMcp, serveMcpServers, storedServer } from '../mcp/served.ts';

let served: ServedMcp;
beforeAll(async () => {
  served = await serveMcpServers();
});
afterAll(() => served.close());

test('200: switches a server off and on and sets the approval; what was approved stays', async () => {
  const id = await served.approve();
  const off = await served.call('PATCH', `/${id}`, { enabled: false, approval: 'always' });
  expect(off).toMatchObject({ status: 200, body: { enabled: false, approval: 'always', status: 'approved' } });
  expect((await served.call('PATCH', `/${id}`, { enabled: true })).body).toMatchObject({
    enabled: true,
    approval: 'always',
  });
});

test('200: replaces the token, which the next request sends', async () => {
  const id = await served.add({ token: 'old-token', headers: { 'x-team': 'blue' } });
  const { body } = await served.call('PATCH', `/${id}`, { token: 'new-token' });
  expect(body.header_names).toEqual(['authorization']);
  expect(await storedServer(id)).not.toContain('new-token');
  const before = served.scripted.headers.length;
  expect((await served.call('POST', `/${id}/test`)).body.error).toBeNull();
  for (const headers of served.scripted.headers.slice(before)) {
    expect(headers.authorization).toBe('Bearer new-token');
    expect(headers['x-team']).toBeUndefined();
  }
});

test('of two tokens that are stored concurrently, one is stored whole', async () => {
  const id = await served.add({ token: 'first' });
  const answers = await Promise.all(['one', 'two'].map((token) => served.call('PATCH', `/${id}`, { token })));
  expect(answers.map(({ status }) => status).filter((status) => status !== 409)).toContain(200);
  expect((await served.call('POST', `/${id}/test`)).body.error).toBeNull();
});

test('422 for no change and for another URL, 404 elsewhere; 403 and 401', async () => {
  const id = await served.add();
  expect((await served.call('PATCH', `/${id}`, {})).status).toBe(422);
  expect((await served.call('PATCH', `/${id}`, { url: 'https://evil.example/mcp' })).status).toBe(422);
  const other = await served.signUp();
  expect((await served.call('PATCH', `/${id}`, { enabled: false }, other.token)).status).toBe(404);
  expect((await served.call('PATCH', NOWHERE, { enabled: false })).status).toBe(404);
  expect(await served.refusals('PATCH', `/${id}`, { enabled: false })).toEqual([403, 401]);
});
