import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openDatabase } from '../../functions/platform/database/open.ts';
import { jpeg } from '../documents/files.ts';
import { createPerson, type Person } from '../entities/people.ts';
import { asOwner } from '../support/owner.ts';
import { conversation, groupChat, HUBS, IMAGE, KNOWLEDGE, MEMORY, REMME, SESSION } from './exports.ts';
import { type Imported, type ImportServer, startImportServer } from './import-server.ts';

let server: ImportServer;
let person: Person;
beforeAll(async () => {
  server = await startImportServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  person = await createPerson(await openDatabase());
});

const outcomes = ({ items }: Imported) =>
  items.map(({ kind, source_id, outcome }) => `${kind} ${source_id} ${outcome}`);
const read = (path: string) => server.as(person, 'GET', path);
const exported = async (id: string | null | undefined) => read(`/chat/conversations/${id}/export`);

test('brings a conversation with its marks, images, calls and times', async () => {
  const { status, items, counts, progress } = await server.run(person, [[conversation()]]);
  expect(status).toBe('completed');
  expect(counts).toEqual([{ kind: 'conversation', outcome: 'created', items: 1 }]);
  expect(progress.bytes).toBe(progress.bytes_total);
  const [item] = items;
  expect(item).toMatchObject({ file: 0, item: 0, title: 'What is in the picture?', reason: null });
  const { conversation: chat, messages } = await exported(item?.target_id);
  expect(chat).toMatchObject({
    ...{ title: 'What is in the picture?', tags: ['animals', 'pictures'], favorite: true, archived: true },
    ...{ model: 'claude/claude-sonnet-4-5', created_at: expect.stringContaining('2025-11-02T10:00:00.123') },
    ...{ updated_at: expect.stringContaining('2025-11-02T11:00:00'), messages: 3, answering: null },
  });
  expect(messages).toMatchObject([
    { role: 'user', content: 'What is in the picture?', parent_id: null },
    {
      ...{ role: 'user', content: 'Here it is', parent_id: messages[0].id },
      attachments: [{ filename: 'imported-2-1.png', media_type: 'image/png', size: IMAGE.length }],
    },
    {
      ...{ role: 'assistant', content: 'I look.\n\nA cat 🐈.', status: 'complete' },
      created_at: expect.stringContaining('2025-11-02T10:00:03'),
      parts: [
        { type: 'thinking', text: 'Look first.' },
        { type: 'text', text: 'I look.' },
        { type: 'tool', tool: 'fs_read_file', arguments: { path: 'cat.png' }, output: 'a cat', status: 'completed' },
        { type: 'text', text: 'A cat 🐈.', turn: 1 },
      ],
    },
  ]);
  expect(chat.head_id).toBe(messages[2].id);
  const bytes = await fetch(`${server.url}/api/v1/uploads/${messages[1].attachments[0].id}/content`, {
    headers: { authorization: `Bearer ${person.token}` },
  });
  expect(Buffer.from(await bytes.arrayBuffer()).equals(IMAGE)).toBe(true);
  const { rest } = await read('/import-mapping?kind=conversation&source_id=conv_0011223344556677');
  expect(rest).toEqual({ metadata: { mood: 7 }, messages: { 1: { bookmarked: true } } });
});

test('forgets what it kept of a conversation that the user deletes', async () => {
  const { items } = await server.run(person, [[conversation()]]);
  await server.as(person, 'DELETE', `/chat/conversations/${items[0]?.target_id}`);
  expect((await read('/import-mapping?kind=conversation&source_id=conv_0011223344556677')).rest).toEqual({});
  expect((await read('/imports')).items).toHaveLength(1);
  expect(await asOwner('select title, reason from import_items where target_id = $1', [items[0]?.target_id])).toEqual([
    { title: '[deleted]', reason: null },
  ]);
});

