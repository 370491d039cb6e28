import { insertAuditedChange } from '../../platform/audit.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { TypeParams } from '../agent-type.ts';
import { refuseBuiltIn } from '../find-type.ts';
import { deleteAgentType as deleteRow } from '../sql/agent-type.ts';

const NAME = 'agents-delete-agent-type';

/**
 * Deletes a type of agents that the tenant has added. For admins. Agents of the type work on. 404 when there is no such
 * type, 409 for a built-in one.
 */
export const deleteAgentType = endpoint({
  name: NAME,
  route: 'DELETE /api/v1/agents/types/{agent_type}',
  access: 'agents:admin',
  summary: 'Deletes a type of agents of your tenant.',
  params: TypeParams,
  reply: { 204: null },
}).handle(async ({ params: { agent_type: name }, transaction, address, requestId }) => {
  refuseBuiltIn(name);
  if (!(await deleteRow(transaction, name))) throw new Problem('not-found', 'There is no such type of agents.');
  await transaction.query(insertAuditedChange({ action: NAME, resource: name, address, requestId, facts: {} }));
  return { status: 204 };
});
