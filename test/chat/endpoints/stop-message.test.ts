import { afterAll, beforeAll, expect, it } from 'vitest';
import { createId } from '../../../functions/platform/id.ts';
import { type ChatBench, openChat } from '../bench.ts';

let bench: ChatBench;
beforeAll(async () => {
  bench = await openChat();
  bench.team.perform({ assistant: [{ text: 'Hello.' }] });
});
afterAll(() => bench.close());

it('keeps what the readers have, from another tab, without the process that writes', async () => {
  bench.team.perform({ assistant: [{ text: 'The part that was said. And this never comes.', chunkDelayMs: 25 }] });
  const tab = await bench.open('/chat/message', { body: { message: 'Talk on' } });
  const read = await tab.until(({ event, data }) => event === 'token' && data.at > 5);
  const id = read.at(-1)?.data.message_id;
  const stopped = await bench.post(`/chat/messages/${id}/stop`);
  expect(stopped.body).toMatchObject({ status: 'stopped', error: null });
  const seen = read
    .filter(({ event }) => event === 'token')
    .map(({ data }) => data.content)
    .join('');
  expect(stopped.body.content.startsWith(seen.trim())).toBe(true);
  expect(stopped.body.content).not.toContain('never comes');
  const rest = await tab.until(() => false);
  expect(rest.at(-1)).toMatchObject({ event: 'end', data: { message: { status: 'stopped' } } });
  expect((await bench.post(`/chat/messages/${id}/stop`)).body.content).toBe(stopped.body.content);
  bench.team.perform({ assistant: [{ text: 'Going on.' }] });
  await bench.say('Go on', { conversation_id: stopped.body.conversation_id });
  const told = bench.team.of('assistant').at(-1)?.request.messages ?? [];
  expect(told[1]).toMatchObject({ role: 'assistant', text: stopped.body.content });
});

it('answers 404 for an unknown message and another user’s, and 409 for a question', async () => {
  bench.team.perform({ assistant: [{ text: 'Hello.' }] });
  const { body } = await bench.say('Mine');
  const stranger = await bench.server.signUp();
  expect((await bench.post(`/chat/messages/${createId('msg')}/stop`)).status).toBe(404);
  expect((await bench.post(`/chat/messages/${body.message.id}/stop`, undefined, stranger)).status).toBe(404);
  expect((await bench.post(`/chat/messages/${body.message.parent_id}/stop`)).status).toBe(409);
});
