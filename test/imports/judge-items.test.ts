import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openDatabase } from '../../functions/platform/database/open.ts';
import { createId } from '../../functions/platform/id.ts';
import { createPerson, type Person } from '../entities/people.ts';
import { asOwner } from '../support/owner.ts';
import { conversation, groupChat } from './exports.ts';
import { type ImportServer, startImportServer } from './import-server.ts';

let server: ImportServer;
let person: Person;
beforeAll(async () => {
  server = await startImportServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  person = await createPerson(await openDatabase());
});

/** Checks a file, imports it, and returns the only line of the report, which is the same in both. */
async function bring(file: unknown) {
  const [dry] = (await server.run(person, [file], true)).items;
  const [line] = (await server.run(person, [file])).items;
  expect([dry?.outcome, dry?.reason]).toEqual([line?.outcome, line?.reason]);
  return line;
}
const read = (path: string) => server.as(person, 'GET', path);
const exported = async (id: string | null | undefined) => read(`/chat/conversations/${id}/export`);
const marks = (title: string, tags: string[], favorite: boolean, archived = false) => ({
  title,
  tags,
  favorite,
  archived,
});

test('a newer export changes what the user has not changed here, and says what stays', async () => {
  const exportOf = (title: string, tags: string[], favorite: boolean) => [
    conversation('one', { title, metadata: { tags, favorite, archived: false } }),
  ];
  const id = (await bring(exportOf('Source', ['a'], false)))?.target_id;
  await server.as(person, 'PATCH', `/chat/conversations/${id}`, { title: 'Mine', favorite: true, archived: true });
  expect(await bring(exportOf('Newer', ['a', 'b'], false))).toMatchObject({
    outcome: 'updated',
    reason:
      'You renamed it here: the name stays. You changed here whether it is a favourite: that stays. ' +
      'You archived it here: it stays there.',
  });
  expect((await exported(id)).conversation).toMatchObject(marks('Mine', ['a', 'b'], true, true));
  await server.as(person, 'PATCH', `/chat/conversations/${id}`, { tags: ['mine'] });
  expect((await bring(exportOf('Newest', ['c'], true)))?.reason).toBe(
    'You renamed it here: the name stays. You changed its tags here: they stay. You archived it here: it stays there.',
  );
  expect((await exported(id)).conversation).toMatchObject(marks('Mine', ['mine'], true, true));
});

test('an older export does not go back, and says that it is older', async () => {
  const at = (day: number) => `2025-11-0${day}T08:00:00`;
  for (const [kind, fileOf] of [
    ['conversation', (day: number) => [conversation('one', { title: `Day ${day}`, updated_at: at(day) })]],
    ['group_chat', (day: number) => [groupChat('one', { topic: `Day ${day}`, updated_at: at(day) })]],
    ['memory_key', (day: number) => ({ day: { value: day, stored_at: at(day), metadata: {} } })],
  ] as const) {
    const newer = await bring(fileOf(4));
    expect(newer).toMatchObject({ kind, outcome: 'created' });
    expect(await bring(fileOf(3))).toMatchObject({
      ...{ kind, outcome: 'skipped', target_id: newer?.target_id },
      reason: 'It is older (2025-11-03 08:00 UTC) than what was imported before (2025-11-04 08:00 UTC), which stays.',
    });
    expect(await bring(fileOf(5))).toMatchObject({ kind, outcome: 'updated' });
  }
  expect((await read('/memory/keys/day')).value).toBe(5);
});

test('a check finds a statement that the user has deleted', async () => {
  const fact = (text: string) => [{ id: 'one', text, visibility: 'village', agent_id: 'AZOTH' }];
  const said = await bring(fact('The gate is open.'));
  await server.as(person, 'DELETE', `/village/knowledge/${said?.target_id}`);
  expect(await bring(fact('The gate is shut.'))).toMatchObject({
    outcome: 'skipped',
    reason: expect.stringContaining('You have deleted the statement here'),
  });
});

test('a key is overwritten only while it has the value that an import wrote', async () => {
  const city = (value: unknown) => ({ city: { value, stored_at: 'once', metadata: {} } });
  await bring(city({ name: 'Rome', in: 'Italy' }));
  expect(await bring(city({ name: 'Turin', in: 'Italy' }))).toMatchObject({ outcome: 'updated', reason: null });
  await server.as(person, 'PUT', '/memory/keys/city', { value: 'my own edit' });
  const skipped = { outcome: 'skipped', reason: 'You have written the key city here: your value stays.' };
  expect(await bring(city('Milan'))).toMatchObject(skipped);
  expect((await read('/memory/keys/city')).value).toBe('my own edit');
  // The file agrees with the user once, and the value is still the user's.
  expect(await bring(city('my own edit'))).toMatchObject({ outcome: 'updated', reason: null });
  expect(await bring(city('Naples'))).toMatchObject(skipped);
  await server.as(person, 'DELETE', '/memory/keys/city');
  expect((await bring(city('Bari')))?.reason).toBe('You have deleted the key here since it was imported.');
});

test('a check says what stays of a conversation that went on here or that the file has shorter', async () => {
  const { messages } = conversation();
  const id = (await bring([conversation('one')]))?.target_id ?? '';
  const shorter = [conversation('one', { messages: messages.slice(0, 1) })];
  expect((await bring(shorter))?.reason).toBe('2 messages of an earlier import are not in this file. They stay.');
  const { conversation: chat } = await exported(id);
  const own = createId('msg');
  await asOwner(
    `insert into chat_messages (id, tenant_id, session_id, user_id, role, content, parent_id, status)
      values ($1, $2, $3, $4, 'user', 'I go on here.', $5, 'complete')`,
    [own, person.tenantId, id, person.userId, chat.head_id],
  );
  await asOwner('update chat_sessions set head_id = $2 where id = $1', [id, own]);
  const added = ['And a dog?', 'And a bird?'].map((content) => ({ role: 'user', content }));
  const longer = await bring([conversation('one', { messages: [...messages, ...added] })]);
  expect(longer?.reason).toBe('It goes on in another way here: new messages of the file (2) are a branch beside that.');
  const after = await exported(id);
  expect(after.conversation.head_id).toBe(own);
  expect(after.messages).toHaveLength(6);
  await server.as(person, 'DELETE', `/chat/conversations/${id}`);
  expect(await bring([conversation('one')])).toMatchObject({ outcome: 'skipped', target_id: id });
});

test('says which values of an item are not as the file has them', async () => {
  const file = '{"key": {"value": [12345678901234567890, "a\\u0000b"], "stored_at": "once", "metadata": {}}}';
  expect((await bring(file))?.reason).toBe(
    'The number 12345678901234567890 would lose digits; it is text here. ' +
      'A character that cannot be stored (NUL or half of a pair) was replaced.',
  );
  expect((await read('/memory/keys/key')).value).toEqual(['12345678901234567890', 'a␀b']);
});
