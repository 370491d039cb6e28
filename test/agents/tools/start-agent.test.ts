import { afterAll, beforeAll, expect, it } from 'vitest';
import { call } from '../../support/team-script.ts';
import { type AgentBench, openAgents, resultsOf } from '../bench.ts';

let bench: AgentBench;
beforeAll(async () => {
  bench = await openAgents();
});
afterAll(() => bench.close());

it('an assistant in the chat spawns an agent for the person, and reads why it cannot', async () => {
  await bench.asOwner(
    `insert into agent_types (tenant_id, name, description, instruction, turns, model, updated_by)
      values ($1, 'keyless', 'x', 'x', 1, 'claude/x', 'x')`,
    [bench.person.tenantId],
  );
  bench.team.perform({
    assistant: [
      {
        text: '',
        toolCalls: [
          call('spawn_agent', { task: 'Compare two ways', agent_type: 'researcher', budget_usd: 1 }),
          call('spawn_agent', { task: 'Compare two ways', agent_type: 'plumber' }),
          call('spawn_agent', { task: 'Compare two ways', agent_type: 'keyless' }),
        ],
      },
      { text: 'It works.' },
    ],
    agent: [{ text: 'Both are fine.' }],
  });
  const answer = await bench.server.call('POST', '/api/v1/chat/message', {
    token: bench.person.token,
    headers: { accept: 'application/json' },
    body: { message: 'Let an agent compare two ways.' },
  });
  expect(answer.body.message).toMatchObject({ status: 'complete' });
  const { items } = (await bench.get('/agents')).body;
  expect(items).toMatchObject([{ agent_type: 'researcher', task: 'Compare two ways', parent_id: null }]);
  const [asked] = bench.team.of('assistant', 1);
  expect(asked && resultsOf(asked.request)).toEqual([
    `Started the agent ${items[0].id} in the run ${items[0].run_id}. It works on by itself.`,
    'There is no type plumber.',
    expect.stringContaining('Claude has no key: set ANTHROPIC_API_KEY in the environment of the server'),
  ]);
  expect(await bench.treeEnded(items[0].id)).toMatchObject({ agent: { status: 'completed' }, budget_usd: '1' });
});
