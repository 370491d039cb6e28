import { z } from 'zod';
import { idSchema } from '../platform/id.ts';
import { ModelChoice } from '../platform/models/model.ts';

/** Which model each worker of a team uses, by the worker's name; workers that are not named use the installation's default. */
export const WorkerConfig = z
  .record(z.string().regex(/^[a-z][a-z0-9_-]{0,63}$/), ModelChoice)
  .refine((workers) => Object.keys(workers).length <= 100, 'at most 100 workers');

export const TenantName = z.string().trim().min(1).max(200);

const settings = {
  name: TenantName,
  worker_config: WorkerConfig,
  max_concurrent_sprints: z.int().min(1).max(1000),
  /** Nodes of all its runs that are at work at the same time. */
  max_parallel_nodes: z.int().min(1).max(10_000),
  /** Hosts that runs of the tenant may open to their commands; a run names those that it needs among them. */
  allowed_hosts: z
    .array(
      z
        .string()
        .max(255)
        .toLowerCase()
        .regex(/^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/, 'must be a host name'),
    )
    .max(100),
  /** What runs of the tenant may cost a day, in US dollars; null is no limit. */
  budget_usd_per_day: z.number().min(0).max(1_000_000).nullable(),
};

export const Tenant = z.strictObject({
  id: idSchema('ten'),
  slug: z.string(),
  ...settings,
  created_at: z.iso.datetime({ offset: true }),
});

/** Settings that an admin changes; those left out stay. `worker_config` is replaced as a whole. */
export const TenantChange = z
  .strictObject(settings)
  .partial()
  .refine((change) => Object.keys(change).length > 0, 'name at least one setting');
export type TenantChange = z.infer<typeof TenantChange>;