test('brings knowledge and group chats to the village, each in its realm and thread', async () => {
  const { items } = await server.run(person, [KNOWLEDGE, { groupchat_1: groupChat('groupchat_1') }]);
  expect(items.map(({ kind, outcome }) => `${kind} ${outcome}`)).toEqual([
    ...Array.from({ length: 4 }, () => 'knowledge created'),
    'group_chat created',
  ]);
  const { items: said } = await read('/village/knowledge?limit=50');
  const by = (text: string) => said.find(({ content }: { content: string }) => content === text);
  expect(by('The gate is open.')).toMatchObject({
    ...{ realm: 'village', category: 'technical', agent: { name: 'AZOTH', is_own: true }, tags: ['dialogue'] },
    ...{ source: { kind: 'import' }, created_at: expect.stringContaining('2025-10-01T08:00:00') },
  });
  expect(by('The gate is shut.')).toMatchObject({
    thread_id: by('The gate is open.').thread_id,
    responding_to: [by('The gate is open.').id],
    related_agents: [by('The gate is open.').agent.id],
  });
  expect(by('I doubt it.')).toMatchObject({ realm: 'private', thread_id: null });
  expect(by('Let us agree.')).toMatchObject({ realm: 'bridge', sides: [{ name: 'VAJRA' }, { name: 'AZOTH' }] });
  const forEverybody = 'Everybody in your workspace can read it in the village.';
  expect(items.map(({ reason }) => reason)).toEqual([
    ...[forEverybody, `${forEverybody} 1 statement that it answers is not imported.`, null, null, forEverybody],
  ]);
  expect((await read('/import-mapping?kind=knowledge&source_id=knowledge_village_1')).rest).toMatchObject({
    confidence: 0.9,
    access_count: 4,
  });
  const thread = await read(`/village/threads/${items[4]?.target_id}`);
  expect(thread.thread).toMatchObject({ title: 'Should we use Rust?' });
  expect(
    thread.items.map(({ agent, content }: { agent: { name: string }; content: string }) => [agent.name, content]),
  ).toEqual([
    [expect.any(String), 'Discuss.'],
    ['Azoth', 'Rust is safe.'],
    ['Vajra', 'Rust is slow to write.'],
  ]);
});

test('brings the texts of a group chat whose entries are of several kinds, and tells which say nothing', async () => {
  const blocks = [
    { type: 'text', text: 'It is fast.' },
    { type: 'chart', data: 1 },
  ];
  const [first] = groupChat().history;
  const history = [
    null,
    first,
    'stray',
    { role: 'assistant', agent_id: 'azoth', content: blocks },
    { role: 'assistant' },
    { role: 'assistant', content: 'Who am I?' },
    { speaker: 'KETHER', content: 'I am here.' },
  ];
  const { items } = await server.run(person, [
    [groupChat('odd', { history, agents: [null, 7, ...groupChat().agents] })],
  ]);
  expect(items).toMatchObject([
    { outcome: 'created', reason: expect.stringContaining('3 of its entries say nothing.') },
  ]);
  const thread = await read(`/village/threads/${items[0]?.target_id}`);
  expect(thread.items.map(({ content }: { content: string }) => content)).toEqual([
    'Discuss.',
    'It is fast.',
    'Who am I?',
    'I am here.',
  ]);
  expect(thread.items.slice(2).map(({ agent }: { agent: { name: string } }) => agent.name)).toEqual([
    'Unknown speaker',
    'KETHER',
  ]);
  const { rest } = await read('/import-mapping?kind=group_chat&source_id=odd');
  expect(rest.unread).toEqual({ 0: null, 2: 'stray', 3: history[3], 4: { role: 'assistant' } });
});

test('finds what was imported: conversations by the search of the chat, facts by that of memory', async () => {
  const { items } = await server.run(person, [[conversation()], KNOWLEDGE, REMME]);
  const found = await read('/chat/conversations?archived=true&q=cat%20%F0%9F%90%88');
  expect(found.items).toMatchObject([{ id: items[0]?.target_id }]);
  const { items: facts } = await server.as(person, 'POST', '/memory/search', { query: 'Who lives in Lisbon?' });
  expect(facts).toMatchObject([{ id: items.at(-1)?.target_id, text: 'The user lives in Lisbon.' }]);
  const { items: said } = await read('/village/knowledge?query=gate%20open');
  expect(said[0]).toMatchObject({ id: items[1]?.target_id });
});

