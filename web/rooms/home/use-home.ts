import { useQuery, useQueryCache } from '@pinia/colada';
import { computed } from 'vue';
import { api } from '../../api/client.ts';
import { dataOf } from '../../api/problem.ts';
import { readAgain } from '../../api/read-again.ts';
import { usePoll } from '../../parts/poll.ts';
import { useRunChanges } from '../../parts/run-changes.ts';
import { atWorkOf, endedOf, lineOfAgent, lineOfCouncil, lineOfRun } from './home-line.ts';

const MOST = 5;
/** So many agents and councils, the newest, are searched for those at work. */
const MOST_AGENTS = 10;
/** Agents and councils are in no list of changes. */
const POLL_MS = 5_000;
/** A run that waits for the user stands with its question and not here. */
const AT_WORK = 'running,queued';
const ENDED = 'completed,failed,cost_exceeded,cancelled';
/** A memory that changed more often is "more than". */
const MOST_COMMITS = 100;

/** Reads what the home page shows, and reads it again when something has changed. */
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
  const agents = useQuery({
    key: ['agents', 'home'],
    query: ({ signal }) => dataOf(api.GET('/api/v1/agents', { params: { query: { limit: MOST_AGENTS } }, signal })),
  });
  const councils = useQuery({
    key: ['councils', 'home'],
    query: ({ signal }) =>
      dataOf(api.GET('/api/v1/agents/council', { params: { query: { limit: MOST_AGENTS } }, signal })),
  });
  usePoll(async () => {
    if (agents.isLoading.value || councils.isLoading.value) return;
    await Promise.all(['agents', 'councils'].map((noun) => readAgain(cache, [noun, 'home'])));
  }, POLL_MS);
  const others = computed(() => [
    ...(agents.data.value?.items ?? []).map(lineOfAgent),
    ...(councils.data.value?.items ?? []).map(lineOfCouncil),
  ]);
  const runsAtWork = runsOf('at-work', AT_WORK);
  const runsEnded = runsOf('ended', ENDED);
  const questions = useQuery({
    key: ['questions', 'home'],
    query: ({ signal }) => dataOf(api.GET('/api/v1/questions', { params: { query: { limit: MOST } }, signal })),
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
    runsAtWork,
    atWork: computed(() => atWorkOf([...(runsAtWork.data.value?.items ?? []).map(lineOfRun), ...others.value])),
    ended: computed(() => endedOf([...(runsEnded.data.value?.items ?? []).map(lineOfRun), ...others.value], MOST)),
    /** Whether the team has used nothing that this page shows. */
    isNew: computed(() => counts.data.value?.total === 0 && others.value.length === 0),
    /** The sections come together: one that came later would move the others. */
    isRead: computed(() =>
      [questions, runsAtWork, runsEnded, agents, councils].every(
        ({ data, error }) => data.value !== undefined || error.value !== null,
      ),
    ),
    questions,
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
