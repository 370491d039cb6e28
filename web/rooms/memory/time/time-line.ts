import { type ComputedRef, computed, type InjectionKey, inject, onBeforeUnmount, provide, ref, watch } from 'vue';
import { useRoute } from 'vue-router';
import { api } from '../../../api/client.ts';
import { usePages } from '../../../api/pages.ts';
import { dataOf } from '../../../api/problem.ts';
import { announce } from '../../../parts/announce.ts';
import type { TimeStep } from '../../../parts/time-track.ts';
import { text as words } from '../../../text/memory.ts';
import { useMemoryAddress } from '../address.ts';
import { isEntityPath } from '../paths.ts';
import { useStaged } from '../staged/staged.ts';
import { type CommitItem, type DayItem, indexAt, type Mark, marksOf, stepFrom } from './marks.ts';
import { valueText } from './words.ts';

/** Commits read at once; older ones are days until the thumb comes near. */
const PAGE = 200;
const NEAR = 3;
/** A thumb that is moved fast asks for memory only where it rests. */
const REST_MS = 120;
const PLAY_MS = 1_000;

export type TimeLine = ReturnType<typeof createTimeLine>;
const KEY: InjectionKey<TimeLine> = Symbol('time line');

/** Creates the time line for all pages of the room. Called by the frame. */
export function provideTimeLine(): TimeLine {
  const line = createTimeLine();
  provide(KEY, line);
  return line;
}

export function useTimeLine(): TimeLine {
  const line = inject(KEY);
  if (line === undefined) throw new Error('The page is not in the frame of the memory room');
  return line;
}

function createTimeLine() {
  const address = useMemoryAddress();
  const route = useRoute();
  const entity = computed(() => {
    const { entity: path } = route.params;
    return typeof path === 'string' && isEntityPath(path) ? path : undefined;
  });
  const all = useCommits(() => undefined);
  const ofEntity = useCommits(
    () => entity.value,
    () => entity.value !== undefined,
  );
  const staged = useStaged();

  const marks = computed<Mark[]>(() =>
    marksOf({
      commits: all.items.value,
      days: all.days.value,
      ofEntity:
        entity.value === undefined || ofEntity.isPending.value
          ? undefined
          : {
              positions: new Set(ofEntity.items.value.map(({ position }) => position)),
              days: new Map(ofEntity.days.value.map(({ day, commits }) => [day, commits])),
            },
    }),
  );
  const thumb = useThumb(marks, () => {
    if (all.hasMore.value && !all.isLoading.value) void all.loadMore();
    if (ofEntity.hasMore.value && !ofEntity.isLoading.value) void ofEntity.loadMore();
  });

  /** Whether the changes were asked for in vain. */
  const isUnread = computed(() => all.first.value === undefined && all.error.value !== null);

  return {
    ...thumb,
    marks,
    /** The commits of the chosen entity, newest first. */
    entityCommits: ofEntity.items,
    entityPages: ofEntity,
    /** Whether the chosen entity is known not to exist at the moment of the room. */
    isBeforeEntity: computed(() => {
      const first = ofEntity.items.value.at(-1)?.committed_at;
      if (address.asOf.value === undefined || ofEntity.first.value === undefined || ofEntity.hasMore.value)
        return false;
      return first === undefined || indexAt([{ at: first }], address.asOf.value) < 0;
    }),
    /** Whether the changes of the chosen entity are known, and whether they were asked for in vain. */
    isEntityRead: computed(() => ofEntity.first.value !== undefined),
    isEntityUnread: computed(() => ofEntity.first.value === undefined && ofEntity.error.value !== null),
    error: all.error,
    isPending: all.isPending,
    isUnread,
    retry: () => void all.refresh(),
    /** When the sessions came that wait for a decision. */
    waiting: computed(() => staged.data.value?.items.map(({ at }) => at) ?? []),
    /** What is shown, in words. Without an answer nothing is said of the changes. */
    text: computed(() => {
      if (all.isPending.value) return words.time.reading;
      if (isUnread.value) return words.time.unread;
      if (marks.value.length === 0) return words.time.none;
      return valueText(marks.value, thumb.index.value, address.asOf.value);
    }),
  };
}

