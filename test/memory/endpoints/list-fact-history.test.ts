import { expect, test } from 'vitest';
import { addMemory } from '../../../functions/memory/endpoints/add-memory.ts';
import { listFactHistory } from '../../../functions/memory/endpoints/list-fact-history.ts';
import { listMemories } from '../../../functions/memory/endpoints/list-memories.ts';
import { createId } from '../../../functions/platform/id.ts';
import { problem, serve } from '../../entities/served.ts';

const served = serve(addMemory, listFactHistory, listMemories);
const path = (id: string) => `/memory/${id}/history`;

test('200: lists the versions of a fact, newest first, each with its time, source and successor', async () => {
  const user = await served.createUser();
  const add = async (text: string, valid_from: string) =>
    (await served.call(user, 'POST', '/memory', { text, valid_from })).body;
  const old = await add('My Matrix handle is MiraB.', '2026-01-01T00:00:00Z');
  const next = await add('My Matrix handle is mirab.', '2026-02-01T00:00:00Z');
  await add('Maya likes chess.', '2026-02-01T00:00:00Z');
  const { status, body } = await served.call(user, 'GET', path(old.id));
  expect(status).toBe(200);
  expect(body.items).toMatchObject([
    { id: next.id, text: next.text, valid_to: null, superseded_by: null, is_current: true, source_kind: 'person' },
    { id: old.id, text: old.text, valid_to: next.valid_from, superseded_by: next.id, is_current: false },
  ]);
  expect((await served.call(user, 'GET', path(next.id))).body).toEqual(body);
  // The list as of a moment between them has the same row.
  const { items } = (await served.call(user, 'GET', '/memory?as_of=2026-01-15T00:00:00Z')).body;
  expect(items).toMatchObject([{ id: old.id, valid_to: next.valid_from, superseded_by: next.id }]);
});

test('404 for a fact that the caller cannot see and for an unknown id', async () => {
  const user = await served.createUser();
  const { id } = (await served.call(user, 'POST', '/memory', { text: 'My hint is blue.' })).body;
  for (const other of await served.others(user))
    expect(await served.call(other, 'GET', path(id))).toMatchObject(problem('not-found', 404));
  expect(await served.call(user, 'GET', path(createId('mem')))).toMatchObject(problem('not-found', 404));
});

test('401 without a token, 422 for an id in another format', async () => {
  await served.expectRefused('GET', path(createId('mem')));
  expect(await served.call(await served.createUser(), 'GET', path('x'))).toMatchObject(problem('invalid-request', 422));
});
