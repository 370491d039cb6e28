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

it('answers 400 for the number of another answer, and 404 when the run was deleted, so that no client waits for an end', async () => {
  const { body } = await bench.say('Hello?');
  const path = `/chat/messages/${body.message.id}/events`;
  expect((await bench.open(path, { lastEventId: 9_999 })).status).toBe(400);
  const run = `/api/v1/runs/${body.message.run_id}`;
  expect((await bench.server.call('DELETE', run, { token: bench.person.token })).status).toBe(204);
  expect((await bench.open(path)).status).toBe(404);
  expect((await bench.get(`/chat/messages/${body.message.id}`)).body.content).toBe('Hello.');
});

it('answers 404 for an unknown message and another user’s, and 409 for a question', async () => {
  const { body } = await bench.say('Mine');
  const stranger = await bench.server.signUp();
  expect((await bench.get(`/chat/messages/${createId('msg')}/events`)).status).toBe(404);
  expect((await bench.get(`/chat/messages/${body.message.id}/events`, stranger)).status).toBe(404);
  expect((await bench.get(`/chat/messages/${body.message.parent_id}/events`)).status).toBe(409);
});
