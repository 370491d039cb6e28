import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ChatBench, openChat } from '../bench.ts';

let bench: ChatBench;
beforeAll(async () => {
  bench = await openChat();
  bench.team.perform({ assistant: [{ text: 'Hello.' }] });
});
afterAll(() => bench.close());

it('lists the newest first, by words of the title or of a message, by mark, tag and archive, page by page', async () => {
  const ids: string[] = [];
  for (const message of ['About apples', 'About pears 100%', 'About plums'])
    ids.unshift((await bench.say(message)).body.conversation_id);
  const change = (id: string | undefined, body: unknown) =>
    bench.server.call('PATCH', `/api/v1/chat/conversations/${id}`, { token: bench.person.token, body });
  await change(ids[0], { archived: true });
  await change(ids[1], { favorite: true, tags: ['fruit'] });
  const list = async (query = '') => {
    const { body } = await bench.get(`/chat/conversations${query}`);
    return body.items.map(({ id }: { id: string }) => id);
  };
  expect(await list()).toEqual(ids.slice(1));
  expect(await list('?archived=true')).toEqual(ids.slice(0, 1));
  expect(await list('?favorite=true')).toEqual([ids[1]]);
  expect(await list('?tag=fruit')).toEqual([ids[1]]);
  expect(await list('?q=APPLES')).toEqual([ids[2]]);
  expect(await list(`?q=${encodeURIComponent('100%')}`)).toEqual([ids[1]]);
  expect(await list('?q=%25')).toEqual([ids[1]]);
  const first = await bench.get('/chat/conversations?limit=1');
  expect(first.body.items[0].id).toBe(ids[1]);
  expect(await list(`?limit=1&cursor=${encodeURIComponent(first.body.next_cursor)}`)).toEqual([ids[2]]);
});

it('lists nothing of another user, also of the same tenant, and refuses wrong parameters', async () => {
  await bench.say('Mine');
  const other = await bench.server.signUp();
  await bench.asOwner('update users set tenant_id = $1 where id = $2', [bench.person.tenantId, other.userId]);
  expect((await bench.get('/chat/conversations', other)).body.items).toEqual([]);
  for (const query of ['?limit=0', '?limit=1e9', '?archived=maybe', '?unknown=1'])
    expect((await bench.get(`/chat/conversations${query}`)).status).toBe(422);
  expect((await bench.get('/chat/conversations?cursor=tampered')).status).toBe(400);
});
