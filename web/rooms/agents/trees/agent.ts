import type { Answer, Item } from '../../../api/client.ts';

/** An agent as the API answers it, and how a tree of agents is shown. All texts are foreign. Pure. */
export type Agent = Item<'/api/v1/agents'>;
export type AgentTree = Answer<'/api/v1/agents/{id}/status', 'get'>;

/** The states of the filter. An agent is in the others only for a moment. */
export const FILTERED = ['running', 'waiting_input', 'completed', 'failed', 'cancelled'] as const;

const ENDED = ['completed', 'failed', 'cancelled', 'skipped'];

export function hasEnded({ status }: { status: string }): boolean {
  return ENDED.includes(status);
}

/** Returns the place of an agent's newest turn in the room of runs. */
export function turnPlaceOf({ run_id: run, node_id: node, turns }: Agent) {
  return { path: `/runs/${run}`, query: { turn: turns === 0 ? node : `${node}:${turns - 1}` } };
}

/** A line of the tree, with what a screen reader says of its place. */
export interface TreeRow {
  agent: Agent;
  level: number;
  /** Its place among the children of its parent, from 1, and how many these are. */
  place: number;
  siblings: number;
  /** Undefined for an agent without children. */
  isOpen: boolean | undefined;
}

/** Returns the visible lines from above, each parent before its children. The children of `closed` are left out. */
export function rowsOf(agents: readonly Agent[], closed: ReadonlySet<string>): TreeRow[] {
  const known = new Set(agents.map(({ id }) => id));
  const byParent = Map.groupBy(agents, ({ parent_id: parent }) =>
    parent !== null && known.has(parent) ? parent : undefined,
  );
  const below = (parent: string | undefined, level: number): TreeRow[] => {
    const children = byParent.get(parent) ?? [];
    return children.flatMap((agent, index) => {
      const isOpen = byParent.has(agent.id) ? !closed.has(agent.id) : undefined;
      const row = { agent, level, place: index + 1, siblings: children.length, isOpen };
      return [row, ...(isOpen ? below(agent.id, level + 1) : [])];
    });
  };
  return below(undefined, 1);
}
