import { useQueryCache } from '@pinia/colada';
import { computed, ref, shallowRef, watch } from 'vue';
import { api } from '../../../api/client.ts';
import { usePages } from '../../../api/pages.ts';
import { dataOf } from '../../../api/problem.ts';
import { announce } from '../../../parts/announce.ts';
import { usePoll } from '../../../parts/poll.ts';
import { lookOf } from '../../../parts/status.ts';
import { countQueryOf, listQueryOf, type RunFilter } from './filter.ts';
import { NO_CHANGES, type RunRow, shownRows, withChanges } from './rows.ts';

const POLL_MS = 3_000;
const PAGE = 50;

/**
 * Reads the runs of a filter page by page and keeps them live: each 3 s while the tab is seen. Rows that are shown change
 * in place; new runs are counted and shown when the reader asks for them.
 */
export function useRuns(filter: () => RunFilter) {
  const cache = useQueryCache();
  const counts = shallowRef<Record<string, number>>();
  const live = shallowRef(NO_CHANGES);
  const isFirstRead = ref(true);
  const query = computed(() => listQueryOf(filter()));
  const pages = usePages(
    () => ['runs', 'list', { ...query.value }],
    (cursor, signal) =>
      dataOf(
        api.GET('/api/v1/runs', {
          params: { query: { ...query.value, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) } },
          signal,
        }),
      ),
  );
  watch(pages.items, () => {
    live.value = NO_CHANGES;
    isFirstRead.value = false;
  });

  async function readCounts(signal?: AbortSignal) {
    const asked = countQueryOf(filter());
    const answer = await dataOf(
      api.GET('/api/v1/runs/counts', { params: { query: asked }, ...(signal ? { signal } : {}) }),
    );
    counts.value = { ...answer.by_status, all: answer.total };
  }
  watch(query, () => void readCounts().catch(() => undefined));

  usePoll(async (signal) => {
    await readCounts(signal);
    if (pages.isPending.value) return;
    const asked = query.value;
    const { items } = await dataOf(
      api.GET('/api/v1/runs', { params: { query: { ...asked, limit: PAGE } }, signal }),
    );
    if (asked !== query.value) return;
    const before = new Map(rows.value.map(({ id, status }) => [id, status]));
    live.value = withChanges(live.value, pages.items.value, { changed: items, matches: () => true });
    const moved = rows.value.find(({ id, status }) => before.has(id) && before.get(id) !== status);
    if (moved !== undefined) announce(`${moved.query.slice(0, 60)}: ${lookOf(moved.status).word}`);
    if (pages.items.value.length === 0 && live.value.fresh.length > 0) await showFresh();
  }, POLL_MS);

  const rows = computed<RunRow[]>(() => shownRows(pages.items.value, live.value));

  async function showFresh() {
    await pages.refresh();
    live.value = NO_CHANGES;
  }

  return {
    rows,
    counts,
    fresh: computed(() => live.value.fresh.length),
    isPending: pages.isPending,
    isLoading: pages.isLoading,
    error: pages.error,
    hasMore: pages.hasMore,
    loadMore: pages.loadMore,
    showFresh,
    /** Shows what an action answered with, before the next poll. */
    replace: (run: RunRow) => {
      live.value = { ...live.value, changed: new Map(live.value.changed).set(run.id, run) };
    },
    remove: (id: string) => {
      live.value = { ...live.value, removed: new Set(live.value.removed).add(id) };
      void cache.invalidateQueries({ key: ['runs'] }, false);
      void readCounts().catch(() => undefined);
    },
  };
}
