import type { z } from 'zod';
import type { Queryable } from '../../platform/database/database.ts';
import type { Tenant, TenantChange } from '../tenant.ts';

const COLUMNS = `id, slug, name, worker_config, max_concurrent_sprints, max_parallel_nodes, allowed_hosts,
  budget_usd_per_day::float8 as budget_usd_per_day, prices,
  created_at`;

/** A hash of the settings: equal settings have equal tags. */
const TAG = `encode(sha256(convert_to(jsonb_build_array(name, worker_config, max_concurrent_sprints, max_parallel_nodes,
  allowed_hosts, budget_usd_per_day, prices)::text, 'UTF8')), 'hex')`;

type TenantRow = z.input<typeof Tenant>;
/** A tenant and the tag of its settings. */
export interface TaggedTenant {
  tenant: TenantRow;
  tag: string;
}

/** Returns the caller's tenant. */
export async function findCurrentTenant(database: Queryable): Promise<TaggedTenant | undefined> {
  const [row] = await database.query<TenantRow & { tag: string }>({
    name: 'find_current_tenant',
    text: `select ${COLUMNS}, ${TAG} as tag from tenants where id = current_tenant_id()`,
  });
  return taggedOf(row);
}

/**
 * Updates the given settings in one statement. A budget of null removes the limit. `worker_config` and `prices` are
 * merged by key in the database, so that concurrent changes of two keys are both kept. With `tags` it updates only
 * settings that have one of them (compare-and-swap); otherwise it returns undefined.
 */
export async function updateCurrentTenant(
  database: Queryable,
  change: TenantChange,
  tags: readonly string[] | undefined,
): Promise<TaggedTenant | undefined> {
  const [row] = await database.query<TenantRow & { tag: string }>({
    name: 'update_current_tenant',
    text: `update tenants set name = coalesce($1, name), worker_config = ${merged('worker_config', '$2')},
        max_concurrent_sprints = coalesce($3, max_concurrent_sprints),
        max_parallel_nodes = coalesce($6, max_parallel_nodes), allowed_hosts = coalesce($7, allowed_hosts),
        prices = ${merged('prices', '$8')},
        budget_usd_per_day = case when $4 then $5::numeric else budget_usd_per_day end
      where id = current_tenant_id() and ($9::text[] is null or ${TAG} = any ($9))
      returning ${COLUMNS}, ${TAG} as tag`,
    values: [
      change.name ?? null,
      toPatch(change.worker_config),
      change.max_concurrent_sprints ?? null,
      change.budget_usd_per_day !== undefined,
      change.budget_usd_per_day ?? null,
      change.max_parallel_nodes ?? null,
      change.allowed_hosts ?? null,
      toPatch(change.prices),
      tags,
    ],
  });
  return taggedOf(row);
}

function taggedOf(row: (TenantRow & { tag: string }) | undefined): TaggedTenant | undefined {
  if (row === undefined) return undefined;
  const { tag, ...tenant } = row;
  return { tenant, tag };
}

/** Returns the expression that merges a patch into a column: the JSON null empties it, a null entry removes one. */
function merged(column: 'worker_config' | 'prices', patch: string): string {
  return `case ${patch}::jsonb when 'null' then '{}' else jsonb_strip_nulls(${column} || ${patch}::jsonb) end`;
}

function toPatch(change: object | null | undefined): string {
  return JSON.stringify(change === undefined ? {} : change);
}

/** Returns `worker_config` of the caller's tenant, unparsed. */
export async function findWorkerConfig(queryable: Queryable): Promise<unknown> {
  const [row] = await queryable.query<{ worker_config: unknown }>({
    name: 'find_worker_config',
    text: 'select worker_config from tenants where id = current_tenant_id()',
  });
  return row?.worker_config;
}
