import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkConformance } from '../../../functions/entities/endpoints/check-conformance.ts';
import { listFollowUps } from '../../../functions/entities/endpoints/list-follow-ups.ts';
import { setupRepo } from '../../../functions/entities/endpoints/setup-repo.ts';
import { followUpsIn } from '../../../functions/entities/files/follow-ups.ts';
import {
  isEntityPath,
  kindOfPath,
  kindOfType,
  kindsOf,
  Ontology,
  pathOfEntity,
  typeOfFile,
} from '../../../functions/entities/files/ontology.ts';
import { followUpStatus, statusesOf, statusOf } from '../../../functions/entities/files/status.ts';
import type { Database } from '../../../functions/platform/database/database.ts';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { append, commitSession, create } from '../consolidate/repository.ts';
import { createPerson, type Person } from '../people.ts';

let database: Database;
let server: TestServer;
beforeAll(async () => {
  database = await openDatabase();
  server = await startServer([checkConformance, listFollowUps, setupRepo]);
}, 60_000);
afterAll(() => server.close());

const get = (who: Person | undefined, path: string) =>
  server.call('GET', `/api/v1/memory/${path}`, who === undefined ? {} : { token: who.token });

describe('kinds', () => {
  test('each has a folder of its own, and is found again by it, by its name and by other words for it', () => {
    expect(kindsOf('personal')).toEqual(['person', 'context', 'event']);
    expect(kindsOf('corporate')).toEqual(['person', 'project', 'external', 'decision']);
    for (const ontology of Ontology.options) {
      for (const kind of kindsOf(ontology)) {
        const path = pathOfEntity(ontology, kind, 'X') ?? '';
        expect([isEntityPath(path), kindOfPath(path), kindOfType(ontology, kind)]).toEqual([
          true,
          { ontology, kind },
          kind,
        ]);
      }
    }
    expect(
      ['People', 'human', 'projects', 'MEETING', 'spaceship', ''].map((type) => kindOfType('personal', type)),
    ).toEqual(['person', 'person', 'context', 'event', undefined, undefined]);
    expect(['vendor', 'ADR', 'team'].map((type) => kindOfType('corporate', type))).toEqual([
      'external',
      'decision',
      'project',
    ]);
    expect(kindOfPath('profile.md')).toBeUndefined();
  });

  test('of a file: what its type means in its folder’s ontology, the folder’s where it says none, a strange word as it is', () => {
    const path = 'entities/external/acme.md';
    expect([
      typeOfFile(path, '---\ntype: Vendor\n---\n'),
      typeOfFile(path, '### X\n'),
      typeOfFile(path, '---\ntype: Ship\n---\n'),
    ]).toEqual(['external', 'external', 'ship']);
  });
});

describe('statuses', () => {
  test.each([
    ['corporate', 'project', 'Active (since May)', 'active'],
    ['corporate', 'project', 'not started', 'planned'],
    ['corporate', 'project', 'On-Hold', 'blocked'],
    ['corporate', 'project', 'blocked by the bank', 'blocked'],
    ['corporate', 'project', 'shipped.', 'done'],
    // What we do not know closes nothing.
    ['corporate', 'project', 'done, I think', undefined],
    ['corporate', 'project', 'not done', undefined],
    ['corporate', 'project', 'done?', undefined],
    ['corporate', 'decision', 'approved', 'accepted'],
    ['corporate', 'decision', 'replaced', 'superseded'],
    ['corporate', 'external', 'lead', 'prospect'],
    ['corporate', 'person', 'alumni', 'left'],
    ['personal', 'event', 'took place', 'happened'],
    ['personal', 'context', 'Completed', 'done'],
    ['personal', 'person', 'active', undefined],
    ['personal', 'event', '', undefined],
  ] as const)('%s %s "%s" is %s', (ontology, kind, words, status) => {
    expect(statusOf(ontology, kind, words)).toBe(status);
  });

  test('every status of every kind means itself; a follow-up that we do not know is not done', () => {
    for (const ontology of Ontology.options)
      for (const kind of kindsOf(ontology))
        for (const status of statusesOf(ontology, kind)) expect(statusOf(ontology, kind, status)).toBe(status);
    expect(['todo', 'WIP', 'waiting', 'done', 'cancelled', 'maybe'].map(followUpStatus)).toEqual([
      { status: 'open', isClosed: false },
      { status: 'in_progress', isClosed: false },
      { status: 'blocked', isClosed: false },
      { status: 'done', isClosed: true },
      { status: 'cancelled', isClosed: true },
      { status: undefined, isClosed: false },
    ]);
  });
});

