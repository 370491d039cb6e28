import { afterAll, beforeAll, expect, it } from 'vitest';
import { createId } from '../../../functions/platform/id.ts';
import { type ChatBench, openChat } from '../bench.ts';

let bench: ChatBench;
beforeAll(async () => {
  bench = await openChat();
  bench.team.perform({ assistant: [{ text: 'Hello.' }] });
});
afterAll(() => bench.close());

it('answers 200 with a question and with an answer', async () => {
  const { body } = await bench.say('Hello?');
  const answer = (await bench.get(`/chat/messages/${body.message.id}`)).body;
  // Learning from the answer is booked on its run after it has ended.
  const { cost_usd: _cost, tokens: _tokens, learned: _learned, ...same } = body.message;
  expect(answer).toMatchObject(same);
  const question = (await bench.get(`/chat/messages/${answer.parent_id}`)).body;
  expect(question).toMatchObject({ role: 'user', content: 'Hello?', parts: [], run_id: null, cost_usd: null });
});

it('answers 404 for an unknown message and another user’s', async () => {
  const { body } = await bench.say('Mine');
  expect((await bench.get(`/chat/messages/${createId('msg')}`)).status).toBe(404);
  expect((await bench.get(`/chat/messages/${body.message.id}`, await bench.server.signUp())).status).toBe(404);
});
