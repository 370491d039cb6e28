import { useQuery } from '@pinia/colada';
import { api, type Item } from '../../../api/client.ts';
import { dataOf } from '../../../api/problem.ts';

export type AgentType = Item<'/api/v1/agents/types'>;

/** Reads the types of agents: the built-in ones, then those of the team. There are few, so it is one page. */
export function useAgentTypes() {
  return useQuery({
    key: ['agents', 'types'],
    query: ({ signal }) => dataOf(api.GET('/api/v1/agents/types', { signal })),
  });
}

/** Returns the tools that a type may have: those of the built-in types. */
export function toolsFor(types: readonly AgentType[]): string[] {
  return [...new Set(types.filter((type) => type.is_builtin).flatMap((type) => type.tools))].sort();
}
