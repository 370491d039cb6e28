import { expect, test } from 'vitest';
import { listMuted } from '../../../functions/chat/endpoints/list-muted-memories.ts';
import { muteMemory } from '../../../functions/chat/endpoints/mute-memory.ts';
import { insertFacts } from '../../entities/people.ts';
import { problem, serve } from '../../entities/served.ts';

const served = serve(muteMemory, listMuted);

test('200: mutes a fact that the user sees, and the second time changes nothing; 404 for others', async () => {
  const user = await served.createUser();
  const [own, shared] = await insertFacts(served.database, user, ['I sail.'], {
    scope: 'user',
    scopeId: user.userId,
  }).then(async (ids) => [...ids, ...(await insertFacts(served.database, user, ['We sail.']))]);
  const path = `/chat/muted-memories/fact/${own}`;
  for (const other of await served.others(user))
    expect(await served.call(other, 'PUT', path)).toMatchObject(problem('not-found', 404));
  const muted = await served.call(user, 'PUT', path);
  expect(muted).toMatchObject({ status: 200, body: { kind: 'fact', target_id: own, text: 'I sail.' } });
  expect((await served.call(user, 'PUT', path)).body).toEqual(muted.body);
  const colleague = await served.createUser('member', user.tenantId);
  expect((await served.call(colleague, 'PUT', `/chat/muted-memories/fact/${shared}`)).status).toBe(200);
  expect((await served.call(user, 'GET', '/chat/muted-memories')).body.items).toEqual([muted.body]);
});

test('404 for a file and a preference that do not exist, 422 for an unknown kind, 401 and 403', async () => {
  const user = await served.createUser();
  for (const target of [
    'fact/mem_1',
    'entity/memories/people/nobody.md',
    'preference/preferences/nothing',
    'preference/x',
  ])
    expect(await served.call(user, 'PUT', `/chat/muted-memories/${target}`)).toMatchObject(problem('not-found', 404));
  expect(await served.call(user, 'PUT', '/chat/muted-memories/turn/1')).toMatchObject(problem('invalid-request', 422));
  await served.expectRefused('PUT', '/chat/muted-memories/fact/mem_1');
});