test('brings memory, facts, preferences and sessions', async () => {
  const { items } = await server.run(person, [MEMORY, REMME, HUBS, SESSION]);
  expect(items.map(({ kind, outcome, reason }) => [kind, outcome, reason])).toEqual([
    ['memory_key', 'created', null],
    ['memory_key', 'created', expect.stringContaining('Its key "a/b" is imported ')],
    ['fact', 'created', null],
    ['preferences', 'created', null],
    ['session', 'created', null],
  ]);
  expect((await read('/memory/keys/user.name')).value).toBe('André');
  const renamed = items[1]?.target_id ?? '';
  expect((await read(`/memory/keys/${encodeURIComponent(renamed)}`)).value).toEqual({ list: [1, null, true] });
  const { items: facts } = await read('/memory?scope=user');
  expect(facts).toMatchObject([
    { text: 'The user lives in Lisbon.', category: 'personal', source_kind: 'import', trust: 'trusted' },
  ]);
  expect(await read('/remme/preferences')).toMatchObject({
    preferences: { 'output_contract.verbosity.default': { value: 'concise' } },
    operating_ctx: { 'environment.os': { value: 'Debian' }, runtime_environments: { value: 'node, python' } },
    soft_identity: { 'pets.has_cat': { value: 'true' } },
  });
  const { conversation: chat, messages } = await exported(items[4]?.target_id);
  expect(chat).toMatchObject({ title: 'Compare two databases', tags: ['ApexFlow'] });
  expect(messages[1]).toMatchObject({
    content: 'Postgres it is.',
    parts: [
      { type: 'tool', tool: 'RetrieverAgent', is_error: false, duration_ms: 1500 },
      { type: 'tool', tool: 'FormatterAgent', is_error: true, output: 'rate limit' },
      { type: 'text', text: 'Postgres it is.' },
    ],
  });
});

/** Everything that imports write, as it is in the database. */
async function rows(): Promise<unknown> {
  const tables = ['chat_sessions', 'chat_messages', 'village_knowledge', 'village_threads', 'memories', 'memory_keys'];
  // Without the state of the work that links a statement.
  const columns =
    "t - case when t ? 'sides' then '{attempts,lease_until,status,embedder,updated_at}' else '{}' end::text[]";
  const dump = tables.map(
    (table) => `select '${table}' as name, jsonb_agg(${columns} order by t ->> 'id', t ->> 'key') as rows
      from (select to_jsonb(r) as t from ${table} r where r.user_id = $1) r`,
  );
  const uploads = `select 'uploads', jsonb_agg(u.id order by u.id) from uploads u where user_id = $1 and status = 'ready' and purpose = 'message'`;
  return asOwner([...dump, uploads].join(' union all '), [person.userId]);
}

test('changes nothing when the same files are imported again', async () => {
  const files = [{ conversations: [conversation()] }, KNOWLEDGE, [groupChat()], MEMORY, REMME, SESSION];
  const first = await server.run(person, files);
  const before = await rows();
  const again = await server.run(person, files);
  expect(again.counts.map(({ outcome }) => outcome)).toEqual(again.counts.map(() => 'unchanged'));
  expect(again.items.map(({ target_id }) => target_id)).toEqual(first.items.map(({ target_id }) => target_id));
  expect(await rows()).toEqual(before);
});

test('keeps the messages that a shorter export of the same conversation lacks, and says so', async () => {
  const { items } = await server.run(person, [[conversation()]]);
  const id = items[0]?.target_id;
  const before = await exported(id);
  const whole = conversation();
  const again = await server.run(person, [[{ ...whole, messages: whole.messages.slice(0, 1) }]]);
  expect(again.items).toMatchObject([
    { outcome: 'updated', target_id: id, reason: expect.stringContaining('They stay.') },
  ]);
  const after = await exported(id);
  expect(after.conversation.head_id).toBe(before.conversation.head_id);
  expect(after.messages).toEqual(before.messages);
});

