import { onBeforeUnmount, type ShallowRef, shallowRef, watch } from 'vue';
import { api } from '../../api/client.ts';
import { dataOf } from '../../api/problem.ts';
import { openStream, type StreamState } from '../../api/stream.ts';

/** A page is read again at most this often. */
const READ_AGAIN_MS = 500;
const LAST_EVENT = /^run_(completed|failed|cancelled|cost_exceeded)$/;

/**
 * Follows the events of a run from now on, and calls `onNews` soon after some were recorded, until the run has ended. A
 * tree of agents and a council are small, so the page reads the whole again instead of applying what the events say.
 */
export function useRunNews(
  run: () => { id: string; isEnded: boolean } | undefined,
  onNews: () => Promise<unknown>,
): Readonly<ShallowRef<StreamState | undefined>> {
  const connection = shallowRef<StreamState>();
  let close: (() => void) | undefined;
  let followed: string | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function readSoon(): void {
    timer ??= setTimeout(() => {
      timer = undefined;
      void onNews().catch(() => undefined);
    }, READ_AGAIN_MS);
  }

  async function follow(id: string): Promise<void> {
    const after = await newestSeq(id).catch(() => 0);
    if (followed !== id) return;
    close = openStream({
      url: `/api/v1/runs/${encodeURIComponent(id)}/events`,
      after,
      onEvents: (events) => events.some(({ seq }) => seq !== undefined) && readSoon(),
      onState: (state) => {
        connection.value = state;
      },
      isLast: ({ type }) => LAST_EVENT.test(type),
    });
    // The page may have been read before the newest event.
    readSoon();
  }

  function leave(): void {
    followed = undefined;
    clearTimeout(timer);
    timer = undefined;
    close?.();
    close = undefined;
    connection.value = undefined;
  }

  watch(
    () => run()?.id,
    (id) => {
      leave();
      if (id === undefined || run()?.isEnded) return;
      followed = id;
      void follow(id);
    },
    { immediate: true },
  );
  onBeforeUnmount(leave);
  return connection;
}

async function newestSeq(id: string): Promise<number> {
  const params = { path: { id }, query: { order: 'newest', limit: 1 } } as const;
  const { items } = await dataOf(api.GET('/api/v1/runs/{id}/logs', { params }));
  return items[0]?.seq ?? 0;
}
