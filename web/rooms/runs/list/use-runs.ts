import { useQueryCache } from '@pinia/colada';
import { computed, ref, shallowRef, watch } from 'vue';
import { api } from '../../../api/client.ts';
import { usePages } from '../../../api/pages.ts';
import { dataOf } from '../../../api/problem.ts';
import { announce } from '../../../parts/announce.ts';
import { useRunChanges } from '../../../parts/run-changes.ts';
import { lookOf } from '../../../parts/status.ts';
import { type CountQuery, countQueryOf, listQueryOf, matches, type RunFilter } from './filter.ts';
import { NO_CHANGES, type RunRow, shownRows, withChanges } from './rows.ts';

const PAGE = 50;

/**
 * Reads the runs of a filter page by page and keeps them live. Rows that are shown change in place; new runs are
 * counted and shown when the reader asks for them.
 */
export function useRuns(filter: () => RunFilter, me: () => string | undefined) {
  const cache = useQueryCache();
  const live = shallowRef(NO_CHANGES);
  const query = computed(() => listQueryOf(filter()));
  const { counts, readCounts, isCounted } = useCounts(() => countQueryOf(filter()));
  const readPage = (cursor: string | undefined, signal: AbortSignal) =>
    dataOf(
      api.GET('/api/v1/runs', {
        params: { query: { ...query.value, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) } },
        signal,
      }),
    );
  const pages = usePages(() => ['runs', 'list', { ...query.value }], readPage);
  const rows = computed<RunRow[]>(() => shownRows(pages.items.value, live.value));
  watch(query, () => {
    live.value = NO_CHANGES;
    void readCounts().catch(() => undefined);
  });

  const { news, look } = useRunChanges('runs', async ({ items, deleted, more }, isFirst) => {
    const isNews = items.length > 0 || deleted.length > 0;
    // What an earlier filter has read may show them too.
    if (deleted.length > 0) void cache.invalidateQueries({ key: ['runs'] }, false);
    if (isFirst || isNews) await readCounts();
    // The list may have been read before the first watermark.
    if ((isFirst && !pages.isPending.value) || more) return showFresh();
    if (!isNews) return;
    const before = rows.value;
    live.value = withChanges(live.value, pages.items.value, {
      changed: items,
      deleted,
      matches: (run) => matches({ ...run, by: run.started_by.user_id }, filter(), me()),
    });
    sayWhatMoved(before, rows.value);
    const isEmpty = rows.value.length === 0;
    if (isEmpty && (live.value.fresh.length > 0 || pages.hasMore.value)) await showFresh();
  });
  void readCounts().catch(() => undefined);

  async function showFresh() {
    await pages.refresh();
    live.value = NO_CHANGES;
  }

  return {
    rows,
    counts,
    news,
    /** Whether there may be news since an earlier look. */
    mayHaveNews: look !== undefined,
    fresh: computed(() => live.value.fresh.length),
    /** The runs that are gone since the pages were read. */
    removed: computed(() => live.value.removed),
    ...pages,
    /** The rows are shown with their counts, so that nothing moves. */
    isPending: computed(() => pages.isPending.value || !isCounted.value),
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

function useCounts(query: () => CountQuery) {
  const counts = shallowRef<Record<string, number>>();
  const isCounted = ref(false);
  let asked = 0;
  async function readCounts(signal?: AbortSignal) {
    const options = { params: { query: query() }, ...(signal === undefined ? {} : { signal }) };
    asked += 1;
    const question = asked;
    const { by_status: byStatus, total } = await dataOf(api.GET('/api/v1/runs/counts', options)).finally(() => {
      isCounted.value = true;
    });
    // A slow answer about an older filter must not take the place of a newer one.
    if (question === asked) counts.value = { ...byStatus, all: total };
  }
  return { counts, isCounted, readCounts };
}

function sayWhatMoved(before: readonly RunRow[], after: readonly RunRow[]): void {
  const old = new Map(before.map(({ id, status }) => [id, status]));
  const moved = after.find(({ id, status }) => old.has(id) && old.get(id) !== status);
  if (moved !== undefined) announce(`${moved.query.slice(0, 60)}: ${lookOf(moved.status).word}`);
}
