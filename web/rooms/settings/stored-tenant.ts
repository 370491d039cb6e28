import { useQuery, useQueryCache } from '@pinia/colada';
import { computed } from 'vue';
import type { paths } from '../../api/api.generated.d.ts';
import { type Answer, api } from '../../api/client.ts';
import { dataOf } from '../../api/problem.ts';
import { session } from '../../api/session.ts';

/** The settings of a team, as a change of them is answered. */
export type Tenant = Answer<'/api/v1/tenant', 'patch'>;
type Change = paths['/api/v1/tenant']['patch']['requestBody']['content']['application/json'];

/** The user's team as it is stored, and the call that changes it. Only an admin may call it. */
export function useTenant() {
  const cache = useQueryCache();
  const tenant = useQuery({
    key: ['tenant'],
    query: ({ signal }) => dataOf(api.GET('/api/v1/tenant', { signal })),
  });
  return {
    tenant,
    isAdmin: computed(() => session.value.kind === 'signed-in' && session.value.user.role === 'admin'),
    /** Sends a change and returns the team as it is then. @throws ApiError */
    change: async (body: Change): Promise<Tenant> => {
      const stored = await dataOf(api.PATCH('/api/v1/tenant', { body }));
      await cache.invalidateQueries({ key: ['tenant'] });
      return stored;
    },
  };
}
