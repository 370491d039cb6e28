import { api } from '../../../api/client.ts';
import { usePages } from '../../../api/pages.ts';
import { dataOf } from '../../../api/problem.ts';
import { useMemoryAddress } from '../address.ts';
import type { FactScope } from './facts.ts';

const PAGE = 50;

interface FactFilter {
  scope?: FactScope | undefined;
  category?: string | undefined;
  /** Words that all stand in the fact. */
  q?: string | undefined;
}

/** Reads the facts as of the moment of the room, newest first. Pages with the same filter share the answer. */
export function useFactPages(filter: () => FactFilter = () => ({})) {
  const address = useMemoryAddress();
  return usePages(
    () => {
      const { scope = '', category = '', q = '' } = filter();
      return [...address.key.value, 'facts', scope, category, q, address.asOf.value ?? ''];
    },
    (cursor, signal) => {
      const query = { ...address.scope.value, ...filter(), limit: PAGE, cursor };
      return dataOf(api.GET('/api/v1/memory', { params: { query }, signal }));
    },
  );
}
