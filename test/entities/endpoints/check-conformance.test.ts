import { expect, test } from 'vitest';
import { checkConformance } from '../../../functions/entities/endpoints/check-conformance.ts';
import { setupRepo } from '../../../functions/entities/endpoints/setup-repo.ts';
import { kindsOf } from '../../../functions/entities/files/ontology.ts';
import { commitSession, create } from '../consolidate/repository.ts';
import { problem, serve } from '../served.ts';

const served = serve(checkConformance, setupRepo);
const CORPORATE = {
  maya: 'entities/people/maya.md',
  harbour: 'entities/projects/harbour.md',
  acme: 'entities/external/acme.md',
};

test('200: lists what does not conform and what would, in pages; the list of a memory that conforms is empty', async () => {
  const user = await served.createUser();
  await served.call(user, 'POST', '/repos/setup', { ontology: 'corporate' });
  await commitSession(served.database, user, [
    create(CORPORATE.maya, { name: 'Maya', type: 'people', blocks: { A: 'B.' } }),
  ]);
  expect((await served.call(user, 'GET', '/memory/conformance')).body).toEqual({ items: [], next_cursor: null });
  await commitSession(served.database, user, [
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
  await commitSession(served.database, user, [
    field(CORPORATE.harbour, 'type: vendor', 'status: Shipped (late)'),
    field(CORPORATE.acme, 'type: spaceship', 'status: odd'),
  ]);
  await commitSession(served.database, user, [
    { op: 'replace', path: CORPORATE.maya, search: 'type: people\n', replacement: '' },
  ]);
  expect((await served.call(user, 'GET', '/memory/conformance')).body.items).toEqual([
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
  const first = await served.call(user, 'GET', '/memory/conformance?limit=5');
  expect(
    (await served.call(user, 'GET', `/memory/conformance?limit=5&cursor=${first.body.next_cursor}`)).body.items,
  ).toHaveLength(1);
  for (const other of await served.others(user))
    expect((await served.call(other, 'GET', '/memory/conformance')).body.items).toEqual([]);
});

test('400 for an invalid cursor, 422 for an invalid limit, 401 without a token', async () => {
  const user = await served.createUser();
  expect(await served.call(user, 'GET', '/memory/conformance?cursor=x')).toMatchObject(problem('invalid-cursor', 400));
  expect(await served.call(user, 'GET', '/memory/conformance?limit=x')).toMatchObject(problem('invalid-request', 422));
  await served.expectRefused('GET', '/memory/conformance');
});
