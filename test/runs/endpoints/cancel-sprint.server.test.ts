import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { environment } from '../../../functions/platform/environment.ts';
import { call, planFor } from '../../support/team-script.ts';
import { asOwner, expectCancelled, oneTo, openBench, type RunBench } from '../bench.ts';

let bench: RunBench;
beforeAll(async () => {
  // Enough connections that every lock of a run can meet every other.
  environment.DB_POOL_MAX = 30;
  bench = await openBench();
});
afterAll(() => bench.close());

const cancel = (id: string) => bench.server.call('POST', `/api/v1/sprints/${id}/cancel`, { token: bench.person.token });

it('at any moment of a sprint whose workers write, wake and settle at the same time: 200 or 202, never a fault, and final', async () => {
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
      // Spread over the whole of a sprint.
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
  // One that Postgres broke would have been repeated, but after a second of waiting, or been a fault for whoever
  // cancels.
  expect(await asOwner('select deadlocks from pg_stat_database where datname = current_database()')).toEqual([
    { deadlocks: 0 },
  ]);
});
