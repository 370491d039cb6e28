import { useQuery, useQueryCache } from '@pinia/colada';
import { computed } from 'vue';
import { api, type Item } from '../../api/client.ts';
import { dataOf } from '../../api/problem.ts';
import { readAgain } from '../../api/read-again.ts';
import { useRunChanges } from '../../parts/run-changes.ts';

export type HomeRun = Item<'/api/v1/runs'>;

const MOST = 5;
/** A run that waits for the user stands with its question and not here. */
const AT_WORK = 'running,queued';
const ENDED = 'completed,failed,cost_exceeded,cancelled';
/** A memory that changed more often is "more than". */
const MOST_COMMITS = 100;

/** Reads what the home page shows, and reads it again when a run has changed or was deleted. */
export function useHome() {
  const cache = useQueryCache();
  const { news, look } = useRunChanges('home', async ({ items, deleted, more }, isFirst) => {
    if (items.length === 0 && deleted.length === 0 && !more && !isFirst) return;
    await Promise.all(['runs', 'questions', 'usage'].map((noun) => readAgain(cache, [noun, 'home'])));
  });
  const runsOf = (name: string, status: string) =>
    useQuery({
      key: ['runs', 'home', name],
      query: ({ signal }) => dataOf(api.GET('/api/v1/runs', { params: { query: { status, limit: MOST } }, signal })),
    });
  const counts = useQuery({
    key: ['runs', 'home', 'counts'],
    query: ({ signal }) => dataOf(api.GET('/api/v1/runs/counts', { signal })),
  });
  const commits = useQuery({
    key: ['memory', 'home', look?.at ?? ''],
    enabled: look !== undefined,
    query: ({ signal }) =>
      dataOf(
        api.GET('/api/v1/memory/commits', { params: { query: { from: look?.at ?? '', limit: MOST_COMMITS } }, signal }),
      ),
  });
  return {
    news,
    counts,
    atWork: runsOf('at-work', AT_WORK),
    ended: runsOf('ended', ENDED),
    questions: useQuery({
      key: ['questions', 'home'],
      query: ({ signal }) => dataOf(api.GET('/api/v1/questions', { params: { query: { limit: MOST } }, signal })),
    }),
    usage: useQuery({
      key: ['usage', 'home'],
      query: ({ signal }) => dataOf(api.GET('/api/v1/usage', { signal })),
    }),
    memory: computed(() => ({
      count: commits.data.value?.items.length ?? 0,
      isMore: commits.data.value?.next_cursor != null,
    })),
  };
}
