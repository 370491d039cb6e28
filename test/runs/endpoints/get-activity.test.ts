import { afterAll, beforeAll, expect, it } from 'vitest';
import { asOwner, holdQueue, openBench, type RunBench } from '../bench.ts';
import { describeRefusals } from './refusals.ts';

let bench: RunBench;
let id: string;
beforeAll(async () => {
  bench = await openBench();
  holdQueue();
  id = await bench.startRun({ agent_type: 'thinker' });
});
afterAll(() => bench.close());

const get = (query = '') =>
  bench.server.call('GET', `/api/v1/runs/${id}/activity${query}`, { token: bench.person.token });

it('answers 200 for a run with one event', async () => {
  const { status, body } = await get();
  expect(status).toBe(200);
  expect(body.from).toBe(body.to);
  expect(body.buckets).toHaveLength(120);
  expect(body.buckets[0]).toEqual({ events: 1, problems: 0, first_seq: 1 });
  expect(body.buckets[1]).toEqual({ events: 0, problems: 0, first_seq: null });
});

it('counts 10,000 events in equal parts of their time, problems apart', async () => {
  await asOwner(
    `insert into run_events (run_id, seq, tenant_id, type, level, source, message, created_at)
     select e.run_id, n, e.tenant_id, 'tool_completed', case when n % 100 = 0 then 'error' else 'info' end, 'a', 'm',
       e.created_at + (n - 1) * interval '1 second'
     from run_events e, generate_series(2, 10000) n where e.run_id = $1 and e.seq = 1`,
    [id],
  );
  await asOwner('update sessions set event_seq = 10000 where id = $1', [id]);
  const { body } = await get('?buckets=100');
  expect(body.buckets).toHaveLength(100);
  const sum = (name: 'events' | 'problems') =>
    body.buckets.reduce((total: number, bucket: Record<string, number>) => total + (bucket[name] ?? 0), 0);
  expect([sum('events'), sum('problems')]).toEqual([10_000, 100]);
  for (const { events, problems } of body.buckets) {
    expect(Math.abs(events - 100)).toBeLessThanOrEqual(1);
    expect(problems).toBe(1);
  }
  expect(body.buckets[0].first_seq).toBe(1);
  expect(Date.parse(body.to) - Date.parse(body.from)).toBe(9_999_000);
});

it('answers 422 for no buckets and for too many', async () => {
  expect((await get('?buckets=0')).status).toBe(422);
  expect((await get('?buckets=201')).status).toBe(422);
});

describeRefusals({
  bench: () => bench,
  method: 'GET',
  path: (runId) => `/api/v1/runs/${runId}/activity`,
  id: () => id,
  writes: false,
});
