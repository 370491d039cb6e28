import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { listConsolidationsEndpoint } from '../../../functions/entities/endpoints/list-consolidations.ts';
import { setupRepo } from '../../../functions/entities/endpoints/setup-repo.ts';
import { consolidateEntities } from '../../../functions/entities/steps/consolidate-entities.ts';
import { consolidate } from '../../../functions/entities/timers/consolidate.ts';
import { filesOf, timelineOf } from '../consolidate/repository.ts';
import { createTwoMayas } from '../consolidate/two-mayas.ts';
import type { Person } from '../people.ts';
import { CHEN, serve } from '../served.ts';

const served = serve(consolidateEntities, consolidate, listConsolidationsEndpoint, setupRepo);
const fire = () => served.invoke('entities-consolidate');

/** Pretends that this many more commits were made since the last consolidation. */
const changeOften = (user: Person, times: number) =>
  served.sql(
    'change_often',
    'update memory_repositories set consolidated_position = consolidated_position - $2::integer where user_id = $1',
    [user.userId, times],
  );

async function finished(user: Person) {
  for (;;) {
    const { items } = (await served.call(user, 'GET', '/memory/consolidations')).body;
    if (items.every(({ status }: { status: string }) => status !== 'queued')) return items;
    await sleep(20);
  }
}

test('starts a consolidation once a day for users with 20 new commits who did not turn it off', async () => {
  const [busy, quiet, off] = [await createTwoMayas(served), await createTwoMayas(served), await createTwoMayas(served)];
  for (const [user, times] of [
    [busy, 18],
    [quiet, 17],
    [off, 18],
  ] as const)
    await changeOften(user, times);
  expect(await served.call(off, 'POST', '/repos/setup', { consolidates: false })).toMatchObject({
    status: 200,
    body: { consolidates: false, ontology: 'personal' },
  });
  expect((await fire()).body).toMatchObject({ status: 'done', consolidations: 1, failed: 0 });
  const [item] = await finished(busy);
  expect(item).toMatchObject({
    status: 'committed',
    started_by: 'timer',
    consolidation_id: expect.stringMatching(/^daily-\d{4}-\d\d-\d\d$/),
  });
  expect((await filesOf(served.database, busy)).has(CHEN)).toBe(false);
  expect(await timelineOf(served.database, busy)).toContain(`(Consolidation: ${item.id} dedupe)`);
  expect(await finished(quiet)).toEqual([]);
  expect(await finished(off)).toEqual([]);
  // No new commits, so nothing is started; later commits of the same day do not start a second consolidation.
  expect((await fire()).body).toMatchObject({ consolidations: 0 });
  await changeOften(busy, 20);
  await fire();
  expect(await finished(busy)).toHaveLength(1);
  expect(await served.call(off, 'POST', '/repos/setup', { consolidates: true })).toMatchObject({
    body: { consolidates: true },
  });
  await fire();
  expect(await finished(off)).toHaveLength(1);
});

test('counts a user whose consolidation cannot be started and goes on with the others', async () => {
  const [bad, good] = [await createTwoMayas(served), await createTwoMayas(served)];
  for (const user of [bad, good]) await changeOften(user, 18);
  await served.sql(
    'refuse',
    `create function test_refuse() returns trigger language plpgsql as $$
      begin if new.user_id = '${bad.userId}' then raise exception 'a bad row'; end if; return new; end $$`,
  );
  const trigger = 'create trigger test_refuse before insert on memory_consolidations for each row execute function';
  await served.sql('refuse_trigger', `${trigger} test_refuse()`);
  expect((await fire()).body).toMatchObject({ failed: 1 });
  await served.sql('allow', 'drop function test_refuse() cascade');
  expect(await finished(good)).toHaveLength(1);
  expect((await fire()).body).toMatchObject({ failed: 0 });
  expect(await finished(bad)).toHaveLength(1);
});
