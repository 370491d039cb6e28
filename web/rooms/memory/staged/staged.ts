import { useQuery } from '@pinia/colada';
import { computed, type Ref } from 'vue';
import { api } from '../../../api/client.ts';
import { dataOf } from '../../../api/problem.ts';
import { useMemoryAddress } from '../address.ts';

const MOST = 200;

/** Reads the newest 200 sessions that wait for a decision. Pages that name the same key share the answer. */
export function useStaged() {
  const address = useMemoryAddress();
  return useQuery({
    key: () => [...address.key.value, 'sources', 'staged'],
    query: ({ signal }) => {
      const query = { ...address.owner.value, state: 'staged' as const, limit: MOST };
      return dataOf(api.GET('/api/v1/memory/sources', { params: { query }, signal }));
    },
  });
}

/** How many sessions wait, for the navigation of the room. */
export function useStagedCount(): Ref<number | undefined> {
  const staged = useStaged();
  return computed(() => staged.data.value?.items.length);
}
