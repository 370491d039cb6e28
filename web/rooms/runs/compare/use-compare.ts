import { useQuery } from '@pinia/colada';
import { computed } from 'vue';
import { api } from '../../../api/client.ts';
import { dataOf } from '../../../api/problem.ts';
import { hasEnded } from '../list/rows.ts';
import type { RunFile } from './align.ts';

const PAGE = 200;
/** More pages are not read; the page says so. */
const MOST_PAGES = 5;
export const MOST_FILES = PAGE * MOST_PAGES;
const LIVE_MS = 3_000;

/** Reads a run with its files. A run that works is read again each 3 s. */
export function useSide(id: () => string) {
  const run = useQuery({
    key: () => ['runs', 'one', id()],
    query: ({ signal }) => dataOf(api.GET('/api/v1/runs/{id}', { params: { path: { id: id() } }, signal })),
  });
  const files = useQuery({
    key: () => ['runs', 'files', id(), run.data.value?.status ?? ''],
    enabled: () => run.data.value !== undefined,
    query: ({ signal }) => readFiles(id(), signal),
  });
  return {
    run,
    files,
    isLive: computed(() => run.data.value !== undefined && !hasEnded(run.data.value)),
  };
}

export { LIVE_MS };

async function readFiles(id: string, signal: AbortSignal): Promise<{ items: RunFile[]; isPartial: boolean }> {
  const items: RunFile[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const query = { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) };
    const answer = await dataOf(api.GET('/api/v1/runs/{id}/files', { params: { path: { id }, query }, signal }));
    items.push(...answer.items);
    if (answer.next_cursor === null) return { items, isPartial: false };
    cursor = answer.next_cursor;
  }
  return { items, isPartial: true };
}
