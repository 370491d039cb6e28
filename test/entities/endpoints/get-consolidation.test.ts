import { expect, test } from 'vitest';
import { getConsolidation } from '../../../functions/entities/endpoints/get-consolidation.ts';
import { startConsolidationEndpoint } from '../../../functions/entities/endpoints/start-consolidation.ts';
import { consolidateEntities } from '../../../functions/entities/steps/consolidate-entities.ts';
import { createId } from '../../../functions/platform/id.ts';
import { consolidate, createTwoMayas } from '../consolidate/two-mayas.ts';
import { CHEN, MAYA, problem, serve } from '../served.ts';

const served = serve(consolidateEntities, getConsolidation, startConsolidationEndpoint);
const pathOf = (id: string) => `/memory/consolidations/${id}`;

test('200: shows each step with its operations and changes; 404 for other users', async () => {
  const user = await createTwoMayas(served);
  const done = await consolidate(served, user, { tools: ['dedupe'] });
  const answer = await served.call(user, 'GET', pathOf(done.id));
  expect(answer).toMatchObject({
    status: 200,
    body: { status: 'committed', steps: [{ tool: 'dedupe', operations: [{ op: 'merge', path: CHEN, into: MAYA }] }] },
  });
  expect(answer.body).toEqual(done);
  for (const other of await served.others(user))
    expect(await served.call(other, 'GET', pathOf(done.id))).toMatchObject(problem('not-found', 404));
});

test('404 for an unknown consolidation, 422 for an id of another kind, 401 without a token', async () => {
  const user = await served.createUser();
  expect(await served.call(user, 'GET', pathOf(createId('con')))).toMatchObject(problem('not-found', 404));
  expect(await served.call(user, 'GET', pathOf('x'))).toMatchObject(problem('invalid-request', 422));
  await served.expectRefused('GET', pathOf(createId('con')));
});
