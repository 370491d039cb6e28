import { expect, test } from 'vitest';
import { getConsolidation } from '../../../functions/entities/endpoints/get-consolidation.ts';
import { startConsolidationEndpoint } from '../../../functions/entities/endpoints/start-consolidation.ts';
import { undoConsolidationEndpoint } from '../../../functions/entities/endpoints/undo-consolidation.ts';
import { consolidateEntities } from '../../../functions/entities/steps/consolidate-entities.ts';
import { createId } from '../../../functions/platform/id.ts';
import {
  append,
  commitSession,
  expectCleanForGit,
  expectSound,
  filesOf,
  saidIn,
  timelineOf,
} from '../consolidate/repository.ts';
import { consolidate, createTwoMayas, requeue } from '../consolidate/two-mayas.ts';
import { CHEN, LEO, MAYA, problem, serve } from '../served.ts';

const served = serve(consolidateEntities, getConsolidation, startConsolidationEndpoint, undoConsolidationEndpoint);
const pathOf = (id: string) => `/memory/consolidations/${id}/undo`;

test('200, and the same answer when repeated: one new commit restores the files, and the history keeps all commits', async () => {
  const user = await createTwoMayas(served);
  const before = await filesOf(served.database, user);
  const { id } = await consolidate(served, user);
  const undo = () => served.call(user, 'POST', `/memory/consolidations/${id}/undo`);
  const undone = await undo();
  expect(undone).toMatchObject({
    status: 200,
    body: { status: 'undone', undo_commit: expect.stringMatching(/^[0-9a-f]{40}$/) },
  });
  expect((await undo()).body).toEqual(undone.body);
  expect(await filesOf(served.database, user)).toEqual(before);
  const messages = await expectSound(served.database, user);
  expect(messages).toHaveLength(5);
  expect(messages.at(-1)).toBe(`Undo consolidation ${id} | boat, leo, maya, maya_chen`);
  expect(await timelineOf(served.database, user)).toContain(`(Undo: ${id})`);
  await expectCleanForGit(served.database, user);
});

test('200: later consolidations do not propose what was undone', async () => {
  const user = await createTwoMayas(served);
  for (const tools of [['link'], ['dedupe']]) {
    const { id, steps } = await consolidate(served, user, { tools });
    expect(steps[0].operations.length).toBeGreaterThan(0);
    await served.call(user, 'POST', `/memory/consolidations/${id}/undo`);
    const before = await filesOf(served.database, user);
    const again = await consolidate(served, user, { tools });
    expect(again.steps).toMatchObject([{ operations: [], commit_id: null }]);
    expect(await filesOf(served.database, user)).toEqual(before);
  }
});

test('200: keeps later changes in the remaining file and in a linked file', async () => {
  const user = await createTwoMayas(served);
  const { id } = await consolidate(served, user);
  await commitSession(served.database, user, [
    append(MAYA, 'News', 'She bought a red van.'),
    append(LEO, 'Van', 'Leo drives it.'),
  ]);
  expect((await served.call(user, 'POST', `/memory/consolidations/${id}/undo`)).status).toBe(200);
  const files = await filesOf(served.database, user);
  expect(saidIn([files.get(CHEN) ?? ''])).toEqual(new Set(['She has 2 cats', 'She builds hulls at the yard']));
  expect(saidIn([files.get(MAYA) ?? ''])).toEqual(
    new Set([
      'Maya lives in Porto',
      'She has 2 cats',
      'She sails on Sundays, and in winter she mends the sails',
      'She bought a red van',
    ]),
  );
  expect(saidIn([files.get(LEO) ?? ''])).toContain('Leo drives it');
  expect(files.get(LEO)).not.toContain('[[');
  await expectSound(served.database, user);
});

test('409 with both sides when a later change contradicts; nothing is undone', async () => {
  const user = await createTwoMayas(served);
  const { id } = await consolidate(served, user);
  const replace = {
    op: 'replace' as const,
    path: MAYA,
    search: 'builds hulls at the yard',
    replacement: 'builds masts',
  };
  await commitSession(served.database, user, [replace]);
  const before = await filesOf(served.database, user);
  const refused = await served.call(user, 'POST', `/memory/consolidations/${id}/undo`);
  expect(refused).toMatchObject(problem('conflict', 409));
  expect(refused.headers.get('content-type')).toContain('application/problem+json');
  expect(refused.body.conflicts).toMatchObject([
    {
      path: MAYA,
      block: 'work',
      base: expect.stringContaining('hulls'),
      branch: expect.stringContaining('masts'),
      session: null,
    },
  ]);
  expect(await filesOf(served.database, user)).toEqual(before);
  expect((await served.call(user, 'GET', `/memory/consolidations/${id}`)).body.status).toBe('committed');
});

test('200: undoes a consolidation that changed nothing without a commit', async () => {
  const user = await served.createUser();
  const { id } = await consolidate(served, user);
  expect((await served.call(user, 'POST', pathOf(id))).body).toMatchObject({ status: 'undone', undo_commit: null });
});

test('409 for a consolidation that is staged, and for one that is queued', async () => {
  const user = await createTwoMayas(served);
  const staged = await consolidate(served, user, { dry_run: true });
  const { id } = await consolidate(served, user);
  expect(await served.call(user, 'POST', pathOf(staged.id))).toMatchObject(problem('conflict', 409));
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
