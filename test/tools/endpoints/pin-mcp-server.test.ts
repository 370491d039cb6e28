import { afterAll, beforeAll, expect, test } from 'vitest';
import { LOOK_UP } from '../../support/scripted-mcp.ts';
import { NOWHERE, type ServedMcp, serveMcpServers } from '../mcp/served.ts';

let served: ServedMcp;
beforeAll(async () => {
  served = await serveMcpServers();
});
afterAll(() => served.close());

const HASH = 'a'.repeat(64);

test('200: approves the list that the admin has seen, also twice; 409 when the server lists something else by now', async () => {
  const id = await served.add();
  const seen = (await served.call('POST', `/${id}/test`)).body.listed_hash;
  served.scripted.tools = [LOOK_UP];
  await served.call('POST', `/${id}/test`);
  const late = await served.call('POST', `/${id}/pin`, { hash: seen });
  expect(late).toMatchObject({ status: 409, body: { detail: expect.stringContaining('Look at them again') } });
  const { listed_hash: hash } = (await served.call('GET', `/${id}`)).body;
  for (let time = 0; time < 2; time += 1)
    expect(await served.call('POST', `/${id}/pin`, { hash })).toMatchObject({
      status: 200,
      body: { status: 'approved', tools: { offered: 1 }, pinned_at: expect.any(String) },
    });
});

test('409 for a server that was never tested, 422 for another text, 404 elsewhere; 403 and 401', async () => {
  const id = await served.add();
  expect((await served.call('POST', `/${id}/pin`, { hash: HASH })).status).toBe(409);
  expect((await served.call('POST', `/${id}/pin`, { hash: 'yes' })).status).toBe(422);
  const other = await served.signUp();
  expect((await served.call('POST', `/${id}/pin`, { hash: HASH }, other.token)).status).toBe(404);
  expect((await served.call('POST', `${NOWHERE}/pin`, { hash: HASH })).status).toBe(404);
  expect(await served.refusals('POST', `/${id}/pin`, { hash: HASH })).toEqual([403, 401]);
});
