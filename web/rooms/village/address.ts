import { computed } from 'vue';
import { type LocationQueryRaw, useRoute, useRouter } from 'vue-router';
import { session } from '../../api/session.ts';
import { readInstant, readWord } from '../../parts/query-words.ts';

/** So much the clock of the browser may be behind that of the server. */
const CLOCK_SKEW_MS = 60_000;

/**
 * What the address says about the room: the moment (`as_of`; one in the future is now), the chosen agreement, tension,
 * thread, agent or statement (`on`), the words of a search (`q`), the lower threshold (`floor`), the form of the page
 * (`view`), and whether the form for a statement is open (`post`).
 */
export function useVillageAddress() {
  const route = useRoute();
  const router = useRouter();
  const word = (name: string) => computed(() => readWord(route.query[name]));
  const asOf = computed(() => {
    const at = readInstant(route.query.as_of);
    return at === undefined || Date.parse(at) > Date.now() + CLOCK_SKEW_MS ? undefined : at;
  });
  const change = (query: LocationQueryRaw, how: 'push' | 'replace' = 'replace') =>
    router[how]({ path: route.path, query: { ...route.query, ...query } });
  const on = word('on');

  return {
    asOf,
    on,
    query: word('q'),
    view: word('view'),
    isPosting: computed(() => route.query.post !== undefined),
    floor: computed(() => {
      const value = Number(readWord(route.query.floor) ?? Number.NaN);
      return value >= 0 && value <= 1 ? value : undefined;
    }),
    /** Nothing is written in the past, nor by a viewer. */
    canWrite: computed(
      () => asOf.value === undefined && session.value.kind === 'signed-in' && session.value.user.role !== 'viewer',
    ),
    change,
    /** Chooses something on both sides; what is chosen already is left. */
    choose: (id: string) => change({ on: on.value === id ? undefined : id }),
  };
}
