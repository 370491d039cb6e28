import { endpoint } from '../../platform/endpoint.ts';
import { environment } from '../../platform/environment.ts';
import { Problem } from '../../platform/errors.ts';
import { entityTag, ifMatchOf } from '../../platform/http/if-match.ts';
import { MOST_PRICES } from '../../platform/models/configured-price.ts';
import { updateCurrentTenant } from '../sql/tenants.ts';
import { Tenant, TenantChange } from '../tenant.ts';

/**
 * Changes the given settings of the caller's tenant. For admins. 422 above what the operator allows. With `If-Match`
 * the settings are changed only when nobody has changed them since that ETag was answered, otherwise the answer is 412.
 */
export const updateTenant = endpoint({
  name: 'identity-update-tenant',
  route: 'PATCH /api/v1/tenant',
  access: 'tenant:admin',
  summary: 'Changes settings of your tenant.',
  body: TenantChange,
  reply: { 200: Tenant },
  hasTag: true,
}).handle(async ({ body, request, transaction }) => {
  refuseAboveOperator(body);
  const tags = ifMatchOf(request);
  const updated = await updateCurrentTenant(transaction, body, tags);
  if (updated === undefined)
    throw tags === undefined ? new Problem('not-found', 'There is no such tenant.') : overtaken();
  const { tenant, tag } = updated;
  const prices = Object.keys(tenant.prices).length;
  if (prices > MOST_PRICES) {
    throw new Problem('invalid-request', `A tenant has at most ${MOST_PRICES} prices; with these it has ${prices}.`, {
      errors: [{ path: 'body.prices', message: `at most ${MOST_PRICES} prices` }],
    });
  }
  return { status: 200, body: tenant, headers: entityTag(tag) };
});

function overtaken(): Problem {
  return new Problem(
    'precondition-failed',
    'The settings of the tenant have changed since the ETag in If-Match. Read them again before you change them.',
  );
}

/** The operator's limits also hold when they are used, because they may be lower than a setting that is stored. */
function refuseAboveOperator(change: TenantChange): void {
  const limits = {
    max_concurrent_sprints: environment.MAX_CONCURRENT_RUNS,
    max_parallel_nodes: environment.MAX_PARALLEL_NODES,
    budget_usd_per_day: environment.MAX_BUDGET_USD_PER_DAY,
  };
  for (const [name, most] of Object.entries(limits)) {
    const wanted = change[name as keyof typeof limits];
    if (most === undefined || wanted == null || wanted <= most) continue;
    throw new Problem('invalid-request', `The operator of this installation allows ${name} up to ${most}.`, {
      errors: [{ path: `body.${name}`, message: `must be at most ${most}` }],
    });
  }
}
