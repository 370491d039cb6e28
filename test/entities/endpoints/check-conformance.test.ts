import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkConformance } from '../../../functions/entities/endpoints/check-conformance.ts';
import { setupRepo } from '../../../functions/entities/endpoints/setup-repo.ts';
import { kindsOf } from '../../../functions/entities/files/ontology.ts';
import type { Database } from '../../../functions/platform/database/database.ts';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { commitSession, create } from '../consolidate/repository.ts';
import { createPerson, type Person } from '../people.ts';

let database: Database;
let server: TestServer;
beforeAll(async () => {
  database = await openDatabase();
  server = await startServer([checkConformance, setupRepo]);
}, 60_000);
afterAll(() => server.close());

const get = (who: Person | undefined, path: string) =>
  server.call('GET', `/api/v1/memory/${path}`, who === undefined ? {} : { token: who.token });

const CORPORATE = {
  maya: 'entities/people/maya.md',
  harbour: 'entities/projects/harbour.md',
  acme: 'entities/external/acme.md',
};

describe('GET /memory/conformance', () => {
  test('200: reports missing, unknown and misplaced values with the valid ones; nothing for a memory that conforms; 401, 422', async () => {
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
