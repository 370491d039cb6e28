import { useQueryCache } from '@pinia/colada';
import { computed } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { api } from '../../../api/client.ts';
import { usePages } from '../../../api/pages.ts';
import { dataOf } from '../../../api/problem.ts';
import { readAgain } from '../../../api/read-again.ts';
import { usePoll } from '../../../parts/poll.ts';
import type { Conversation } from '../chat.ts';

const PAGE = 40;
/** Other tabs and runs begin and change chats, too. */
const POLL_MS = 20_000;

export const SHOWS = ['all', 'favorites', 'archived'] as const;
export type Show = (typeof SHOWS)[number];

/** The list of chats. Its filter is in the address, so that it is the same after a reload. */
export function useConversations() {
  const route = useRoute();
  const router = useRouter();
  const cache = useQueryCache();
  const words = (value: unknown) => (typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined);
  const filter = computed(() => ({
    q: words(route.query.q)?.slice(0, 200),
    tag: words(route.query.tag)?.slice(0, 50),
    show: SHOWS.find((show) => show === route.query.show) ?? 'all',
  }));
  const query = computed(() => {
    const { q, tag, show } = filter.value;
    return {
      ...(q === undefined ? {} : { q }),
      ...(tag === undefined ? {} : { tag }),
      ...(show === 'archived' ? { archived: 'true' as const } : {}),
      ...(show === 'favorites' ? { favorite: 'true' as const } : {}),
    };
  });
  const pages = usePages(
    () => ['chat', 'list', { ...query.value }],
    (cursor, signal) =>
      dataOf(
        api.GET('/api/v1/chat/conversations', {
          params: { query: { ...query.value, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) } },
          signal,
        }),
      ),
  );
  let isFirst = true;
  usePoll(async () => {
    if (!isFirst) await pages.refresh();
    isFirst = false;
  }, POLL_MS);

  return {
    ...pages,
    filter,
    isFiltered: computed(() => Object.keys(query.value).length > 0),
    /** The tags of the chats that are read. */
    tags: computed(() => [...new Set(pages.items.value.flatMap(({ tags }) => tags))].sort()),
    /** The chats that were forked, by the message where they were. */
    forks: computed(() => {
      const forks = new Map<string, Conversation[]>();
      for (const item of pages.items.value) {
        const from = item.forked_from?.message_id;
        if (from !== undefined) forks.set(from, [...(forks.get(from) ?? []), item]);
      }
      return forks;
    }),
    change: (next: { q?: string | undefined; tag?: string | undefined; show?: Show }) => {
      const { q, tag, show } = { ...filter.value, ...next };
      void router.replace({
        query: { ...(q ? { q } : {}), ...(tag ? { tag } : {}), ...(show === 'all' ? {} : { show }) },
      });
    },
    renew: () => readAgain(cache, ['chat', 'list']),
  };
}

export type Conversations = ReturnType<typeof useConversations>;
