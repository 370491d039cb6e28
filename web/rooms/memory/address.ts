import { computed } from 'vue';
import { type LocationQueryRaw, useRoute, useRouter } from 'vue-router';
import { type Session, session } from '../../api/session.ts';
import { readInstant, readWord } from '../../parts/query-words.ts';

/**
 * What the address says about the room: whose memory (`user_id`, a user of the caller's application) and as of when
 * (`as_of`). Every request of the room carries both, and every link within the room keeps them.
 */
export function useMemoryAddress() {
  const route = useRoute();
  const router = useRouter();
  const asOf = computed(() => readInstant(route.query.as_of));
  const subject = computed(() => readWord(route.query.user_id));

  const linkTo = (path: string, query: LocationQueryRaw = {}) => ({
    path,
    query: { user_id: subject.value, as_of: asOf.value, ...query },
  });

  return {
    /** The moment that is shown; undefined: now. */
    asOf,
    /** Nothing can be written in the past, nor by a viewer. */
    isPast: computed(() => asOf.value !== undefined),
    canWrite: computed(() => asOf.value === undefined && roleOf(session.value) !== 'viewer'),
    subject,
    /** Part of a request: whose memory. */
    owner: computed(() => ({ user_id: subject.value })),
    /** Part of a request: whose memory, as of when. */
    scope: computed(() => ({ user_id: subject.value, as_of: asOf.value })),
    /** The start of each cache key of the room. */
    key: computed(() => ['memory', subject.value ?? '']),
    /** A link within the room. */
    linkTo,
    /** The same as a path, for buttons. */
    pathTo: (path: string, query: LocationQueryRaw = {}) => router.resolve(linkTo(path, query)).fullPath,
    /** Changes parts of the query; undefined removes one. */
    change: (query: LocationQueryRaw, how: 'push' | 'replace' = 'replace') =>
      router[how]({ path: route.path, query: { ...route.query, ...query } }),
    /** One word of the query, such as the chosen tab. */
    word: (name: string) => computed(() => readWord(route.query[name])),
  };
}

function roleOf(state: Session): string | undefined {
  return state.kind === 'signed-in' ? state.user.role : undefined;
}
