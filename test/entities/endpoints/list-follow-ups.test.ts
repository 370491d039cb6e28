import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listFollowUps } from '../../../functions/entities/endpoints/list-follow-ups.ts';
import type { Database } from '../../../functions/platform/database/database.ts';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { append, commitSession, create } from '../consolidate/repository.ts';
import { createPerson, type Person } from '../people.ts';

let database: Database;
let server: TestServer;
beforeAll(async () => {
  database = await openDatabase();
  server = await startServer([listFollowUps]);
}, 60_000);
afterAll(() => server.close());

const get = (who: Person | undefined, path: string) =>
  server.call('GET', `/api/v1/memory/${path}`, who === undefined ? {} : { token: who.token });

const CORPORATE = {
  maya: 'entities/people/maya.md',
  harbour: 'entities/projects/harbour.md',
};

describe('GET /memory/follow-ups', () => {
  test('200: returns open follow-ups by due day with assignee and block, in pages, as of any time; empty for an empty memory', async () => {
    const who = await createPerson(database, 'member');
    expect((await get(who, 'follow-ups')).body).toEqual({ items: [], next_cursor: null });
    await commitSession(database, who, [
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
    await commitSession(database, who, [append(CORPORATE.harbour, 'More', '- **[in progress]** Dig')]);
    const all = await get(who, 'follow-ups');
    const block = { path: CORPORATE.harbour, block: 'open_items' };
    expect(all.body.items).toEqual([
      { ...block, status: null, said: 'hm (new)', title: 'Paint the crane', assignee: null, due: '2026-04-01' },
      { ...block, status: 'open', said: 'open', title: 'Ask the bank', assignee: CORPORATE.maya, due: '2026-05-01' },
      { ...block, status: 'blocked', said: 'waiting', title: 'Order steel', assignee: 'Leo', due: null },
      { ...block, block: 'more', status: 'in_progress', said: 'in progress', title: 'Dig', assignee: null, due: null },
    ]);
    const first = await get(who, 'follow-ups?limit=3');
    const second = await get(who, `follow-ups?limit=3&cursor=${first.body.next_cursor}`);
    expect([...first.body.items, ...second.body.items]).toEqual(all.body.items);
    expect(second.body.next_cursor).toBeNull();
    expect((await get(who, `follow-ups?as_of=${then}`)).body.items).toHaveLength(3);
    expect((await get(await createPerson(database, 'admin', who.tenantId), 'follow-ups')).body.items).toEqual([]);
  });

  test('401 without a token, 422 for an invalid limit', async () => {
    expect((await get(undefined, 'follow-ups')).status).toBe(401);
    expect((await get(await createPerson(database, 'viewer'), 'follow-ups?limit=0')).status).toBe(422);
  });
});
