import { useQuery, useQueryCache } from '@pinia/colada';
import { onBeforeUnmount, ref, shallowRef, watch } from 'vue';
import { api } from '../../../api/client.ts';
import { dataOf } from '../../../api/problem.ts';
import { readAgain } from '../../../api/read-again.ts';
import { openStream, type StreamEvent, type StreamState } from '../../../api/stream.ts';
import { isLastEvent, type LogEvent, type Run, readStream } from './run-event.ts';
import { addDeltas, addNewer, EMPTY_LOG, hasGap } from './run-events.ts';
import { useLogPages } from './run-log-pages.ts';
import { applyEvents, isStructural, mayChangeReserved, type RunState, stateOf } from './run-state.ts';

/**
 * Reads one run and follows it: the newest page of its log, then the stream from the number of that page's last event.
 * Numbers have no gaps, so nothing is missed and nothing comes twice.
 */
export function useRunFeed(id: string, onEvents: (events: readonly LogEvent[]) => void) {
  const query = useRunQuery(id);
  const log = shallowRef(EMPTY_LOG);
  const pages = useLogPages(id, log);
  const refreshSoon = useRefresh(id, () => query.refetch());
  const { state, add, begin } = useRunState(id, query.data, () => refreshSoon('all'));
  const connection = shallowRef<StreamState>({ kind: 'connecting' });
  const isReady = ref(false);
  const error = shallowRef<unknown>();
  const gather = useFrames(apply);
  let close: (() => void) | undefined;
  let isClosed = false;

  async function start(): Promise<void> {
    error.value = undefined;
    try {
      const events = await pages.readNewest();
      if (isClosed) return;
      // The run may have been read before these events.
      begin(events);
      isReady.value = true;
      if (events.some(({ type }) => isLastEvent(type))) connection.value = { kind: 'ended' };
      else follow();
    } catch (cause) {
      error.value = cause;
    }
  }

  function follow(): void {
    close = openStream({
      url: `/api/v1/runs/${encodeURIComponent(id)}/events`,
      after: log.value.lastSeq,
      onEvents: gather,
      onState: (next) => {
        connection.value = next;
      },
      isLast: ({ type }) => isLastEvent(type),
    });
  }

  function apply(received: readonly StreamEvent[]): void {
    const { events, deltas } = readStream(received);
    const fresh = events.filter(({ seq }) => seq > log.value.lastSeq);
    if (hasGap(log.value, fresh)) {
      // Only a server that was restored from a backup skips numbers: begin anew with what it has.
      close?.();
      void start();
      return;
    }
    log.value = addDeltas(addNewer(log.value, fresh), deltas);
    if (fresh.length === 0) return;
    add(fresh);
    if (isStructural(fresh)) refreshSoon('all');
    else if (query.data.value !== undefined && mayChangeReserved(query.data.value, fresh)) refreshSoon('run');
    onEvents(fresh);
  }

  onBeforeUnmount(() => {
    isClosed = true;
    close?.();
  });
  void start();

  const { older, loadOlder, loadBackTo } = pages;
  const { data: run, error: runError, refetch: refresh } = query;
  const retry = start;
  return { run, runError, refresh, state, log, connection, older, isReady, error, loadOlder, loadBackTo, retry };
}

export type RunFeed = ReturnType<typeof useRunFeed>;

function useRunQuery(id: string) {
  return useQuery({
    key: () => ['runs', 'one', id],
    query: ({ signal }) => dataOf(api.GET('/api/v1/runs/{id}', { params: { path: { id } }, signal })),
    staleTime: 0,
  });
}

/** The states that were left, by run: without the server, a page that is opened again shows what it showed. */
const left = new Map<string, RunState>();
const MOST_LEFT = 20;

function leave(id: string, state: RunState | undefined): void {
  if (state === undefined) return;
  left.delete(id);
  left.set(id, state);
  const [oldest] = left.keys();
  if (left.size > MOST_LEFT && oldest !== undefined) left.delete(oldest);
}

/**
 * The state of the run: each answer of the server, and the events that came after it. `onBehind` is called when an
 * answer lacks what an event has changed: the run and its log are read side by side.
 */
function useRunState(id: string, run: { readonly value: Run | undefined }, onBehind: () => void) {
  const state = shallowRef<RunState>();
  onBeforeUnmount(() => leave(id, state.value));
  let recent: LogEvent[] = [];

  watch(
    () => run.value,
    (answer) => {
      if (answer === undefined) return;
      recent = recent.filter(({ seq }) => seq > answer.event_seq);
      const before = state.value ?? left.get(id);
      const isOlder = before !== undefined && before.seq > answer.event_seq && before !== state.value;
      state.value = applyEvents(isOlder ? before : stateOf(answer, before), recent);
      if (isStructural(recent)) onBehind();
    },
    { immediate: true },
  );

  function add(events: readonly LogEvent[]): void {
    recent.push(...events);
    if (state.value !== undefined) state.value = applyEvents(state.value, events);
  }

  return {
    state,
    add,
    begin: (events: readonly LogEvent[]) => {
      recent = [];
      const { event_seq: known } = run.value ?? { event_seq: Number.POSITIVE_INFINITY };
      if (isStructural(events.filter(({ seq }) => seq > known))) onBehind();
      add(events);
    },
  };
}

/** A page that draws each of 50 events a second by itself leaves no time for scrolling; nobody reads that fast. */
const GATHER_MS = 100;

/** Gathers what a stream sends and hands it on at once after a pause, else ten times a second, before a frame. */
function useFrames(apply: (received: readonly StreamEvent[]) => void) {
  let received: StreamEvent[] = [];
  let appliedAt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let frame = 0;
  onBeforeUnmount(() => {
    clearTimeout(timer);
    cancelAnimationFrame(frame);
  });
  function onFrame(): void {
    const gathered = received;
    received = [];
    frame = 0;
    timer = undefined;
    appliedAt = performance.now();
    apply(gathered);
  }
  return (events: readonly StreamEvent[]): void => {
    received.push(...events);
    timer ??= setTimeout(
      () => {
        frame = requestAnimationFrame(onFrame);
      },
      appliedAt + GATHER_MS - performance.now(),
    );
  };
}

/** The run is read again at most this often. */
const REFRESH_MS = 700;

/**
 * Reads the run again soon after an event that changes more than it says, and with `all` also what belongs to the run.
 */
function useRefresh(id: string, refetch: () => Promise<unknown>) {
  const cache = useQueryCache();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isAll = false;
  onBeforeUnmount(() => clearTimeout(timer));
  return (what: 'run' | 'all'): void => {
    isAll ||= what === 'all';
    timer ??= setTimeout(() => {
      timer = undefined;
      void refetch();
      if (!isAll) return;
      isAll = false;
      void readAgain(cache, ['questions']);
      void readAgain(cache, ['runs', 'files', id]);
    }, REFRESH_MS);
  };
}
