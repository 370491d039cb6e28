import { expect, test } from 'vitest';
import { readEntity } from '../../../functions/entities/endpoints/read-entity.ts';
import { rebuildIndex } from '../../../functions/entities/endpoints/rebuild-index.ts';
import { receiveAndCommit } from '../../../functions/entities/endpoints/receive-and-commit.ts';
import { proposeChanges } from '../../../functions/entities/steps/propose-changes.ts';
import { entityPath, MAYA, serve } from '../served.ts';

const served = serve(readEntity, rebuildIndex, receiveAndCommit, proposeChanges);
const PATH = '/memory/rebuild-index';

test('200: repairs rows that differ from the files, and changes nothing when repeated', async () => {
  const user = await served.createUser();
  await served.remember(user, 'I live in Porto.');
  await served.remember(user, 'I have 2 cats.', undefined, 'Leo');
  const rebuild = async () => (await served.call(user, 'POST', PATH)).body;
  expect(await rebuild()).toEqual({
    entities: 2,
    blocks: 2,
    repaired_blocks: 0,
    retokenized_rows: 0,
    commit_id: null,
  });
  const spoil = `update memory_blocks set text = 'spoiled' where user_id = $1 and path = $2`;
  await served.sql('spoil', spoil, [user.userId, MAYA]);
  expect(await rebuild()).toMatchObject({ entities: 2, blocks: 2, repaired_blocks: 1 });
  expect(await rebuild()).toMatchObject({ repaired_blocks: 0 });
  expect((await served.call(user, 'GET', entityPath(MAYA))).body.blocks[0].text).toContain('Porto');
});

test('200: stores the words of memory again that another version of the tokenizer stored', async () => {
  const user = await served.createUser();
  const other = await served.createUser();
  for (const { userId } of [user, other]) {
    await served.remember(userId === user.userId ? user : other, 'I live in Porto.');
    await served.sql('age_turns', `update memory_turns set tokenizer = 'old' where user_id = $1`, [userId]);
    await served.sql('age_blocks', `update memory_blocks set tokenizer = 'old' where user_id = $1`, [userId]);
  }
  const rebuild = async () => (await served.call(user, 'POST', PATH)).body;
  expect(await rebuild()).toMatchObject({ repaired_blocks: 0, retokenized_rows: 2 });
  expect(await rebuild()).toMatchObject({ retokenized_rows: 0 });
  const rows = await served.sql('tokenizers', 'select user_id from memory_turns where tokenizer = $1', ['old']);
  expect(rows).toEqual([{ user_id: other.userId }]);
});

test('200: renames the blocks of a file whose names differ', async () => {
  const user = await served.createUser();
  await served.remember(user, 'I live in Porto.');
  const names = () => served.sql('names', 'select names from memory_blocks where user_id = $1', [user.userId]);
  expect(await names()).toEqual([{ names: 'Maya' }]);
  await served.sql('spoil_names', `update memory_blocks set names = '' where user_id = $1`, [user.userId]);
  expect((await served.call(user, 'POST', PATH)).body).toMatchObject({ repaired_blocks: 0 });
  expect(await names()).toEqual([{ names: 'Maya' }]);
});

test('200: rebuilds only the index of the caller', async () => {
  const user = await served.createUser();
  await served.remember(user, 'I live in Porto.');
  for (const other of await served.others(user))
    expect((await served.call(other, 'POST', PATH)).body).toMatchObject({ entities: 0, blocks: 0 });
});

test('401 without a token, 403 for a viewer', () => served.expectRefused('POST', PATH));