test('updates what has changed, and leaves what the user has deleted', async () => {
  await server.run(person, [[conversation('one'), conversation('two')], KNOWLEDGE, [groupChat()]]);
  const [first] = (await server.run(person, [[conversation('one')]])).items;
  const { items: said } = await read('/village/knowledge?realm=village');
  for (const { id, agent } of said)
    if (agent.name === 'AZOTH') await server.as(person, 'DELETE', `/village/knowledge/${id}`);
  const [, two] = (await server.run(person, [[conversation('one'), conversation('two')]], true)).items;
  await server.as(person, 'DELETE', `/chat/conversations/${two?.target_id}`);
  const longer = (id: string) => ({
    ...conversation(id),
    messages: [...conversation().messages, { role: 'user', content: 'And a dog?' }],
    metadata: { tags: ['animals'], favorite: false },
  });
  const [gate, shut, ...rest] = KNOWLEDGE.facts;
  const facts = [
    { ...gate, text: 'The gate is wide open.' },
    { ...shut, text: 'The gate is shut now.', access_count: 9 },
    ...rest,
  ];
  const chat = groupChat(undefined, {
    history: [...groupChat().history, { role: 'assistant', agent_id: 'azoth', content: 'It is worth it.', round: 2 }],
  });
  const update = await server.run(person, [[longer('one'), longer('two')], { version: '1.0', facts }, [chat]]);
  expect(outcomes(update)).toEqual([
    ...['conversation one updated', 'conversation two skipped', 'knowledge knowledge_village_1 skipped'],
    ...['knowledge knowledge_village_2 updated', 'knowledge knowledge_private_1 unchanged'],
    ...['knowledge knowledge_bridges_1 unchanged', 'group_chat groupchat_20251102_100000 updated'],
  ]);
  const { conversation: changed, messages } = await exported(first?.target_id);
  expect(changed).toMatchObject({ tags: ['animals'], favorite: false, archived: false, head_id: messages.at(-1).id });
  expect(messages.map(({ content }: { content: string }) => content)).toEqual([
    ...['What is in the picture?', 'Here it is', 'I look.\n\nA cat 🐈.', 'And a dog?'],
  ]);
  const thread = await read(`/village/threads/${update.items.at(-1)?.target_id}`);
  expect(thread.items).toHaveLength(4);
  const { items: shutNow } = await read(
    `/village/knowledge?thread_id=${update.items[3] && (await read(`/village/knowledge/${update.items[3].target_id}`)).thread_id}`,
  );
  expect(shutNow.map(({ content }: { content: string }) => content)).toEqual(['The gate is shut now.']);
});

test('a dry run reports the same and writes nothing', async () => {
  const before = await rows();
  const files = [[conversation(), conversation('b', { messages: [] })], KNOWLEDGE, MEMORY];
  const dry = await server.run(person, files, true);
  expect(await rows()).toEqual(before);
  expect(dry).toMatchObject({ dry_run: true, status: 'completed' });
  expect(outcomes(dry)).toEqual(outcomes(await server.run(person, files)));
});

test('reports odd items one by one and keeps the others', async () => {
  const odd = [
    conversation('same'),
    conversation('same'),
    conversation('same', { messages: [{ role: 'user', content: 'Another one' }] }),
    { messages: [{ role: 'user', content: 'Nobody answered, and I have no id' }] },
    { id: 7, messages: [{ role: 'wizard', content: 'NUL \u0000 and half \ud83d' }], created_at: '2999-01-01' },
    { id: 'none', messages: 'lost' },
    { task_id: 'music_1', prompt: 'a song' },
    { agent_id: 'a', task: 'x' },
    { built_in: {}, custom: {} },
    null,
    42,
    { __proto__: null, '<script>': 'x' },
    { client_msg_id: 'x', type: 'message', text: 'Lunch?' },
    conversation('../../etc/passwd', {
      title: '  <img src=x onerror=alert(1)>\u202e  ',
      metadata: 'no',
      tags: ['x'.repeat(99)],
    }),
  ];
  const { items, status } = await server.run(person, [odd]);
  expect(status).toBe('completed');
  expect(items.map(({ kind, outcome, reason }) => [kind, outcome, reason])).toEqual([
    ['conversation', 'created', null],
    ['conversation', 'unchanged', 'The file has it more than once.'],
    ['conversation', 'created', 'The file has another item with the id same.'],
    ['conversation', 'created', null],
    ['conversation', 'created', expect.stringContaining('role "wizard"')],
    ['unknown', 'not_imported', expect.stringContaining('Its field `messages` is no list.')],
    ['music_task', 'not_imported', expect.stringContaining('Music')],
    ['agent', 'not_imported', expect.any(String)],
    ['presets', 'not_imported', expect.any(String)],
    ...Array.from({ length: 4 }, () => ['unknown', 'not_imported', expect.any(String)]),
    ['conversation', 'created', null],
  ]);
  const { messages } = await exported(items[4]?.target_id);
  expect(messages[0]).toMatchObject({ role: 'system', content: 'NUL ␀ and half \ufffd' });
  expect(Date.parse(messages[0].created_at)).toBeLessThanOrEqual(Date.now());
  const { rest } = await read(`/import-mapping?kind=conversation&source_id=${encodeURIComponent('../../etc/passwd')}`);
  expect(rest.tags).toEqual(['x'.repeat(99)]);
});

