import { useQuery } from '@pinia/colada';
import { type Answer, api } from '../../../api/client.ts';
import { dataOf } from '../../../api/problem.ts';

export type Tenant = Answer<'/api/v1/tenant', 'get'>;

/** Reads the tenant: its limits and the model that works. */
export function useTenant() {
  return useQuery({ key: ['tenant'], query: ({ signal }) => dataOf(api.GET('/api/v1/tenant', { signal })) });
}

/** Returns the model of a worker, or of a run whose workers are not known yet. */
export function modelFor(tenant: Tenant, worker: string | undefined): { provider: string; model: string } {
  return (worker === undefined ? undefined : tenant.worker_config[worker]) ?? tenant.default_model;
}

/** Returns for whom the model was chosen: this worker, the whole team, or nobody but the server. */
export function chosenFor({ worker_config: config }: Tenant, worker: string | undefined): 'worker' | 'team' | 'server' {
  if (worker !== undefined && config[worker] !== undefined) return 'worker';
  return config.default === undefined ? 'server' : 'team';
}
