import { expect, test } from 'vitest';
import { listFollowUps } from '../../../functions/entities/endpoints/list-follow-ups.ts';
import { append, commitSession, create } from '../consolidate/repository.ts';
import { problem, serve } from '../served.ts';

const served = serve(listFollowUps);
const CORPORATE = {
  maya: 'entities/people/maya.md',
  harbour: 'entities/projects/harbour.md',
  acme: 'entities/external/acme.md',
};

test('200: lists open follow-ups by due date, in pages, as of any moment; other users get an empty list', async () => {
  const user = await served.createUser();
  expect((await served.call(user, 'GET', '/memory/follow-ups')).body).toEqual({ items: [], next_cursor: null });
  await commitSession(served.database, user, [
    create(CORPORATE.harbour, {
      name: 'Harbour',
      type: 'project',
      blocks: {
        'Open Items': [
          '- **[open]** Ask the bank — assignee [[entities/people/maya.md]], due 2026-05-01',
          '- **[done]** Sign the lease — assignee Leo, due 2026-01-01',
          '* **[waiting]** Order steel — Leo',
          '- **[hm (new)]** Paint the crane, due 2026-04-01',
          '- **not one** of them',
        ].join('\n'),
      },
    }),
  ]);
  const then = new Date().toISOString();
  await commitSession(served.database, user, [append(CORPORATE.harbour, 'More', '- **[in progress]** Dig')]);
  const all = await served.call(user, 'GET', '/memory/follow-ups');
  const block = { path: CORPORATE.harbour, block: 'open_items' };
  expect(all.body.items).toEqual([
    { ...block, status: null, said: 'hm (new)', title: 'Paint the crane', assignee: null, due: '2026-04-01' },
    { ...block, status: 'open', said: 'open', title: 'Ask the bank', assignee: CORPORATE.maya, due: '2026-05-01' },
    { ...block, status: 'blocked', said: 'waiting', title: 'Order steel', assignee: 'Leo', due: null },
    { ...block, block: 'more', status: 'in_progress', said: 'in progress', title: 'Dig', assignee: null, due: null },
  ]);
  const first = await served.call(user, 'GET', '/memory/follow-ups?limit=3');
  const second = await served.call(user, 'GET', `/memory/follow-ups?limit=3&cursor=${first.body.next_cursor}`);
  expect([...first.body.items, ...second.body.items]).toEqual(all.body.items);
  expect(second.body.next_cursor).toBeNull();
  expect((await served.call(user, 'GET', `/memory/follow-ups?as_of=${then}`)).body.items).toHaveLength(3);
  for (const other of await served.others(user))
    expect((await served.call(other, 'GET', '/memory/follow-ups')).body.items).toEqual([]);
});

test('400 for an invalid cursor, 422 for an invalid limit, 401 without a token', async () => {
  const user = await served.createUser();
  expect(await served.call(user, 'GET', '/memory/follow-ups?cursor=x')).toMatchObject(problem('invalid-cursor', 400));
  expect(await served.call(user, 'GET', '/memory/follow-ups?limit=0')).toMatchObject(problem('invalid-request', 422));
  await served.expectRefused('GET', '/memory/follow-ups');
});
