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

it('has an answer after its question, here and in the list, when both were written at the same time', async () => {
  // Four, because the ids of the two are in either order.
  for (const message of ['One', 'Two', 'Three', 'Four']) {
    const { body } = await bench.say(message);
    const id = body.conversation_id;
    await bench.asOwner(`update chat_messages set created_at = '2026-01-01' where session_id = $1`, [id]);
    expect((await bench.get(`/chat/conversations/${id}`)).body.last_text).toBe('Hello.');
    const { messages } = (await bench.get(`/chat/conversations/${id}/export`)).body;
    expect(messages.map(({ role }: { role: string }) => role)).toEqual(['user', 'assistant']);
  }
});

it('answers 404 for another user and 422 for an unknown format', async () => {
  const { body } = await bench.say('Mine');
  const path = `/chat/conversations/${body.conversation_id}/export`;
  expect((await bench.get(path, await bench.server.signUp())).status).toBe(404);
  expect((await bench.get(`/chat/conversations/${createId('chat')}/export`)).status).toBe(404);
  expect((await bench.get(`${path}?format=pdf`)).status).toBe(422);
});

it('exports 10,000 messages', async () => {
  const { body } = await bench.say('The beginning');
  const ids = Array.from({ length: 10_000 }, () => createId('msg'));
  await bench.asOwner(
    `with added as (
        insert into chat_messages (id, tenant_id, session_id, user_id, role, content, parent_id, created_at)
        select m.id, c.tenant_id, c.id, c.user_id, case m.place % 2 when 1 then 'user' else 'assistant' end, 'Some words.',
          coalesce(($2::text[])[m.place - 1], c.head_id), now() + m.place * interval '1 ms'
        from unnest($2::text[]) with ordinality as m (id, place) cross join chat_sessions c where c.id = $1)
      update chat_sessions set head_id = $3 where id = $1`,
    [body.conversation_id, ids, ids.at(-1)],
  );
  // A conversation grows slowly, and autovacuum counts its rows meanwhile.
  await bench.asOwner('analyze chat_messages');
  const path = `/chat/conversations/${body.conversation_id}/export`;
  expect((await bench.get(path)).body.messages).toHaveLength(10_000);
  // The shown branch has two messages more than are exported: the newest stay.
  const sections = (await bench.get(`${path}?format=markdown`)).body.split('\n## ');
  expect([sections.length - 1, sections[1]?.includes('The beginning')]).toEqual([10_000, false]);
});
