import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AgentBench, openAgents, spawns, waits } from '../bench.ts';

let bench: AgentBench;
beforeAll(async () => {
  bench = await openAgents();
});
afterAll(() => bench.close());

it('lists the roots newest first, the agents that one agent has spawned, and those that match', async () => {
  bench.script({
    first: [spawns('one', 'two'), waits(), { text: 'Done.' }],
    third: [{ text: 'No.', finish: 'refused' }],
  });
  const ids: string[] = [];
  for (const [task, type] of [
    ['first', 'general'],
    ['second', 'writer'],
    ['third', 'general'],
  ]) {
    const id = await bench.spawn(task ?? '', { agent_type: type });
    await bench.treeEnded(id);
    ids.push(id);
  }
  const tasks = async (query: string) =>
    (await bench.get(`/agents?${query}`)).body.items.map(({ task }: { task: string }) => task);
  expect(await tasks('')).toEqual(['third', 'second', 'first']);
  expect(await tasks('status=failed')).toEqual(['third']);
  expect(await tasks('agent_type=writer')).toEqual(['second']);
  expect(await tasks(`parent_id=${ids[0]}`)).toEqual(['two', 'one']);
  expect(await tasks('q=IR')).toEqual(['third', 'first']);
  expect(await tasks('q=%25')).toEqual([]);
  const page = (await bench.get('/agents?limit=2')).body;
  expect(await tasks(`run_id=${page.items[1].run_id}`)).toEqual(['second']);
  expect(await tasks(`limit=2&cursor=${encodeURIComponent(page.next_cursor)}`)).toEqual(['first']);
  expect(page.items[0]).toMatchObject({
    activity: expect.stringMatching(/^general failed: the provider's content filter/),
  });
});
