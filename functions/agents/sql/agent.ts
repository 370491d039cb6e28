import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';
import type { NodeStatus } from '../../runs/planning/graph.ts';
import { TakeTurn } from '../../runs/run.ts';

/** An agent as its own turns read it. */
export interface AgentRow {
  id: string;
  run_id: string;
  node_id: string;
  root_id: string;
  parent_id: string | null;
  depth: number;
  agent_type: string;
  task: string;
  instruction: string;
  tools: string[];
  turns: number;
  allowed_tools: string[] | null;
  wanted_model: string | null;
}

/** Inserts an agent with its node, which the same transaction inserts. */
export function insertAgent(agent: AgentRow, spawnedBy: string | undefined): Statement {
  return {
    name: 'insert_agent',
    text: `insert into agents (id, tenant_id, user_id, run_id, node_id, root_id, parent_id, depth, agent_type, task,
        instruction, tools, turns, allowed_tools, wanted_model, spawned_by)
      select $1, current_tenant_id(), s.user_id, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14
      from sessions s where s.id = $2`,
    values: [
      agent.id,
      agent.run_id,
      agent.node_id,
      agent.root_id,
      agent.parent_id,
      agent.depth,
      agent.agent_type,
      agent.task,
      agent.instruction,
      agent.tools,
      agent.turns,
      agent.allowed_tools,
      agent.wanted_model,
      spawnedBy,
    ],
  };
}

/** Returns the agent that a node is. @throws Error when the node is none */
export async function requireAgentOfNode(queryable: Queryable, nodeId: string): Promise<AgentRow> {
  const [row] = await queryable.query<AgentRow>({
    name: 'find_agent_of_node',
    text: `select id, run_id, node_id, root_id, parent_id, depth, agent_type, task, instruction, tools, turns,
        allowed_tools, wanted_model
      from agents where node_id = $1`,
    values: [nodeId],
  });
  if (row === undefined) throw new Error(`The node ${nodeId} is no agent`);
  return row;
}

/** The root of a tree and its run. */
export type SpawnedTree = Pick<AgentRow, 'id' | 'run_id'>;

/** Returns the root that a call of a tool has spawned, or undefined. */
export async function findTreeSpawnedBy(queryable: Queryable, callKey: string): Promise<SpawnedTree | undefined> {
  const [row] = await queryable.query<SpawnedTree>({
    name: 'find_tree_spawned_by',
    text: 'select id, run_id from agents where tenant_id = current_tenant_id() and spawned_by = $1',
    values: [callKey],
  });
  return row;
}

/** Returns how many agents a tree has, and how many of them an agent has spawned. */
export async function countAgents(
  queryable: Queryable,
  { run_id: runId, id }: Pick<AgentRow, 'run_id' | 'id'>,
): Promise<{ tree: number; children: number }> {
  const [row] = await queryable.query<{ tree: number; children: number }>({
    name: 'count_agents',
    text: `select count(*)::integer as tree, count(*) filter (where parent_id = $2)::integer as children
      from agents where tenant_id = current_tenant_id() and run_id = $1`,
    values: [runId, id],
  });
  return row ?? { tree: 0, children: 0 };
}

/** Raises AF409 when a tree has `most` agents. The transaction has locked the run, so concurrent calls count right. */
export function refuseFullTree(runId: string, most: number): Statement {
  return {
    name: 'refuse_full_tree',
    text: `select refuse('AF409', 'the tree is full')
      where (select count(*) from agents where tenant_id = current_tenant_id() and run_id = $1) >= $2`,
    values: [runId, most],
  };
}

/** An agent as the agent that has spawned it reads it. */
export interface ChildRow {
  id: string;
  agent_type: string;
  task: string;
  status: NodeStatus;
  result: string | null;
  error: string | null;
}

/** Lists the agents that an agent has spawned, in their order. */
export async function listChildren(queryable: Queryable, parentId: string): Promise<ChildRow[]> {
  return queryable.query<ChildRow>({
    name: 'list_children',
    text: `select a.id, a.agent_type, a.task, n.status, n.result, n.error from agents a
      join run_nodes n on n.id = a.node_id
      where a.tenant_id = current_tenant_id() and a.parent_id = $1 order by n.position`,
    values: [parentId],
  });
}

const IS_OPEN = `n.status in ('pending', 'running', 'waiting_input')`;

/**
 * Lets a node sleep until these agents have ended, all or the first of them, or the time is over. It continues at once
 * when they have ended in the meantime: the end of an agent locks the run as this statement's transaction does. Returns
 * rows of TurnTask.
 */
export function sleepUntilAgents(
  nodeId: string,
  wanted: { ids: readonly string[]; isAll: boolean; seconds: number },
): Statement {
  return {
    name: 'ring_after_agents',
    text: `select r.task_name, r.step, r.payload, r.not_before
      from (select count(*) filter (where ${IS_OPEN}) as open, count(*) as wanted
        from agents a join run_nodes n on n.id = a.node_id where a.id = any ($2)) c
      cross join lateral ring_node($1, $5, $6, case when c.open = 0 or not $3 and c.open < c.wanted then null
        else now() + make_interval(secs => $4::float8) end) r`,
    values: [nodeId, wanted.ids, wanted.isAll, wanted.seconds, TakeTurn.step, TakeTurn.queue],
  };
}

/**
 * Enqueues the next turn of the agent that has spawned another, if it waits for agents. Called in the transaction that
 * ends the other, however it ends. Returns rows of TurnTask.
 */
export function wakeParent(of: { nodeId: string } | { id: string }): Statement {
  const [column, value] = 'id' in of ? ['id', of.id] : ['node_id', of.nodeId];
  return {
    name: `ring_parent_by_${column}`,
    text: `select r.task_name, r.step, r.payload, r.not_before
      from (select n.id from agents a join agents p on p.id = a.parent_id join run_nodes n on n.id = p.node_id
        where a.${column} = $1 and n.status = 'running' and n.wake_at is not null and exists (select from tool_calls c
          where c.node_id = n.id and c.status = 'waiting' and c.name = 'wait_for_agents') for update of n) w
      cross join lateral ring_node(w.id, $2, $3) r`,
    values: [value, TakeTurn.step, TakeTurn.queue],
  };
}

/** Cancels the agents below a node's. The transaction has locked the run. */
export function cancelAgentsBelow(nodeId: string): Statement {
  return {
    name: 'cancel_agents_below',
    text: 'select cancel_agents(id, false) as cancelled from agents where node_id = $1',
    values: [nodeId],
  };
}

/** Cancels an agent and those below it. The transaction has locked the run. Returns how many it cancelled. */
export function cancelAgents(id: string): Statement {
  return { name: 'cancel_agents', text: 'select cancel_agents($1, true) as cancelled', values: [id] };
}
