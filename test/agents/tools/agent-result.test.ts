import { afterAll, beforeAll, expect, it } from 'vitest';
import { call } from '../../support/team-script.ts';
import { type AgentBench, openAgents, resultsOf, spawns, taskOf, waits } from '../bench.ts';

let bench: AgentBench;
beforeAll(async () => {
  bench = await openAgents();
});
afterAll(() => bench.close());

it('answers a long result in parts, which fit together; of other agents it answers nothing', async () => {
  const long = Array.from({ length: 9_000 }, (_, index) => `word${index}`).join(' ');
  const idOf = async (task: string) =>
    (await bench.asOwner<{ id: string }>('select id from agents where task = $1', [task]))[0]?.id ?? '';
  const reads = (task: string, from: number) => async () => ({
    text: '',
    toolCalls: [call('agent_result', { id: await idOf(task), from })],
  });
  bench.script({
    lead: [
      spawns('part', 'short'),
      waits(),
      reads('part', 0),
      reads('part', 40_000),
      reads('lead', 0),
      { text: 'Done.' },
    ],
    part: [{ text: long }],
  });
  await bench.treeEnded(await bench.spawn('lead'));
  const toldIn = (turn: number) => {
    const asked = bench.team.of('agent', turn).find(({ request }) => taskOf(request) === 'lead');
    return (asked && resultsOf(asked.request)[0]) ?? '';
  };
  const textOf = (shown: string) => /task="part">\n([\s\S]*?)(?:\n\[cut: .*\])?\n<\/agent>/.exec(shown)?.[1] ?? '';
  // Both results share the room, so the long one is cut.
  expect(textOf(toldIn(2))).toBe(long.slice(0, 20_000));
  expect(toldIn(2)).toContain('[cut: agent_result answers the rest with "from": 20000]');
  expect(toldIn(2)).toContain('short is done');
  expect(textOf(toldIn(3)) + textOf(toldIn(4))).toBe(long);
  expect(toldIn(5)).toMatch(/^You have spawned no agent agent_/);
});