test('reads other encodings, and the items before the place where a file breaks', async () => {
  const text = JSON.stringify({ memories: [{ id: 'e', text: 'Él vive en Málaga.' }] });
  const latin = Buffer.from(text, 'latin1');
  const marked = Buffer.from(`\ufeff${text.replace('"e"', '"f"').replace('Málaga', 'Kraków 🏰')}`);
  const wide = Buffer.from(`\ufeff${text.replace('"e"', '"g"').replace('Málaga', '東京')}`, 'utf16le');
  const unmarked = Buffer.from(text.replace('"e"', '"h"').replace('Málaga', '大阪'), 'utf16le');
  const broken = JSON.stringify([conversation('whole'), conversation('cut')]).slice(0, -300);
  const { items } = await server.run(person, [latin, marked, wide, unmarked, broken]);
  expect(items.map(({ file, kind, title, outcome }) => [file, kind, title, outcome])).toEqual([
    [0, 'fact', 'Él vive en Málaga.', 'created'],
    [1, 'fact', 'Él vive en Kraków 🏰.', 'created'],
    [2, 'fact', 'Él vive en 東京.', 'created'],
    [3, 'fact', 'Él vive en 大阪.', 'created'],
    [4, 'conversation', 'What is in the picture?', 'created'],
    [4, 'unknown', '', 'failed'],
  ]);
  expect(items.at(-1)?.reason).toMatch(
    /^The file is no JSON from character \d+ on: it ends in the middle\. The items before this place are read\. Export/,
  );
});

/** A conversation whose first message has these contents as images, each called a PNG. */
const withImages = (id: string, images: readonly Buffer[]) =>
  conversation(id, {
    messages: [
      {
        role: 'user',
        content: [
          ...images.map((image) => ({
            type: 'image',
            source: { type: 'base64', media_type: 'image/png', data: image.toString('base64') },
          })),
          { type: 'text', text: 'See' },
        ],
      },
    ],
  });

test('a dry run judges images as the import does, and stores none; an image with a wrong type is kept', async () => {
  const large = Buffer.concat([IMAGE, Buffer.alloc(6 * 1024 * 1024)]);
  const files = [[withImages('odd', [Buffer.from('no image'), IMAGE.subarray(0, 20), large, jpeg(3, 4)])]];
  const [dry] = (await server.run(person, files, true)).items;
  expect(await asOwner(`select from uploads where purpose = 'message' and user_id = $1`, [person.userId])).toEqual([]);
  const [item] = (await server.run(person, files)).items;
  expect(dry?.reason?.match(/not kept/g)).toHaveLength(3);
  expect(dry?.reason).toContain('imported-1-1 is no PNG, JPEG, GIF or WebP image by its content.');
  expect(item?.reason).toBe(dry?.reason);
  const { messages } = await exported(item?.target_id);
  expect(messages[0].attachments).toMatchObject([{ filename: 'imported-1-4.jpeg', media_type: 'image/jpeg' }]);
});

test('names what a file has beside its items, and that nothing of a file was read', async () => {
  const key = { value: 1, stored_at: '2025-01-01', metadata: {} };
  const cut = JSON.stringify(conversation()).slice(0, -100);
  const { items } = await server.run(person, [
    { a: key, b: { value: 2 }, version: '1.0', statistics: {} },
    `${JSON.stringify(conversation())}\n${JSON.stringify(conversation('b'))}`,
    cut,
  ]);
  expect(items.map(({ file, kind, outcome }) => [file, kind, outcome])).toEqual([
    [0, 'memory_key', 'created'],
    [0, 'unknown', 'not_imported'],
    [1, 'unknown', 'failed'],
    [2, 'unknown', 'failed'],
  ]);
  expect(items[1]?.reason).toContain('It is an object with the field `b`.');
  expect(items[2]?.reason).toContain('something follows its end, and a file holds one object or array.');
  expect(items[3]?.reason).toContain('Nothing of it is read. Export the file again.');
});

test('leaves keys of the user alone, and reports an image that is none', async () => {
  await server.as(person, 'PUT', '/memory/keys/user.name', { value: 'Mine' });
  const { items } = await server.run(person, [MEMORY, [withImages('img', [Buffer.from('no image')])]]);
  expect(items[0]).toMatchObject({
    outcome: 'skipped',
    reason: 'You have the key user.name already, with another value.',
  });
  expect((await read('/memory/keys/user.name')).value).toBe('Mine');
  expect(items[2]).toMatchObject({
    outcome: 'created',
    reason: expect.stringContaining('An image of message 1 was not kept'),
  });
});
