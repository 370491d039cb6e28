import { expect, test } from 'vitest';
import { listEntities } from '../../../functions/entities/endpoints/list-entities.ts';
import { receiveAndCommit } from '../../../functions/entities/endpoints/receive-and-commit.ts';
import { proposeChanges } from '../../../functions/entities/steps/propose-changes.ts';
import { LEO, MAYA, problem, serve } from '../served.ts';

const served = serve(listEntities, receiveAndCommit, proposeChanges);
const PATH = '/memory/entities';

test('200: lists entities with their strength, as of any moment; other users get an empty list', async () => {
  const user = await served.createUser();
  await served.remember(user, 'I live in Porto.');
  await served.remember(user, 'I moved and live in Lisbon.');
  const [item] = (await served.call(user, 'GET', PATH)).body.items;
  expect(item).toMatchObject({ path: MAYA, name: 'Maya', type: 'person', edits: 2 });
  expect(item.strength).toBeCloseTo(0.7 * Math.log10(2) + 0.3, 2);
  const before = await served.call(user, 'GET', `${PATH}?as_of=2020-01-01T00:00:00Z`);
  expect(before.body).toEqual({ items: [], next_cursor: null });
  for (const other of await served.others(user))
    expect((await served.call(other, 'GET', PATH)).body).toEqual({ items: [], next_cursor: null });
});

test('200: all pages show the commit of the first page', async () => {
  const user = await served.createUser();
  for (const speaker of ['Leo', 'Maya']) await served.remember(user, 'I sail on Sundays.', undefined, speaker);
  const first = (await served.call(user, 'GET', `${PATH}?limit=1`)).body;
  expect(first).toMatchObject({ items: [{ path: LEO }], next_cursor: expect.any(String) });
  await served.remember(user, 'I moved to Porto.', undefined, 'Ada');
  const second = (await served.call(user, 'GET', `${PATH}?limit=1&cursor=${first.next_cursor}`)).body;
  expect(second).toMatchObject({ items: [{ path: MAYA }], next_cursor: null });
});

test('400 for a cursor of another user, 422 for a time without a zone, 401 without a token', async () => {
  const user = await served.createUser();
  for (const speaker of ['Leo', 'Maya']) await served.remember(user, 'I sail on Sundays.', undefined, speaker);
  const { next_cursor: cursor } = (await served.call(user, 'GET', `${PATH}?limit=1`)).body;
  expect(await served.call(await served.createUser(), 'GET', `${PATH}?cursor=${cursor}`)).toMatchObject(
    problem('invalid-cursor', 400),
  );
  expect(await served.call(user, 'GET', `${PATH}?as_of=2026-01-01`)).toMatchObject(problem('invalid-request', 422));
  await served.expectRefused('GET', PATH);
});
