import { afterAll, beforeAll, expect, it } from 'vitest';
import { createId } from '../../../functions/platform/id.ts';
import { type ChatBench, openChat } from '../bench.ts';

let bench: ChatBench;
beforeAll(async () => {
  bench = await openChat();
  bench.team.perform({ assistant: [{ text: 'Hello.' }] });
});
afterAll(() => bench.close());

const remove = (id: string, who = bench.person) =>
  bench.server.call('DELETE', `/api/v1/chat/conversations/${id}`, { token: who.token });

it('answers 204 and leaves no message, event, run or turn, but the ledger', async () => {
  const { body } = await bench.say('Delete me');
  expect((await remove(body.conversation_id)).status).toBe(204);
  const [left] = await bench.asOwner(
    `select (select count(*) from chat_messages where session_id = $1)::integer as messages,
       (select count(*) from chat_events where session_id = $1)::integer as events,
       (select count(*) from sessions where id = $2)::integer as runs,
       (select count(*) from model_turns where run_id = $2)::integer as turns,
       (select count(*) from usage_ledger where run_id = $2 and kind = 'turn')::integer as booked`,
    [body.conversation_id, body.message.run_id],
  );
  expect(left).toEqual({ messages: 0, events: 0, runs: 0, turns: 0, booked: 1 });
});

it('answers 404 for another user, and 409 while an answer is under way', async () => {
  const { body } = await bench.say('Mine');
  expect((await remove(body.conversation_id, await bench.server.signUp())).status).toBe(404);
  expect((await remove(createId('chat'))).status).toBe(404);
  const gate = Promise.withResolvers<void>();
  bench.team.perform({ assistant: [() => gate.promise.then(() => ({ text: 'Done.' }))] });
  const sent = bench.say('Wait', { conversation_id: body.conversation_id });
  // A deletion that came before the message would be accepted.
  const path = `/chat/conversations/${body.conversation_id}`;
  await expect.poll(async () => (await bench.get(path)).body.answering).not.toBeNull();
  expect((await remove(body.conversation_id)).status).toBe(409);
  gate.resolve();
  await sent;
});
