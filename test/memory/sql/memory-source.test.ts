import { afterAll, expect, test } from 'vitest';
import { ConsolidateEntities, SyncRepository } from '../../../functions/entities/tasks.ts';
import { deletePersonMemory } from '../../../functions/memory/sql/memory-source.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { asOwner, createPerson, type Person, scopeOf } from '../../entities/people.ts';

const database = await openDatabase();
afterAll(closeDatabase);

const waiting = [SyncRepository.step, ConsolidateEntities.step, 'runs-start-something'];

/** Puts a task and a dead letter of each step into the queue, for this user. */
async function insertWaitingTasks({ tenantId, userId }: Person): Promise<void> {
  await asOwner(database, (owner) =>
    owner.query({
      name: 'test_insert_waiting_tasks',
      text: `with task as (
          select $1 || s as id, s as step, jsonb_build_object('tenant_id', $2::text, 'user_id', $1) as payload from unnest($3::text[]) s
        ), queued as (
          insert into outbox (tenant_id, task_name, queue, step, payload) select $2, t.id, 'memory', t.step, t.payload from task t
        )
        insert into dead_letters (id, tenant_id, step, queue, payload, work) select t.id, $2, t.step, 'memory', t.payload, t.id from task t`,
      values: [userId, tenantId, waiting],
    }),
  );
}

async function stepsOf({ userId }: Person): Promise<unknown> {
  const [row] = await asOwner(database, (owner) =>
    owner.query({
      name: 'test_steps_of',
      text: `select (select array_agg(step order by step) from outbox where payload ->> 'user_id' = $1) as queued,
        (select array_agg(step order by step) from dead_letters where payload ->> 'user_id' = $1) as dead`,
      values: [userId],
    }),
  );
  return row;
}

test('the erasure of a memory deletes the waiting tasks and dead letters of every step that works on it', async () => {
  const admin = await createPerson(database, 'admin');
  const colleague = await createPerson(database, 'member', admin.tenantId);
  for (const person of [admin, colleague]) await insertWaitingTasks(person);
  const erased = await deletePersonMemory(database.as(scopeOf(admin)), admin.userId, false);
  expect(erased?.rows).toMatchObject({ outbox: 2, dead_letters: 2 });
  const other = ['runs-start-something'];
  expect(await stepsOf(admin)).toEqual({ queued: other, dead: other });
  const all = waiting.toSorted();
  expect(await stepsOf(colleague)).toEqual({ queued: all, dead: all });
});
