import { useQuery } from '@pinia/colada';
import { computed } from 'vue';
import { api } from '../../../api/client.ts';
import { dataOf } from '../../../api/problem.ts';
import { text } from '../../../text/run.ts';
import type { Run } from './run-event.ts';

/**
 * Returns the crumb of what a run is: it leads to the list of its kind, or to the page of the council or of the agents
 * that the run works for. A run of another kind, or of one whose page could not be found, has none.
 */
export function useKindCrumb(id: string, run: { readonly value: Run | undefined }) {
  const kind = computed(() => run.value?.kind);
  const page = useQuery({
    key: () => ['runs', 'page', id],
    query: async ({ signal }) => {
      const asked = { params: { query: { run_id: id, limit: 1 } }, signal };
      if (kind.value === 'council') {
        const { items } = await dataOf(api.GET('/api/v1/agents/council', asked));
        return items.map((council) => `/council/${council.id}`);
      }
      const { items } = await dataOf(api.GET('/api/v1/agents', asked));
      return items.map((agent) => `/agents/${agent.id}`);
    },
    enabled: () => kind.value === 'council' || kind.value === 'agent',
  });
  return computed(() => {
    if (kind.value === undefined) return [];
    const isListed = kind.value === 'run' || kind.value === 'sprint';
    const [to] = isListed ? [`/runs?kind=${kind.value}`] : (page.data.value ?? []);
    return to === undefined ? [] : [{ label: text.kind[kind.value], to }];
  });
}
