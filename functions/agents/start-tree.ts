import { findModelOf } from '../identity/choose-model.ts';
import type { Transaction } from '../platform/database/database.ts';
import { Problem } from '../platform/errors.ts';
import { createId } from '../platform/id.ts';
import type { ModelChoice } from '../platform/models/model.ts';
import { startRun } from '../runs/lifecycle/start.ts';
import { refuseUnusable } from '../runs/open-model.ts';
import { graphNode, graphOf } from '../runs/planning/graph.ts';
import { TakeAgentTurn } from './agent.ts';
import { agentTools } from './agent-tools.ts';
import { ModelOfType, storedModel } from './agent-type.ts';
import { instructionOf } from './built-in-types.ts';
import { findType } from './find-type.ts';
import { type AgentRow, insertAgent, type SpawnedTree } from './sql/agent.ts';

/** What a user asks of an agent. */
export interface WantedTree {
  task: string;
  agent_type: string;
  /** The only tools of the agent and of those that it spawns. */
  tools?: readonly string[] | undefined;
  /** The model of the whole tree; left out: each agent has the model of its type. */
  model?: ModelChoice | undefined;
  budget_usd?: number | undefined;
}

/**
 * Starts a tree of agents in the caller's transaction: a run of kind `agent` whose first node is the root. The end of
 * the root is the end of the run. `spawnedBy` is the call of a tool that starts it.
 * @returns the ids of the root and of its run
 * @throws Problem 422 for an unknown type, a tool that the type does not have and a model whose provider has no key,
 * 429 and 501 of {@link startRun}
 */
export async function startTree(
  transaction: Transaction,
  wanted: WantedTree,
  spawnedBy?: string,
): Promise<SpawnedTree> {
  const type = await findType(transaction, wanted.agent_type);
  if (type === undefined) throw refused('agent_type', `There is no type ${wanted.agent_type}`);
  const missing = wanted.tools?.find((name) => !type.tools.includes(name));
  if (missing !== undefined)
    throw refused('tools', `The type ${type.name} has no tool ${missing}; it has ${type.tools.join(', ')}`);
  const choice = wanted.model ?? ModelOfType.parse(type.model) ?? (await findModelOf(transaction, type.name));
  if (choice !== undefined) await refuseUnusable([{ choice, path: 'body.model' }]);
  const id = createId('agent');
  const agent: Omit<AgentRow, 'run_id' | 'node_id'> = {
    id,
    root_id: id,
    parent_id: null,
    depth: 0,
    agent_type: type.name,
    task: wanted.task,
    instruction: instructionOf(type),
    tools: agentTools(type, { allowed: wanted.tools, depth: 0 }),
    turns: type.turns,
    allowed_tools: wanted.tools === undefined ? null : [...wanted.tools],
    wanted_model: storedModel(wanted.model ?? null),
  };
  const runId = await startRun(
    transaction,
    { kind: 'agent', query: wanted.task, team: [], agent_type: type.name, budget_usd: wanted.budget_usd },
    { ...graphOf([graphNode(type.name, type.name, [])]), decides: type.name },
    {
      turnStep: TakeAgentTurn.step,
      choice: () => wanted.model ?? ModelOfType.parse(type.model),
      record: (run, nodes) => nodes.map((node) => insertAgent({ ...agent, run_id: run, node_id: node.id }, spawnedBy)),
    },
  );
  return { id, run_id: runId };
}

function refused(field: string, detail: string): Problem {
  return new Problem('invalid-request', `${detail}.`, { errors: [{ path: `body.${field}`, message: detail }] });
}
