import { type EntryKey, useInfiniteQuery } from '@pinia/colada';
import { computed } from 'vue';

interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

/**
 * Reads a list page by page. `load` gets the cursor of the page and a signal that aborts the call when nobody waits for
 * it. Pages that are there stay visible while they are read again.
 *
 *     const runs = usePages(() => ['runs', filter.value], (cursor, signal) =>
 *       dataOf(api.GET('/api/v1/runs', { params: { query: { ...filter.value, cursor } }, signal })));
 */
export function usePages<T, P extends Page<T> = Page<T>>(
  key: () => EntryKey,
  load: (cursor: string | undefined, signal: AbortSignal) => Promise<P & Page<T>>,
  options: { enabled?: () => boolean } = {},
) {
  const query = useInfiniteQuery<P & Page<T>, Error, string | undefined>({
    key,
    query: ({ pageParam, signal }) => load(pageParam, signal),
    initialPageParam: undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    enabled: options.enabled ?? true,
  });
  return {
    items: computed<T[]>(() => query.data.value?.pages.flatMap((page) => page.items) ?? []),
    /** The first page, for what a list answers beside its items. */
    first: computed(() => query.data.value?.pages[0]),
    /** Whether nothing can be shown yet. */
    isPending: query.isPending,
    isLoading: query.isLoading,
    error: query.error,
    hasMore: query.hasNextPage,
    loadMore: () => query.loadNextPage(),
    /** Reads the pages again that are shown. */
    refresh: () => query.refetch(),
  };
}
