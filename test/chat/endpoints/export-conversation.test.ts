import { afterAll, beforeAll, expect, it } from 'vitest';
import { createId } from '../../../functions/platform/id.ts';
import { type ChatBench, openChat } from '../bench.ts';

let bench: ChatBench;
beforeAll(async () => {
  bench = await openChat();
  bench.team.perform({ assistant: [{ text: 'Hello.' }] });
});
afterAll(() => bench.close());

it('exports all branches as JSON and the shown branch as Markdown', async () => {
  const { body } = await bench.say('First version');
  await bench.say('Second version', { conversation_id: body.conversation_id, parent_id: null });
  const path = `/chat/conversations/${body.conversation_id}/export`;
  const json = (await bench.get(path)).body;
  expect(json).toMatchObject({ version: 1, conversation: { id: body.conversation_id } });
  expect(json.messages).toHaveLength(4);
  const markdown = await bench.get(`${path}?format=markdown`);
  expect(markdown.headers.get('content-type')).toContain('text/markdown');
  expect(markdown.headers.get('content-disposition')).toContain('attachment');
  expect(markdown.body).toMatch(/^# First version\n/);
  expect(markdown.body).toContain('Second version');
  expect(markdown.body).toContain('## Assistant (gemini/');
});

it('answers 404 for another user and 422 for an unknown format', async () => {
  const { body } = await bench.say('Mine');
  const path = `/chat/conversations/${body.conversation_id}/export`;
  expect((await bench.get(path, await bench.server.signUp())).status).toBe(404);
  expect((await bench.get(`/chat/conversations/${createId('chat')}/export`)).status).toBe(404);
  expect((await bench.get(`${path}?format=pdf`)).status).toBe(422);
});
