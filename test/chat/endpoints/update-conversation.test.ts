import { afterAll, beforeAll, expect, it } from 'vitest';
import { createId } from '../../../functions/platform/id.ts';
import { type ChatBench, openChat } from '../bench.ts';

let bench: ChatBench;
beforeAll(async () => {
  bench = await openChat();
  bench.team.perform({ assistant: [{ text: 'Hello.' }] });
});
afterAll(() => bench.close());

const patch = (id: string, body: unknown, who = bench.person) =>
  bench.server.call('PATCH', `/api/v1/chat/conversations/${id}`, { token: who.token, body });

it('changes what is given, tells it in the events, and leaves the rest', async () => {
  const { body } = await bench.say('Old title');
  const changed = await patch(body.conversation_id, { title: 'New title', tags: ['a', 'b'], compaction: 'aggressive' });
  expect(changed.body).toMatchObject({
    title: 'New title',
    tags: ['a', 'b'],
    compaction: 'aggressive',
    favorite: false,
  });
  const [event] = await bench.asOwner<{ type: string; data: unknown }>(
    'select type, data from chat_events where session_id = $1 order by seq desc limit 1',
    [body.conversation_id],
  );
  expect(event).toEqual({ type: 'conversation_changed', data: { changed: ['title', 'tags', 'compaction'] } });
});

it('shows the newest branch through a message', async () => {
  const { body } = await bench.say('First version');
  const ids = { conversation_id: body.conversation_id };
  const after = await bench.say('After the first', ids);
  await bench.say('Second version', { ...ids, parent_id: null });
  const changed = await patch(body.conversation_id, { head_id: body.message.parent_id });
  expect(changed.body.head_id).toBe(after.body.message.id);
});

it('answers 404 for a message of another conversation, 422 for a server’s field', async () => {
  const { body } = await bench.say('One');
  const { body: other } = await bench.say('Other');
  expect((await patch(body.conversation_id, { head_id: other.message.id })).status).toBe(404);
  expect((await patch(createId('chat'), { title: 'x' })).status).toBe(404);
  for (const wrong of [{ user_id: 'usr_x' }, { title: '' }, { tags: [''] }])
    expect((await patch(body.conversation_id, wrong)).status).toBe(422);
});
