import { afterAll, beforeAll, expect, it } from 'vitest';
import { createId } from '../../../functions/platform/id.ts';
import { type ChatBench, openChat } from '../bench.ts';

let bench: ChatBench;
beforeAll(async () => {
  bench = await openChat();
  bench.team.perform({ assistant: [{ text: 'Hello.' }] });
});
afterAll(() => bench.close());

it('pages upwards through a branch, oldest first within a page', async () => {
  const { body } = await bench.say('One');
  const ids = { conversation_id: body.conversation_id };
  await bench.say('Two', ids);
  await bench.say('Three', ids);
  const path = `/chat/conversations/${body.conversation_id}/messages`;
  const contents = (page: { items: { content: string }[] }) => page.items.map(({ content }) => content);
  const newest = (await bench.get(`${path}?limit=4`)).body;
  expect(contents(newest)).toEqual(['Two', 'Hello.', 'Three', 'Hello.']);
  const older = (await bench.get(`${path}?limit=4&cursor=${encodeURIComponent(newest.next_cursor)}`)).body;
  expect([contents(older), older.next_cursor]).toEqual([['One', 'Hello.'], null]);
});

it('lists the branch through a given message', async () => {
  const { body } = await bench.say('First version');
  const ids = { conversation_id: body.conversation_id };
  await bench.say('Second version', { ...ids, parent_id: null });
  const path = `/chat/conversations/${body.conversation_id}/messages`;
  const shown = (await bench.get(path)).body.items;
  expect(shown[0]).toMatchObject({ content: 'Second version', siblings: [expect.any(String), shown[0].id] });
  const other = (await bench.get(`${path}?head=${body.message.id}`)).body.items;
  expect(other.map(({ content }: { content: string }) => content)).toEqual(['First version', 'Hello.']);
});

it('answers 404 for an unknown conversation, and for a head that is not in it', async () => {
  const { body } = await bench.say('One');
  const path = `/chat/conversations/${body.conversation_id}/messages`;
  expect((await bench.get(`${path}?head=${createId('msg')}`)).status).toBe(404);
  expect((await bench.get(`/chat/conversations/${createId('chat')}/messages`)).status).toBe(404);
});
