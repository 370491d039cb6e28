import { afterAll, beforeAll, expect, it } from 'vitest';
import { createId } from '../../../functions/platform/id.ts';
import { type ChatBench, openChat } from '../bench.ts';

let bench: ChatBench;
beforeAll(async () => {
  bench = await openChat();
  bench.team.perform({ assistant: [{ text: 'Hello.' }] });
});
afterAll(() => bench.close());

it('copies the branch up to a message; both go on by themselves', async () => {
  const { body: one } = await bench.say('One');
  await bench.say('Two', { conversation_id: one.conversation_id });
  const path = `/chat/conversations/${one.conversation_id}/fork`;
  const fork = await bench.post(path, { message_id: one.message.id, title: 'The other way' });
  expect(fork.status).toBe(201);
  expect(fork.body).toMatchObject({
    title: 'The other way',
    messages: 2,
    forked_from: { conversation_id: one.conversation_id, message_id: one.message.id },
  });
  const { items } = (await bench.get(`/chat/conversations/${fork.body.id}/messages`)).body;
  expect(items.map(({ content }: { content: string }) => content)).toEqual(['One', 'Hello.']);
  expect(items[1]).toMatchObject({ id: fork.body.head_id, run_id: null, parts: [{ type: 'text', text: 'Hello.' }] });
  await bench.say('Three', { conversation_id: fork.body.id });
  const told = bench.team.of('assistant').at(-1)?.request.messages ?? [];
  expect(told.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
  expect((await bench.get(`/chat/conversations/${one.conversation_id}`)).body.messages).toBe(4);
  await bench.server.call('DELETE', `/api/v1/chat/conversations/${one.conversation_id}`, { token: bench.person.token });
  expect((await bench.get(`/chat/conversations/${fork.body.id}/messages`)).body.items[1].content).toBe('Hello.');
});

it('answers 404 for a message of another conversation and for another user', async () => {
  const { body } = await bench.say('One');
  const { body: other } = await bench.say('Other');
  const path = `/chat/conversations/${body.conversation_id}/fork`;
  expect((await bench.post(path, { message_id: other.message.id })).status).toBe(404);
  expect((await bench.post(path, { message_id: createId('msg') })).status).toBe(404);
  expect((await bench.post(path, { message_id: body.message.id }, await bench.server.signUp())).status).toBe(404);
});
