import { afterAll, beforeAll, expect, it } from 'vitest';
import { createId } from '../../../functions/platform/id.ts';
import { asOwner, openBench, type RunBench } from '../bench.ts';
import { insertDeadLetter } from './dead-letters.ts';

let bench: RunBench;
const runId = createId('run');
const ids: string[] = [];
beforeAll(async () => {
  bench = await openBench();
  for (const minutes of [1, 2, 3]) ids.push(await insertDeadLetter(bench, runId, minutes));
  // A task that is still retried is not dead.
  await asOwner(
    `insert into dead_letters (id, tenant_id, step, queue, payload, work, attempts)
      values ($1, $2, 'runs-settle-run', 'control', '{}', 'retried', 5)`,
    [createId('dead'), bench.person.tenantId],
  );
});
afterAll(() => bench.close());

const list = (query = '', token = bench.person.token) =>
  bench.server.call('GET', `/api/v1/dead-letters${query}`, { token });

it('answers 200 with the dead tasks, newest first, and leaves out tasks that are still retried', async () => {
  const { status, body } = await list();
  expect(status).toBe(200);
  expect(body.items.map(({ id }: { id: string }) => id)).toEqual(ids);
  expect(body.items[0]).toEqual({
    id: ids[0],
    step: 'runs-settle-run',
    payload: { tenant_id: bench.person.tenantId, run_id: runId },
    attempts: 13,
    error: 'ZodError: broken',
    created_at: expect.any(String),
    died_at: expect.any(String),
  });
});

it('answers pages', async () => {
  const first = (await list('?limit=2')).body;
  const second = (await list(`?limit=2&cursor=${encodeURIComponent(first.next_cursor)}`)).body;
  expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids);
  expect(second.next_cursor).toBeNull();
});

it('answers 200 with an empty list to another tenant', async () => {
  expect((await list('', (await bench.server.signUp()).token)).body).toEqual({ items: [], next_cursor: null });
});

it('answers 401 without a token, 403 for a member, 422 for a wrong limit and 400 for a wrong cursor', async () => {
  expect((await bench.server.call('GET', '/api/v1/dead-letters')).status).toBe(401);
  expect((await list('?limit=0')).status).toBe(422);
  expect((await list('?cursor=nonsense')).status).toBe(400);
  await asOwner(`update users set role = 'member' where id = $1`, [bench.person.userId]);
  expect((await list()).status).toBe(403);
});
