import type { Tenant } from './tenant.ts';

/** Which model works, and for whom it was chosen. Pure. */

type Choices = Pick<Tenant, 'worker_config' | 'default_model'>;

/** Returns the model of a worker, or of a run whose workers are not known yet. */
export function modelFor(tenant: Choices, worker: string | undefined): { provider: string; model: string } {
  return (worker === undefined ? undefined : tenant.worker_config[worker]) ?? tenant.default_model;
}

/** Returns for whom the model was chosen: this worker, the whole team, or nobody but the server. */
export function chosenFor(
  { worker_config: config }: Pick<Choices, 'worker_config'>,
  worker: string | undefined,
): 'worker' | 'team' | 'server' {
  if (worker !== undefined && config[worker] !== undefined) return 'worker';
  return config.default === undefined ? 'server' : 'team';
}
