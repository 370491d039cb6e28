import { useQuery } from '@pinia/colada';
import { api } from '../../../api/client.ts';
import { dataOf } from '../../../api/problem.ts';
import { useMemoryAddress } from '../address.ts';

/** Reads the versions of a fact, newest first, and the facts that were merged into it. */
export function useFactHistory(id: () => string) {
  const address = useMemoryAddress();
  return useQuery({
    key: () => [...address.key.value, 'fact', id()],
    query: ({ signal }) => {
      const params = { path: { id: id() }, query: address.owner.value };
      return dataOf(api.GET('/api/v1/memory/{id}/history', { params, signal }));
    },
  });
}
