import { afterAll, beforeAll, expect, it } from 'vitest';
import { MOST_AGENTS } from '../../../functions/agents/agent.ts';
import { findTypes } from '../../../functions/agents/find-type.ts';
import { requireAgentOfNode } from '../../../functions/agents/sql/agent.ts';
import { spawnAgent } from '../../../functions/agents/tools/spawn-agent.ts';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { sqlState } from '../../../functions/platform/errors.ts';
import { createId } from '../../../functions/platform/id.ts';
import { lockRun } from '../../../functions/runs/sql/run.ts';
import { call } from '../../support/team-script.ts';
import { type AgentBench, agentOf, asleep, gate, openAgents, resultsOf, spawns, taskOf, waits } from '../bench.ts';

let bench: AgentBench;
beforeAll(async () => {
  bench = await openAgents();
});
afterAll(() => bench.close());

/** Adds agents to a tree that have ended, without playing them. */
async function addEnded(rootId: string, count: number): Promise<void> {
  const ids = Array.from({ length: count }, () => createId('agent'));
  await bench.asOwner(
    `with nodes as (insert into run_nodes (id, tenant_id, run_id, name, worker, position, status, provider, model)
        select 'node_of_' || f.id, a.tenant_id, a.run_id, 'general.' || 9 + f.number, 'general', 100 + f.number, 'completed',
          'gemini', 'm'
        from agents a, unnest($2::text[]) with ordinality as f (id, number) where a.id = $1
        returning id, tenant_id, run_id)
      insert into agents (id, tenant_id, user_id, run_id, node_id, root_id, parent_id, depth, agent_type, task, instruction,
        tools, turns)
      select substring(n.id from 9), a.tenant_id, a.user_id, a.run_id, n.id, a.id, a.id, 1, 'general', 'ended', '', '{}', 1
      from nodes n, agents a where a.id = $1`,
    [rootId, ids],
  );
}

it('is refused under the run’s lock when another agent has taken the last place since it counted', async () => {
  const end = gate();
  bench.script({
    lead: [spawns('part 0', 'part 1'), waits()],
    'part 0': [() => end.opened.then(() => ({ text: 'Done.' }))],
    'part 1': [() => end.opened.then(() => ({ text: 'Done.' }))],
  });
  const id = await bench.spawn('lead');
  await asleep(bench, 'lead');
  await addEnded(id, MOST_AGENTS - 4);
  const tree = await bench.status(id);
  const { tenantId, userId } = bench.person;
  const database = (await openDatabase()).as({ kind: 'tenant', tenantId, userId });
  const types = await findTypes(database);
  const spawnAs = async (task: string) => {
    const { id: agentId, run_id: runId, node_id: name } = agentOf(tree, task);
    const [row] = await bench.asOwner<{ node_id: string }>('select node_id from agents where id = $1', [agentId]);
    const self = await requireAgentOfNode(database, row?.node_id ?? '');
    const context = { tenantId, userId, runId, worker: 'general', callKey: `${self.node_id}:7:0`, database };
    const rest = { allowedHosts: [], signal: AbortSignal.timeout(10_000) };
    const outcome = await spawnAgent(self, name, types).execute({ task: 'one more' }, { ...context, ...rest });
    if (outcome.status !== 'completed') throw new Error(outcome.status);
    return { outcome, commit: () => database.queryAll([lockRun(runId), ...outcome.statements]) };
  };
  // Both see 19 agents.
  const [first, second] = [await spawnAs('part 0'), await spawnAs('part 1')];
  expect([first.outcome.isError, second.outcome.isError]).toEqual([false, false]);
  await first.commit();
  expect(sqlState(await second.commit().catch((error: unknown) => error))).toBe('AF409');
  expect((await spawnAs('part 1')).outcome).toMatchObject({
    isError: true,
    output: expect.stringContaining('The tree has 20 agents'),
  });
  expect((await bench.status(id)).tree).toHaveLength(MOST_AGENTS);
  await bench.post(`/agents/${id}/cancel`);
  end.open();
});

it('refuses unknown types, tools and models without a key, and gives no tool that the person has excluded', async () => {
  await bench.asOwner(
    `insert into agent_types (tenant_id, name, description, instruction, turns, model, updated_by)
      values ($1, 'keyless', 'x', 'x', 1, 'claude/x', 'x')`,
    [bench.person.tenantId],
  );
  const spawn = (parameters: Record<string, unknown>) => call('spawn_agent', { task: 'part', ...parameters });
  bench.script({
    lead: [
      {
        text: '',
        toolCalls: [
          spawn({ agent_type: 'plumber' }),
          spawn({ agent_type: 'writer', tools: ['run_command'] }),
          spawn({ agent_type: 'keyless' }),
          spawn({ agent_type: 'coder' }),
        ],
      },
      waits(),
      { text: 'Done.' },
    ],
  });
  const tools = ['calculator', 'spawn_agent', 'wait_for_agents'];
  await bench.treeEnded(await bench.spawn('lead', { tools }));
  const requests = bench.team.of('agent');
  const lead = requests.find(({ request, turn }) => taskOf(request) === 'lead' && turn === 1)?.request;
  expect(lead?.tools.map(({ name }) => name)).toEqual(tools);
  expect(lead && resultsOf(lead)).toEqual([
    'There is no type plumber; there are analyst, coder, general, researcher, writer, keyless.',
    expect.stringMatching(/^The type writer has no tool run_command; it has list_files/),
    expect.stringContaining('Claude has no key: set ANTHROPIC_API_KEY in the environment of the server'),
    expect.stringMatching(/^Spawned agent_\w{26} \(coder\)\.$/),
  ]);
  const part = requests.find(({ request }) => taskOf(request) === 'part')?.request;
  expect(part?.tools.map(({ name }) => name)).toEqual(tools);
});
