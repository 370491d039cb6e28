import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { MODEL_KEYS } from '../../platform/models/model-keys.ts';
import { ModelText } from '../../runs/run.ts';
import { BudgetUsd } from '../../runs/run-view.ts';
import { Agent, Task } from '../agent.ts';
import { TypeName } from '../agent-type.ts';
import { requireAgent } from '../find-agent.ts';
import { startTree } from '../start-tree.ts';

/**
 * Spawns an agent, the root of a new tree: it works on the task by itself and may spawn agents below it. The agent and
 * its first task are one transaction, so an accepted agent is never lost. `tools` and `model` hold for the whole tree.
 * Repeating the call with the same Idempotency-Key returns the first agent. Answers 422 for an unknown type, a tool
 * that the type does not have and a model whose provider has no key, and 429 when too many runs of the tenant are under
 * way.
 */
export const spawnAgent = endpoint({
  name: 'agents-spawn-agent',
  route: 'POST /api/v1/agents/spawn',
  access: 'agents:write',
  summary: 'Spawns an agent that works on a task and may spawn agents below it.',
  body: z.strictObject({
    task: Task,
    agent_type: TypeName.default('general'),
    tools: z
      .array(z.string().max(100))
      .max(100)
      .optional()
      .meta({ description: 'The only tools of the tree; left out: each agent has the tools of its type' }),
    model: ModelText.optional().meta({
      description: '`provider/model` of the whole tree; left out: each agent has the model of its type',
    }),
    budget_usd: BudgetUsd.optional().meta({ description: 'The most that the whole tree may cost' }),
  }),
  reply: { 202: Agent },
  deployment: { secrets: MODEL_KEYS },
}).handle(async ({ body, transaction }) => {
  const { id } = await startTree(transaction, body);
  const headers = { location: `/api/v1/agents/${id}/status` };
  return { status: 202, body: await requireAgent(transaction, id), headers };
});
