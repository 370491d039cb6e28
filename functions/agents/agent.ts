import { z } from 'zod';
import { idSchema } from '../platform/id.ts';
import { taskType } from '../platform/queue/task.ts';
import { NodeStatus } from '../runs/planning/graph.ts';
import { Money, RunId, TakeTurn, Timestamp, Tokens } from '../runs/run.ts';

/** Agents as the API shows them, the limits of a tree, and the task that takes the turns of an agent. */

/** The deepest level of a tree; its root is at level 0. An agent at this level spawns none. */
export const DEEPEST = 3;
/** The most agents of a tree, the root and those that have ended among them. */
export const MOST_AGENTS = 20;

export const AgentId = idSchema('agent');
export const AgentParams = z.strictObject({ id: AgentId });
export const Task = z.string().trim().min(1).max(20_000);

/** Takes turns of an agent. The engine of `runs` writes this task for nodes whose `turn_step` it is. */
export const TakeAgentTurn: typeof TakeTurn = taskType({
  step: 'agents-take-agent-turn',
  queue: 'model',
  payload: TakeTurn.payload,
});

export const Agent = z.strictObject({
  id: AgentId,
  run_id: RunId.meta({ description: 'The run of the whole tree: its events, turns, questions and costs' }),
  node_id: z.string().meta({ description: 'The node of the run that is the agent' }),
  root_id: AgentId,
  parent_id: AgentId.nullable(),
  depth: z.int().meta({ description: `0 for the root, at most ${DEEPEST}` }),
  agent_type: z.string(),
  task: z.string(),
  status: NodeStatus,
  model: z.string().meta({ description: '`provider/model`' }),
  turns: z.int().meta({ description: 'Turns that are recorded' }),
  cost_usd: Money,
  tokens: Tokens,
  children: z.int().meta({ description: 'How many agents it has spawned' }),
  activity: z.string().nullable().meta({ description: 'Its last event, cut at 200 characters' }),
  error: z.string().nullable(),
  created_at: Timestamp,
  started_at: Timestamp.nullable(),
  completed_at: Timestamp.nullable(),
});

export const AgentResult = z.strictObject({
  id: AgentId,
  status: NodeStatus,
  result: z.string().nullable().meta({ description: 'Null until the agent has completed' }),
  error: z.string().nullable(),
});

export const AgentTree = z.strictObject({
  agent: Agent,
  tree: z.array(Agent).meta({ description: 'All agents of the tree in the order in which they were spawned' }),
  spent_usd: Money.meta({ description: 'What the whole tree has cost' }),
  budget_usd: Money.nullable(),
});
