import { Play } from '@lucide/vue';
import { api } from '../../api/client.ts';
import { dataOf } from '../../api/problem.ts';
import type { Command } from '../../app/room.ts';
import { lookOf } from '../../parts/status.ts';

const MOST = 5;

/** Finds runs for the command palette by the words of their tasks. */
export async function findRuns(words: string, signal: AbortSignal): Promise<Command[]> {
  const { items } = await dataOf(
    api.GET('/api/v1/runs', { params: { query: { q: words.slice(0, 200), limit: MOST } }, signal }),
  );
  return items.map(({ id, query, status }) => ({
    label: query.replace(/\s+/g, ' ').slice(0, 120),
    hint: lookOf(status).word,
    icon: Play,
    to: `/runs/${id}`,
  }));
}