function useCommits(entity: () => string | undefined, isNeeded: () => boolean = () => true) {
  const address = useMemoryAddress();
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const pages = usePages(
    () => [...address.key.value, 'commits', entity() ?? ''],
    (cursor, signal) => {
      const query = { ...address.owner.value, entity: entity(), limit: PAGE, cursor, zone };
      // All days come with the first page.
      const days = cursor === undefined ? ('true' as const) : ('false' as const);
      return dataOf(api.GET('/api/v1/memory/commits', { params: { query: { ...query, days } }, signal }));
    },
    { enabled: isNeeded },
  );
  const items: ComputedRef<CommitItem[]> = pages.items;
  const days = computed<DayItem[]>(() => (pages.first.value as { days?: DayItem[] | null } | undefined)?.days ?? []);
  return { ...pages, items, days };
}

/** The thumb: where it is, how it moves, and playing. */
function useThumb(marks: ComputedRef<Mark[]>, loadOlder: () => void) {
  const address = useMemoryAddress();
  const moved = ref<number>();
  const index = computed(() => moved.value ?? indexAt(marks.value, address.asOf.value));
  let rest: ReturnType<typeof setTimeout> | undefined;
  /** Whether the first change was asked for, and older ones may still have to be read. */
  let seeksFirst = false;

  function go(target: number) {
    seeksFirst = false;
    moved.value = Math.min(Math.max(target, 0), marks.value.length);
    clearTimeout(rest);
    rest = setTimeout(settle, REST_MS);
    const read = marks.value.findIndex(({ commit }) => commit !== undefined);
    if (read > 0 && target < read + NEAR) loadOlder();
  }

  async function settle() {
    if (moved.value === undefined) return;
    const asOf = marks.value[moved.value]?.at;
    const how = address.asOf.value === undefined && asOf !== undefined ? 'push' : 'replace';
    await address.change({ as_of: asOf, from: undefined, to: undefined }, how);
    moved.value = undefined;
  }

  function step(kind: TimeStep) {
    go(stepFrom(marks.value, index.value, kind));
    seeksFirst = kind === 'first';
  }

  const { isPlaying, togglePlay } = usePlaying(marks, index, step);

  // Older days that were read become commits: the thumb stays at its moment and not at its number, or at the first one.
  watch(marks, (now, before) => {
    const isInPast = moved.value !== undefined || address.asOf.value !== undefined;
    if (seeksFirst && isInPast && now.length > before.length) step('first');
    else if (moved.value !== undefined) moved.value = Math.max(0, indexAt(marks.value, before[moved.value]?.at));
  });
  onBeforeUnmount(() => clearTimeout(rest));

  return {
    /** The index of the mark that is shown; the number of marks is now. */
    index,
    isPlaying,
    go,
    /** Moves by keys and buttons. The thumb says its own value; elsewhere the change is announced. */
    step,
    stepAndSay: (kind: TimeStep, say: () => string) => {
      step(kind);
      announce(say());
    },
    togglePlay,
    now: () => go(marks.value.length),
  };
}

/** Shows one change a second, from the first one when now is shown. */
function usePlaying(marks: ComputedRef<Mark[]>, index: ComputedRef<number>, step: (kind: TimeStep) => void) {
  const isPlaying = ref(false);
  let clock: ReturnType<typeof setInterval> | undefined;

  function pause() {
    clearInterval(clock);
    isPlaying.value = false;
  }

  function play() {
    if (marks.value.length === 0) return;
    isPlaying.value = true;
    if (index.value >= marks.value.length) step('first');
    clock = setInterval(() => {
      step('next');
      if (index.value >= marks.value.length) pause();
    }, PLAY_MS);
  }

  onBeforeUnmount(pause);
  return { isPlaying, togglePlay: () => (isPlaying.value ? pause() : play()) };
}
