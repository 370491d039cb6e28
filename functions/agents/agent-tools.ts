import { DEEPEST } from './agent.ts';
import type { AgentType } from './agent-type.ts';
import { allowedTools } from './built-in-types.ts';

/** The tools with which an agent works with the agents that it has spawned. */
const SPAWN = 'spawn_agent';
const OF_CHILDREN: readonly string[] = [SPAWN, 'wait_for_agents', 'agent_result', 'cancel_agent'];

/**
 * Returns the tools of a new agent: those of its type that the user of the tree has not excluded and its parent has
 * asked for. An agent that cannot spawn has no tool for the agents that it has spawned.
 */
export function agentTools(
  type: Pick<AgentType, 'tools'>,
  limits: { depth: number; allowed?: readonly string[] | null | undefined; wanted?: readonly string[] | undefined },
): string[] {
  const { depth, allowed, wanted } = limits;
  // An own type may name a tool that agents had in an earlier version.
  const known = allowedTools();
  const tools = type.tools.filter(
    (name) => known.includes(name) && allowed?.includes(name) !== false && wanted?.includes(name) !== false,
  );
  const spawns = depth < DEEPEST && tools.includes(SPAWN);
  return spawns ? tools : tools.filter((name) => !OF_CHILDREN.includes(name));
}
