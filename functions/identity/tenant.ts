import { z } from 'zod';
import { idSchema } from '../platform/id.ts';
import { ModelChoice } from '../platform/models/model.ts';

/** Maps a worker's name to its model. Other workers use the entry `default`, else the deployment's default model. */
export const WorkerConfig = z
  .record(z.string().regex(/^[a-z][a-z0-9_-]{0,63}$/), ModelChoice)
  .refine((workers) => Object.keys(workers).length <= 100, 'at most 100 workers');

export const TenantName = z.string().trim().min(1).max(200);

const settings = {
  name: TenantName,
  worker_config: WorkerConfig,
  max_concurrent_sprints: z.int().min(1).max(1000),
  /** Nodes of all runs that may work at the same time. */
  max_parallel_nodes: z.int().min(1).max(10_000),
  /** Hosts that commands of the tenant's runs may reach. A run names the hosts that it needs among them. */
  allowed_hosts: z
    .array(
      z
        .string()
        .max(255)
        .toLowerCase()
        .regex(/^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/, 'must be a host name'),
    )
    .max(100),
  /** Budget of all runs in a day (UTC), in US dollars. Null means no limit. */
  budget_usd_per_day: z.number().min(0).max(1_000_000).nullable(),
};

export const Tenant = z.strictObject({
  id: idSchema('ten'),
  slug: z.string(),
  ...settings,
  created_at: z.iso.datetime({ offset: true }),
});

/** Settings to change; omitted settings stay as they are. `worker_config` is replaced as a whole. */
export const TenantChange = z
  .strictObject(settings)
  .partial()
  .refine((change) => Object.keys(change).length > 0, 'must contain at least one setting');
export type TenantChange = z.infer<typeof TenantChange>;
