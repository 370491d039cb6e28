import { expect, test } from 'vitest';
import { listMuted } from '../../../functions/chat/endpoints/list-muted-memories.ts';
import { muteMemory } from '../../../functions/chat/endpoints/mute-memory.ts';
import { insertFacts } from '../../entities/people.ts';
import { serve } from '../../entities/served.ts';

const served = serve(listMuted, muteMemory);

test('200: lists in pages, newest first, what the user muted; a fact that is gone has no text', async () => {
  const user = await served.createUser();
  const ids = await insertFacts(served.database, user, ['First.', 'Second.', 'Third.']);
  for (const id of ids) await served.call(user, 'PUT', `/chat/muted-memories/fact/${id}`);
  await served.sql('delete', 'delete from memories where id = $1', [ids[1]]);
  const texts: (string | null)[] = [];
  let query = '?limit=2';
  for (let page = 0; page < 2; page += 1) {
    const { body } = await served.call(user, 'GET', `/chat/muted-memories${query}`);
    texts.push(...body.items.map(({ text }: { text: string | null }) => text));
    query = `?limit=2&cursor=${body.next_cursor}`;
  }
  expect(texts).toEqual(['Third.', null, 'First.']);
  for (const other of await served.others(user))
    expect((await served.call(other, 'GET', '/chat/muted-memories')).body.items).toEqual([]);
});

test('401 without a token', () => served.expectRefused('GET', '/chat/muted-memories'));
