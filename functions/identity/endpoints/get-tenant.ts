import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { entityTag } from '../../platform/http/if-match.ts';
import { ModelChoice } from '../../platform/models/model.ts';
import { MODEL_KEYS } from '../../platform/models/model-keys.ts';
import { chooseModel, defaultModel } from '../choose-model.ts';
import { findCurrentTenant } from '../sql/tenants.ts';
import { Tenant } from '../tenant.ts';

const Reply = Tenant.extend({
  default_model: ModelChoice.pick({ provider: true, model: true }).meta({
    description: 'The model of every worker without its own. The provider is `rehearsal` when no model is configured',
  }),
});

/**
 * Returns the caller's tenant with its settings and the model that works when a worker names none. The ETag stands for
 * the stored settings, so it does not change with `default_model` of the deployment.
 */
export const getTenant = endpoint({
  name: 'identity-get-tenant',
  route: 'GET /api/v1/tenant',
  access: 'tenant:read',
  summary: 'Returns your tenant and its settings.',
  reply: { 200: Reply },
  hasTag: true,
  // Tells which providers are configured.
  deployment: { secrets: MODEL_KEYS },
}).query(async ({ read }) => {
  const found = await findCurrentTenant(read);
  if (found === undefined) throw new Problem('not-found', 'There is no such tenant.');
  const { tenant, tag } = found;
  const { provider, model } = chooseModel(tenant.worker_config, 'default') ?? defaultModel();
  return { status: 200, body: { ...tenant, default_model: { provider, model } }, headers: entityTag(tag) };
});
