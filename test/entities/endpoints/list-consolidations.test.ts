import { expect, test } from 'vitest';
import { listConsolidationsEndpoint } from '../../../functions/entities/endpoints/list-consolidations.ts';
import { startConsolidationEndpoint } from '../../../functions/entities/endpoints/start-consolidation.ts';
import { consolidateEntities } from '../../../functions/entities/steps/consolidate-entities.ts';
import { consolidate, createTwoMayas } from '../consolidate/two-mayas.ts';
import { problem, serve } from '../served.ts';

const served = serve(consolidateEntities, listConsolidationsEndpoint, startConsolidationEndpoint);
const PATH = '/memory/consolidations';

test('200: lists consolidations with their commits, newest first, in pages; other users get an empty list', async () => {
  const user = await createTwoMayas(served);
  const [first, second] = [await consolidate(served, user), await consolidate(served, user)];
  const page = await served.call(user, 'GET', `${PATH}?limit=1`);
  expect(page).toMatchObject({ status: 200, body: { items: [{ id: second.id, commits: [] }] } });
  const next = await served.call(user, 'GET', `${PATH}?limit=1&cursor=${page.body.next_cursor}`);
  expect(next.body).toMatchObject({
    items: [{ id: first.id, commits: [first.steps[0].commit_id, first.steps[2].commit_id] }],
    next_cursor: null,
  });
  for (const other of await served.others(user))
    expect((await served.call(other, 'GET', PATH)).body).toEqual({ items: [], next_cursor: null });
});

test('400 for an invalid cursor, 422 for an invalid limit, 401 without a token', async () => {
  const user = await served.createUser();
  expect(await served.call(user, 'GET', `${PATH}?cursor=x`)).toMatchObject(problem('invalid-cursor', 400));
  expect(await served.call(user, 'GET', `${PATH}?limit=0`)).toMatchObject(problem('invalid-request', 422));
  await served.expectRefused('GET', PATH);
});
