import { expect, test } from 'vitest';
import { commitConsolidation } from '../../../functions/entities/endpoints/commit-consolidation.ts';
import { getConsolidation } from '../../../functions/entities/endpoints/get-consolidation.ts';
import { startConsolidationEndpoint } from '../../../functions/entities/endpoints/start-consolidation.ts';
import { undoConsolidationEndpoint } from '../../../functions/entities/endpoints/undo-consolidation.ts';
import { consolidateEntities } from '../../../functions/entities/steps/consolidate-entities.ts';
import { createId } from '../../../functions/platform/id.ts';
import { append, commitSession, expectSound, filesOf, saidIn } from '../consolidate/repository.ts';
import { consolidate, createTwoMayas, requeue } from '../consolidate/two-mayas.ts';
import { CHEN, MAYA, problem, serve } from '../served.ts';

const served = serve(
  commitConsolidation,
  consolidateEntities,
  getConsolidation,
  startConsolidationEndpoint,
  undoConsolidationEndpoint,
);
const pathOf = (id: string) => `/memory/consolidations/${id}/commit`;

test('200, and the same answer when repeated: commits exactly what the dry run showed', async () => {
  const user = await createTwoMayas(served);
  const staged = await consolidate(served, user, { dry_run: true });
  const commit = () => served.call(user, 'POST', `/memory/consolidations/${staged.id}/commit`);
  const first = await commit();
  expect(first).toMatchObject({ status: 200, body: { status: 'committed' } });
  expect(first.body.steps.map(({ changes }: { changes: unknown }) => changes)).toEqual(
    staged.steps.map(({ changes }: { changes: unknown }) => changes),
  );
  expect((await commit()).body).toEqual(first.body);
  expect((await filesOf(served.database, user)).has(CHEN)).toBe(false);
  expect(await expectSound(served.database, user)).toHaveLength(4);
});

test('200: keeps the words of a session that was committed after the dry run', async () => {
  const user = await createTwoMayas(served);
  const staged = await consolidate(served, user, { dry_run: true });
  await commitSession(served.database, user, [append(CHEN, 'News', 'She bought a red van.')]);
  expect((await served.call(user, 'POST', `/memory/consolidations/${staged.id}/commit`)).status).toBe(200);
  const files = await filesOf(served.database, user);
  expect([files.has(CHEN), saidIn([files.get(MAYA) ?? '']).has('She bought a red van')]).toEqual([false, true]);
  await expectSound(served.database, user);
});

test('409 with both sides when the plan no longer applies; nothing is committed', async () => {
  const user = await createTwoMayas(served);
  const [one, other] = [
    await consolidate(served, user, { dry_run: true }),
    await consolidate(served, user, { dry_run: true }),
  ];
  expect((await served.call(user, 'POST', `/memory/consolidations/${one.id}/commit`)).status).toBe(200);
  const before = await expectSound(served.database, user);
  const refused = await served.call(user, 'POST', `/memory/consolidations/${other.id}/commit`);
  expect(refused).toMatchObject(problem('conflict', 409));
  expect(refused.headers.get('content-type')).toContain('application/problem+json');
  expect(refused.body.conflicts).toMatchObject([
    { path: CHEN, block: '', branch: null, session: null, base: expect.stringContaining('hulls') },
  ]);
  expect(await expectSound(served.database, user)).toEqual(before);
  expect((await served.call(user, 'GET', `/memory/consolidations/${other.id}`)).body.status).toBe('staged');
});

test('409 for a consolidation that is undone, and for one that is queued', async () => {
  const user = await served.createUser();
  const { id } = await consolidate(served, user);
  await served.call(user, 'POST', `/memory/consolidations/${id}/undo`);
  expect(await served.call(user, 'POST', pathOf(id))).toMatchObject(problem('conflict', 409));
  await requeue(served, id);
  expect(await served.call(user, 'POST', pathOf(id))).toMatchObject(problem('conflict', 409));
});

test('404 for an unknown consolidation and for other users', async () => {
  const user = await createTwoMayas(served);
  expect(await served.call(user, 'POST', pathOf(createId('con')))).toMatchObject(problem('not-found', 404));
  const { id } = await consolidate(served, user, { dry_run: true });
  for (const other of await served.others(user))
    expect(await served.call(other, 'POST', pathOf(id))).toMatchObject(problem('not-found', 404));
});

test('422 for an id of another kind, 401 without a token, 403 for a viewer', async () => {
  expect(await served.call(await served.createUser(), 'POST', pathOf('x'))).toMatchObject(
    problem('invalid-request', 422),
  );
  await served.expectRefused('POST', pathOf(createId('con')));
});
