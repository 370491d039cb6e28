import { UsersRound } from '@lucide/vue';
import { api } from '../../api/client.ts';
import { dataOf } from '../../api/problem.ts';
import type { Command } from '../../app/room.ts';

const MOST = 5;

/** Finds statements of the village for the command palette by their words and their meaning. */
export async function findStatements(words: string, signal: AbortSignal): Promise<Command[]> {
  const query = { query: words.slice(0, 500), limit: MOST };
  const { items } = await dataOf(api.GET('/api/v1/village/knowledge', { params: { query }, signal }));
  return items.map(({ id, content, agent }) => ({
    label: content.replace(/\s+/g, ' ').slice(0, 120),
    hint: agent.name,
    icon: UsersRound,
    to: `/village?on=${id}`,
  }));
}
