import { afterAll, beforeAll, expect, it } from 'vitest';
import { createId } from '../../../functions/platform/id.ts';
import { type ChatBench, openChat } from '../bench.ts';

let bench: ChatBench;
beforeAll(async () => {
  bench = await openChat();
  bench.team.perform({ assistant: [{ text: 'Hello.' }] });
});
afterAll(() => bench.close());

it('answers 200 with the conversation, its cost and the answer under way', async () => {
  const { body } = await bench.say('Begin here');
  const found = await bench.get(`/chat/conversations/${body.conversation_id}`);
  expect(found.body).toMatchObject({
    id: body.conversation_id,
    title: 'Begin here',
    messages: 2,
    last_text: 'Hello.',
    cost_usd: body.message.cost_usd,
    model: body.message.model,
    answering: null,
  });
});

it('answers 404 for an unknown conversation and another user’s, 422 for a malformed id', async () => {
  const { body } = await bench.say('Mine');
  expect((await bench.get(`/chat/conversations/${createId('chat')}`)).status).toBe(404);
  expect((await bench.get(`/chat/conversations/${body.conversation_id}`, await bench.server.signUp())).status).toBe(
    404,
  );
  expect((await bench.get('/chat/conversations/nonsense')).status).toBe(422);
});
