import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase } from '../../functions/platform/database/open.ts';
import { claimNode, enqueueTurn, updateNodeLease } from '../../functions/runs/sql/node.ts';
import { holdQueue, openBench, type RunBench } from './bench.ts';

let bench: RunBench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

it('a renewal that was on its way when a node was given back does not bring its lease back', async () => {
  const queue = holdQueue();
  const runId = await bench.start();
  const task = await queue.take('runs-take-turn');
  const { node_id: nodeId, generation } = task.payload as { node_id: string; generation: number };
  const tenant = (await openDatabase()).as({ kind: 'tenant', tenantId: bench.person.tenantId });
  const claimed = (at: number) =>
    claimNode(tenant, { runId, nodeId, generation: at, leaseSeconds: 60, holder: 'a test' });
  const { node } = await claimed(generation);
  const renew = () => updateNodeLease(tenant, nodeId, node?.fence ?? 0, 60);
  expect(await renew()).toBe(true);
  await tenant.queryAll([enqueueTurn(nodeId)]);
  expect(await renew()).toBe(false);
  expect((await claimed(generation + 1)).node).toMatchObject({ id: nodeId });
});
