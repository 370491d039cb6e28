import { useQuery, useQueryCache } from '@pinia/colada';
import { onBeforeUnmount, ref, shallowRef, watch } from 'vue';
import { api } from '../../../api/client.ts';
import { dataOf } from '../../../api/problem.ts';
import { openStream, type StreamEvent, type StreamState } from '../../../api/stream.ts';
import { hasEnded, isLastEvent, type LogEvent, readStream } from './run-event.ts';
import { addDeltas, addNewer, addOlder, EMPTY_LOG, hasGap } from './run-events.ts';
import { applyEvents, isStructural, type RunState, stateOf } from './run-state.ts';

/**
 * Reads one run and follows it: the newest page of its log, then the stream from the number of that page's last event.
 * What arrives is gathered and applied once a frame. Older pages are read when they are asked for.
 */

const FIRST_PAGE = 50;
const OLDER_PAGE = 200;
/** The run is read again at most this often. */
const REFRESH_MS = 700;

export function useRunFeed(id: string, onEvents: (events: readonly LogEvent[]) => void) {
  const cache = useQueryCache();
  const query = useQuery({
    key: () => ['runs', 'one', id],
    query: ({ signal }) => dataOf(api.GET('/api/v1/runs/{id}', { params: { path: { id } }, signal })),
    staleTime: 0,
  });
  const log = shallowRef(EMPTY_LOG);
  const state = shallowRef<RunState>();
  const connection = shallowRef<StreamState>({ kind: 'connecting' });
  const older = shallowRef<{ cursor: string | undefined; isLoading: boolean; error: unknown }>({
    cursor: undefined,
    isLoading: false,
    error: undefined,
  });
  const isReady = ref(false);
  const error = shallowRef<unknown>();
  /** Events that came after the state of the last answer, for the case that an answer is older than they are. */
  let recent: LogEvent[] = [];
  let received: StreamEvent[] = [];
  let frame = 0;
  let refreshing: ReturnType<typeof setTimeout> | undefined;
  let close: (() => void) | undefined;
  let isClosed = false;

  watch(
    query.data,
    (run) => {
      if (run === undefined) return;
      recent = recent.filter(({ seq }) => seq > run.event_seq);
      state.value = applyEvents(stateOf(run), recent);
    },
    { immediate: true },
  );

  async function start(): Promise<void> {
    error.value = undefined;
    try {
      const page = await readLog({ order: 'newest', limit: FIRST_PAGE });
      if (isClosed) return;
      log.value = addNewer(EMPTY_LOG, page.items);
      // The run may have been read before these events.
      recent = [...page.items];
      if (state.value !== undefined) state.value = applyEvents(state.value, recent);
      older.value = { cursor: page.next_cursor ?? undefined, isLoading: false, error: undefined };
      isReady.value = true;
      if (page.items.some(({ type }) => isLastEvent(type))) connection.value = { kind: 'ended' };
      else follow();
    } catch (cause) {
      error.value = cause;
    }
  }

  function follow(): void {
    close = openStream({
      url: `/api/v1/runs/${encodeURIComponent(id)}/events`,
      after: log.value.lastSeq,
      onEvents: (events) => {
        received.push(...events);
        frame ||= requestAnimationFrame(apply);
      },
      onState: (next) => {
        connection.value = next;
      },
      isLast: ({ type }) => isLastEvent(type),
    });
  }

  function apply(): void {
    frame = 0;
    const { events, deltas } = readStream(received);
    received = [];
    const fresh = events.filter(({ seq }) => seq > log.value.lastSeq);
    if (hasGap(log.value, fresh)) {
      // Numbers have no gaps, so this is a server that forgot: begin anew with what it has.
      close?.();
      void start();
      return;
    }
    log.value = addDeltas(addNewer(log.value, fresh), deltas);
    if (fresh.length === 0) return;
    recent.push(...fresh);
    if (state.value !== undefined) state.value = applyEvents(state.value, fresh);
    if (isStructural(fresh)) refreshSoon();
    onEvents(fresh);
  }

  function refreshSoon(): void {
    refreshing ??= setTimeout(async () => {
      refreshing = undefined;
      await query.refetch();
      void cache.invalidateQueries({ key: ['questions'] });
      void cache.invalidateQueries({ key: ['runs', 'files', id] });
    }, REFRESH_MS);
  }

  /** Reads the page of the log before the first known event. */
  async function loadOlder(): Promise<void> {
    const { cursor, isLoading } = older.value;
    if (cursor === undefined || isLoading) return;
    older.value = { cursor, isLoading: true, error: undefined };
    try {
      const page = await readLog({ order: 'newest', limit: OLDER_PAGE, cursor });
      log.value = addOlder(log.value, page.items);
      older.value = { cursor: page.next_cursor ?? undefined, isLoading: false, error: undefined };
    } catch (cause) {
      older.value = { cursor, isLoading: false, error: cause };
    }
  }

  function readLog(filter: { order: 'newest'; limit: number; cursor?: string }) {
    return dataOf(api.GET('/api/v1/runs/{id}/logs', { params: { path: { id }, query: filter } }));
  }

  onBeforeUnmount(() => {
    isClosed = true;
    close?.();
    cancelAnimationFrame(frame);
    clearTimeout(refreshing);
  });
  void start();

  return {
    run: query.data,
    runError: query.error,
    refresh: () => query.refetch(),
    state,
    log,
    connection,
    older,
    isReady,
    error,
    loadOlder,
    retry: start,
    isOver: () => hasEnded(state.value?.status ?? ''),
  };
}

export type RunFeed = ReturnType<typeof useRunFeed>;
