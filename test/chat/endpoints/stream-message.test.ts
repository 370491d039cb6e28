import { afterAll, beforeAll, expect, it } from 'vitest';
import { createId } from '../../../functions/platform/id.ts';
import { type ChatBench, openChat } from '../bench.ts';

let bench: ChatBench;
beforeAll(async () => {
  bench = await openChat();
  bench.team.perform({ assistant: [{ text: 'Hello.' }] });
});
afterAll(() => bench.close());

it('tells an answer that has ended from its records, and resumes after a number', async () => {
  const { body } = await bench.say('Hello?');
  const path = `/chat/messages/${body.message.id}/events`;
  const frames = await (await bench.open(path)).until(() => false);
  expect(frames.map(({ event }) => event)).toEqual(['start', 'turn', 'end']);
  const [, turn, end] = frames;
  expect([turn?.data.text, end?.data.message.content]).toEqual(['Hello.', 'Hello.']);
  const rest = await (await bench.open(path, { lastEventId: turn?.id ?? 0 })).until(() => false);
  expect(rest.map(({ event }) => event)).toEqual(['start', 'end']);
});

it('answers 404 for an unknown message and another user’s, and 409 for a question', async () => {
  const { body } = await bench.say('Mine');
  const stranger = await bench.server.signUp();
  expect((await bench.get(`/chat/messages/${createId('msg')}/events`)).status).toBe(404);
  expect((await bench.get(`/chat/messages/${body.message.id}/events`, stranger)).status).toBe(404);
  expect((await bench.get(`/chat/messages/${body.message.parent_id}/events`)).status).toBe(409);
});
