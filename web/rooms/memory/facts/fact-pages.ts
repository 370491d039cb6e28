import { api } from '../../../api/client.ts';
import { usePages } from '../../../api/pages.ts';
import { dataOf } from '../../../api/problem.ts';
import { useMemoryAddress } from '../address.ts';
import type { FactScope } from './facts.ts';

const PAGE = 50;

interface FactFilter {
  scope?: FactScope | undefined;
  category?: string | undefined;
}

/** Reads the facts as of the moment of the room, newest first. Pages with the same filter share the answer. */
export function useFactPages(filter: () => FactFilter = () => ({})) {
  const address = useMemoryAddress();
  return usePages(
    () => [...address.key.value, 'facts', filter().scope ?? '', filter().category ?? '', address.asOf.value ?? ''],
    (cursor, signal) => {
      const query = { ...address.scope.value, ...filter(), limit: PAGE, cursor };
      return dataOf(api.GET('/api/v1/memory', { params: { query }, signal }));
    },
  );
}
