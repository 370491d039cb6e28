import { expect, test } from 'vitest';
import { decideLearned } from '../../../functions/chat/endpoints/decide-learned.ts';
import { supplyMemory } from '../../../functions/chat/memory/supply-memory.ts';
import { insertLearned, listLearned, type NewLearned } from '../../../functions/chat/sql/learned.ts';
import { addMemory } from '../../../functions/memory/endpoints/add-memory.ts';
import { eraseMemory } from '../../../functions/memory/endpoints/erase-memory.ts';
import { listMemories } from '../../../functions/memory/endpoints/list-memories.ts';
import { listSources } from '../../../functions/memory/endpoints/list-sources.ts';
import { revertSource } from '../../../functions/memory/endpoints/revert-source.ts';
import { createId } from '../../../functions/platform/id.ts';
import { forever, type Person, scopeOf } from '../../entities/people.ts';
import { problem, serve } from '../../entities/served.ts';
import { insertExchange, insertRun } from '../exchange.ts';

const served = serve(decideLearned, addMemory, eraseMemory, listMemories, listSources, revertSource);

/** Proposes one fact under an answer. */
async function propose(user: Person, text: string, origin: NewLearned['origin'] = 'person') {
  const exchange = await insertExchange(served, user, { said: text });
  const scoped = served.database.as(scopeOf(user));
  await insertLearned(scoped, { messageId: exchange.answerId, runId: exchange.runId }, [
    { text, category: 'person', origin },
  ]);
  const shown = async () => (await listLearned(scoped, [exchange.answerId])).get(exchange.answerId) ?? [];
  const [learned] = await shown();
  return { ...exchange, id: learned?.id ?? '', shown };
}
const decide = (user: Person | undefined, id: string, body: object) =>
  served.call(user, 'POST', `/chat/learned/${id}`, body);
const factsOf = async (user: Person) => (await served.call(user, 'GET', '/memory')).body.items;
const recalled = async (user: Person, query: string) =>
  (
    await supplyMemory({
      database: served.database,
      ...user,
      runId: createId('run'),
      query,
      tokens: 1_500,
      signal: forever,
    })
  ).supplied;

test('200: keeping writes a trusted fact whose source is the conversation, and reverting it takes the fact back', async () => {
  const user = await served.createUser();
  const { id, chatId, shown } = await propose(user, 'I have lived in Oslo since 3 March 2024.');
  expect(await recalled(user, 'Where do I live?')).toEqual([]);
  const kept = await decide(user, id, { decision: 'keep' });
  expect(kept).toMatchObject({ status: 200, body: { id, status: 'kept', decided_at: expect.any(String) } });
  expect(await factsOf(user)).toMatchObject([
    {
      id: kept.body.memory_id,
      scope: 'user',
      trust: 'trusted',
      source: 'said in a conversation',
      source_kind: 'person',
      source_id: chatId,
      category: 'person',
      valid_from: expect.stringMatching(/^2024-03-03/),
    },
  ]);
  expect(await recalled(user, 'Where do I live?')).toMatchObject([
    { text: 'I have lived in Oslo since 3 March 2024.', source: 'said in a conversation', source_id: chatId },
  ]);
  expect((await served.call(user, 'GET', '/memory/sources')).body.items).toMatchObject([
    { id: chatId, title: 'A trip', facts: 1 },
  ]);
  expect(await decide(user, id, { decision: 'keep' })).toMatchObject({ status: 200, body: kept.body });
  expect(await decide(user, id, { decision: 'decline' })).toMatchObject(problem('conflict', 409));
  await served.call(user, 'POST', '/memory/revert', { source_id: chatId });
  expect(await recalled(user, 'Where do I live?')).toEqual([]);
  expect(await shown()).toEqual([]);
});

