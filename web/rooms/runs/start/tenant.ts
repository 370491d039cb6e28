import { useQuery } from '@pinia/colada';
import { type Answer, api } from '../../../api/client.ts';
import { dataOf } from '../../../api/problem.ts';

export type Tenant = Answer<'/api/v1/tenant', 'get'>;

/** Reads the tenant: its limits and the model that works. */
export function useTenant() {
  return useQuery({ key: ['tenant'], query: ({ signal }) => dataOf(api.GET('/api/v1/tenant', { signal })) });
}
