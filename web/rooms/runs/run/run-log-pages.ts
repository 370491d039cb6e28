import { type Ref, shallowRef } from 'vue';
import { api } from '../../../api/client.ts';
import { dataOf } from '../../../api/problem.ts';
import { addNewer, addOlder, EMPTY_LOG, type RunLog } from './run-events.ts';

/** Reads the log of a run from its end: the newest page, then older ones when they are asked for. */

const FIRST_PAGE = 50;
const OLDER_PAGE = 200;

export interface OlderPages {
  /** Undefined at the start of the run. */
  cursor: string | undefined;
  isLoading: boolean;
  error: unknown;
}

export function useLogPages(id: string, log: Ref<RunLog>) {
  const older = shallowRef<OlderPages>({ cursor: undefined, isLoading: false, error: undefined });

  /** Begins anew with the newest page. @throws ApiError */
  async function readNewest() {
    const page = await read({ limit: FIRST_PAGE });
    log.value = addNewer(EMPTY_LOG, page.items);
    older.value = { cursor: page.next_cursor ?? undefined, isLoading: false, error: undefined };
    return page.items;
  }

  /** Reads the page before the first known event. */
  async function loadOlder(): Promise<void> {
    const { cursor, isLoading } = older.value;
    if (cursor === undefined || isLoading) return;
    older.value = { cursor, isLoading: true, error: undefined };
    try {
      const page = await read({ limit: OLDER_PAGE, cursor });
      log.value = addOlder(log.value, page.items);
      older.value = { cursor: page.next_cursor ?? undefined, isLoading: false, error: undefined };
    } catch (cause) {
      older.value = { cursor, isLoading: false, error: cause };
    }
  }

  /** Reads back to an event. */
  async function loadBackTo(seq: number): Promise<void> {
    while (log.value.firstSeq > seq && older.value.cursor !== undefined && older.value.error === undefined) {
      if (older.value.isLoading) return;
      await loadOlder();
    }
  }

  function read(page: { limit: number; cursor?: string }) {
    const query = { order: 'newest' as const, ...page };
    return dataOf(api.GET('/api/v1/runs/{id}/logs', { params: { path: { id }, query } }));
  }

  return { older, readNewest, loadOlder, loadBackTo };
}