test('200: keeping an edited text writes that, and supersedes what it corrects', async () => {
  const user = await served.createUser();
  await served.call(user, 'POST', '/memory', { text: 'I live in Bergen.' });
  const { id, shown } = await propose(user, 'I live in Oslo or so.');
  await decide(user, id, { decision: 'keep', text: 'I live in Oslo.' });
  expect((await factsOf(user)).map(({ text }: { text: string }) => text)).toEqual(['I live in Oslo.']);
  expect(await shown()).toMatchObject([{ text: 'I live in Oslo.', status: 'kept' }]);
});

test('200: a declined proposal is no fact and is not proposed again', async () => {
  const user = await served.createUser();
  const { id } = await propose(user, 'I live in Oslo.');
  expect(await decide(user, id, { decision: 'decline' })).toMatchObject({
    body: { status: 'declined', memory_id: null },
  });
  expect((await decide(user, id, { decision: 'decline' })).status).toBe(200);
  expect(await decide(user, id, { decision: 'keep' })).toMatchObject(problem('conflict', 409));
  expect(await factsOf(user)).toEqual([]);
  expect(await (await propose(user, 'i live in oslo.')).shown()).toEqual([]);
});

test('200: a fact kept from an answer has its run as source, so reverting a page that the run read takes it back', async () => {
  const user = await served.createUser();
  const { id, runId } = await propose(user, 'The ferry leaves at nine.', 'answer');
  await insertRun(served, user, { runId });
  await served.sql(
    'read_page',
    `insert into tool_calls (node_id, turn, call_index, tenant_id, run_id, call_id, name, arguments, status, output)
    select id, 0, 0, tenant_id, run_id, 'c', 'web_fetch', '{"url": "https://ferry.example/"}', 'completed', '' from run_nodes where run_id = $1`,
    [runId],
  );
  await decide(user, id, { decision: 'keep' });
  expect(await factsOf(user)).toMatchObject([
    { source: 'kept from an answer', source_kind: 'run', source_id: runId, author: 'assistant', trust: 'trusted' },
  ]);
  await served.call(user, 'POST', '/memory/revert', { source_id: 'https://ferry.example/' });
  expect(await factsOf(user)).toEqual([]);
});

test('an erased conversation leaves nothing of what was kept or proposed from it', async () => {
  const user = await served.createUser();
  const { id, chatId } = await propose(user, 'I live in Zyxville.');
  await decide(user, id, { decision: 'keep' });
  expect((await served.call(user, 'POST', '/memory/erase', { source_id: chatId })).body.rows).toMatchObject({
    memories: 1,
    chat_learned: 1,
  });
  expect(await served.sql('left', 'select id from chat_learned where id = $1', [id])).toEqual([]);
  expect(await factsOf(user)).toEqual([]);
});

test('200: concurrent decisions decide once', async () => {
  const user = await served.createUser();
  const { id } = await propose(user, 'I live in Oslo.');
  const answers = await Promise.all([
    decide(user, id, { decision: 'keep' }),
    decide(user, id, { decision: 'keep' }),
    decide(user, id, { decision: 'decline' }),
  ]);
  const statuses = answers.map(({ status }) => status).sort();
  expect([
    [200, 200, 409],
    [200, 409, 409],
  ]).toContainEqual(statuses);
  const isKept = answers[0]?.status === 200;
  expect(await factsOf(user)).toHaveLength(isKept ? 1 : 0);
});

test('404 for others, 422 for a text that is not kept, 401 and 403', async () => {
  const user = await served.createUser();
  const { id } = await propose(user, 'I live in Oslo.');
  for (const other of await served.others(user))
    expect(await decide(other, id, { decision: 'keep' })).toMatchObject(problem('not-found', 404));
  for (const body of [{ decision: 'decline', text: 'x' }, { decision: 'keep', text: ' ' }, { decision: 'maybe' }])
    expect(await decide(user, id, body)).toMatchObject(problem('invalid-request', 422));
  await served.expectRefused('POST', `/chat/learned/${id}`, { decision: 'keep' });
});
