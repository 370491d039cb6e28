import { useQuery } from '@pinia/colada';
import { type Answer, api, type Item } from '../../../api/client.ts';
import { usePages } from '../../../api/pages.ts';
import { dataOf } from '../../../api/problem.ts';

export type AgentType = Item<'/api/v1/agents/types'>;
export type Tool = Item<'/api/v1/tools'>;

/** What an answer of a list of tools has beside its items is not used. */
const MOST_TOOLS = 200;
const MOST_TYPES = 100;

/** Reads the types of agents, built-in ones and those of the team. */
export function useAgentTypes() {
  return usePages<AgentType>(
    () => ['agents', 'types'],
    (cursor, signal) =>
      dataOf(api.GET('/api/v1/agents/types', { params: { query: { limit: MOST_TYPES, cursor } }, signal })),
  );
}

/** Reads the tools that the team has, by name. */
export function useTools() {
  return useQuery<Answer<'/api/v1/tools', 'get'>>({
    key: ['tools', 'of-agents'],
    query: ({ signal }) => dataOf(api.GET('/api/v1/tools', { params: { query: { limit: MOST_TOOLS } }, signal })),
  });
}
