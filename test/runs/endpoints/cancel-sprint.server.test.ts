import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { environment } from '../../../functions/platform/environment.ts';
import { call, planFor } from '../../support/team-script.ts';
import { asOwner, expectCancelled, oneTo, openBench, type RunBench } from '../bench.ts';

let bench: RunBench;
beforeAll(async () => {
  // Enough connections for every concurrent transaction.
  environment.DB_POOL_MAX = 30;
  bench = await openBench();
});
afterAll(() => bench.close());

const cancel = (id: string) => bench.server.call('POST', `/api/v1/sprints/${id}/cancel`, { token: bench.person.token });

it('cancels at any moment of a sprint whose workers write, wake and settle concurrently: 200 or 202, and no deadlock', async () => {
  await asOwner('update tenants set max_concurrent_sprints = 100');
  const busy = {
    plan: planFor('backend', 'frontend'),
    backend: [
      ...oneTo(4).map((turn) => ({
        text: '',
        toolCalls: [
          call('send_message', { to: 'frontend', content: `${turn}` }),
          call('read_messages'),
          call('send_message', { to: 'devops', content: 'Come.' }),
        ],
      })),
      { text: 'Done.' },
    ],
    frontend: [
      ...oneTo(4).map((turn) => ({
        text: '',
        toolCalls: [call('send_message', { to: 'backend', content: `${turn}` }), call('read_messages')],
      })),
      { text: 'Done.' },
    ],
  };
  bench.team.perform(busy);
  const ids = await Promise.all(
    oneTo(80).map(async (number) => {
      await sleep(number * 10);
      const id = await bench.start({ team: ['backend', 'frontend', 'devops'] });
      // The cancellations are spread over the duration of a sprint.
      await sleep((number * 37) % 1_200);
      const { status } = await cancel(id);
      expect([200, 202]).toContain(status);
      return { id, status };
    }),
  );
  const unfinished = `select n.name, n.status, s.status as run from run_nodes n join sessions s on s.id = n.run_id
    where s.id = any($1) and (n.status in ('pending', 'running') or s.status not in ('completed', 'cancelled'))`;
  expect(await asOwner(unfinished, [ids.map(({ id }) => id)])).toEqual([]);
  for (const { id, status } of ids) {
    if (status === 202) await expectCancelled(bench, id);
  }
  // PostgreSQL detects a deadlock after one second. It would delay a worker, or fail the cancellation.
  expect(await asOwner('select deadlocks from pg_stat_database where datname = current_database()')).toEqual([
    { deadlocks: 0 },
  ]);
});
