import { afterAll, beforeAll, expect, it } from 'vitest';
import { createId } from '../../../functions/platform/id.ts';
import { type ChatBench, openChat } from '../bench.ts';

let bench: ChatBench;
beforeAll(async () => {
  bench = await openChat();
  bench.team.perform({ assistant: [{ text: 'Hello.' }] });
});
afterAll(() => bench.close());

it('sends what changes, numbered without gaps, and resumes after a number', async () => {
  const { body } = await bench.say('One');
  const path = `/chat/conversations/${body.conversation_id}/events`;
  const all = await bench.open(path, { lastEventId: 0 });
  const seen = await all.until(({ event }) => event === 'answer_ended');
  expect(seen.map(({ id, event }) => [id, event])).toEqual([
    [1, 'message_added'],
    [2, 'answer_started'],
    [3, 'answer_ended'],
  ]);
  await bench.say('Two', { conversation_id: body.conversation_id });
  const live = await all.until(({ event }) => event === 'answer_ended');
  expect(live.map(({ id }) => id)).toEqual([4, 5, 6]);
  all.close();
});

it('answers 400 for a number that is not there yet, 404 for another user’s conversation', async () => {
  const { body } = await bench.say('Mine');
  const path = `/chat/conversations/${body.conversation_id}/events`;
  expect((await bench.open(path, { lastEventId: 99 })).status).toBe(400);
  expect((await bench.get(path, await bench.server.signUp())).status).toBe(404);
  expect((await bench.get(`/chat/conversations/${createId('chat')}/events`)).status).toBe(404);
});