const CORPORATE = {
  maya: 'entities/people/maya.md',
  harbour: 'entities/projects/harbour.md',
  acme: 'entities/external/acme.md',
};

describe('GET /memory/follow-ups', () => {
  test('200: what is open, by day, with assignee and place; pages of one commit; as of any time; empty for an empty memory', async () => {
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

  test('401 without a token, 422 for a limit that is none', async () => {
    expect((await get(undefined, 'follow-ups')).status).toBe(401);
    expect((await get(await createPerson(database, 'viewer'), 'follow-ups?limit=0')).status).toBe(422);
  });

  test('a day that is none, and signs of all kinds, are part of the title', () => {
    const texts = new Map([
      [
        'profile.md',
        '### Open\n- **[open]** Call — now — [[memories/people/leo.md|Leo]], due 2026-02-30\n- **[open]** <b>x</b>\n',
      ],
    ]);
    expect(followUpsIn(texts).map(({ title, due }) => [title, due])).toEqual([
      ['Call — now', null],
      ['<b>x</b>', null],
    ]);
  });
});

describe('GET /memory/conformance', () => {
  test('200: what is missing, unknown or elsewhere, with what would be right; nothing for a memory that conforms', async () => {
    const who = await createPerson(database, 'member');
    await server.call('POST', '/api/v1/repos/setup', { token: who.token, body: { ontology: 'corporate' } });
    await commitSession(database, who, [create(CORPORATE.maya, { name: 'Maya', type: 'people', blocks: { A: 'B.' } })]);
    expect((await get(who, 'conformance')).body).toEqual({ items: [], next_cursor: null });
    await commitSession(database, who, [
      create(CORPORATE.harbour, { name: 'Harbour', type: 'vendor', blocks: { A: 'B.' } }),
      create(CORPORATE.acme, { name: 'Acme', type: 'spaceship', blocks: { A: 'B.' } }),
      create('memories/people/leo.md', { name: 'Leo', blocks: { A: 'B.' } }),
    ]);
    const field = (path: string, search: string, line: string) => ({
      op: 'replace' as const,
      path,
      search,
      replacement: `${search}\n${line}`,
    });
    await commitSession(database, who, [
      field(CORPORATE.harbour, 'type: vendor', 'status: Shipped (late)'),
      field(CORPORATE.acme, 'type: spaceship', 'status: odd'),
    ]);
    await commitSession(database, who, [
      { op: 'replace', path: CORPORATE.maya, search: 'type: people\n', replacement: '' },
    ]);
    expect((await get(who, 'conformance')).body.items).toEqual([
      { path: CORPORATE.acme, fault: 'type_unknown', found: 'spaceship', expected: ['external'] },
      { path: CORPORATE.acme, fault: 'status_unknown', found: 'odd', expected: ['prospect', 'active', 'former'] },
      { path: CORPORATE.maya, fault: 'type_missing', found: null, expected: ['person'] },
      { path: CORPORATE.harbour, fault: 'type_elsewhere', found: 'vendor', expected: ['project'] },
      { path: CORPORATE.harbour, fault: 'status_unusual', found: 'Shipped (late)', expected: ['done'] },
      {
        path: 'memories/people/leo.md',
        fault: 'folder_elsewhere',
        found: 'memories/people',
        expected: kindsOf('corporate'),
      },
    ]);
    const first = await get(who, 'conformance?limit=5');
    expect((await get(who, `conformance?limit=5&cursor=${first.body.next_cursor}`)).body.items).toHaveLength(1);
    expect((await get(await createPerson(database, 'admin', who.tenantId), 'conformance')).body.items).toEqual([]);
    expect((await get(undefined, 'conformance')).status).toBe(401);
    expect((await get(who, 'conformance?limit=x')).status).toBe(422);
  });
});
