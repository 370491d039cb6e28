import { insertAuditedChange } from '../../platform/audit.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { MODEL_KEYS } from '../../platform/models/model-keys.ts';
import { refuseUnusable } from '../../runs/open-model.ts';
import { AgentType, storedModel, TypeChangeBody, TypeParams } from '../agent-type.ts';
import { refuseBuiltIn, refuseTools } from '../find-type.ts';
import { updateAgentType as updateRow } from '../sql/agent-type.ts';

const NAME = 'agents-update-agent-type';

/**
 * Changes a type of agents that the tenant has added. For admins. Agents that exist keep what they were spawned with.
 * 404 when there is no such type, 409 for a built-in one, 422 for a model whose provider has no key.
 */
export const updateAgentType = endpoint({
  name: NAME,
  route: 'PATCH /api/v1/agents/types/{agent_type}',
  access: 'agents:admin',
  summary: 'Changes a type of agents of your tenant.',
  params: TypeParams,
  body: TypeChangeBody,
  reply: { 200: AgentType },
  // Tells which providers have a key.
  deployment: { secrets: MODEL_KEYS },
}).handle(async ({ params: { agent_type: name }, body, transaction, address, requestId }) => {
  refuseBuiltIn(name);
  refuseTools(body.tools ?? []);
  if (body.model) await refuseUnusable([{ choice: body.model, path: 'body.model' }]);
  const type = await updateRow(transaction, name, { ...body, model: storedModel(body.model) });
  if (type === undefined) throw new Problem('not-found', 'There is no such type of agents.');
  const facts = { changed: Object.keys(body), tools: type.tools };
  await transaction.query(insertAuditedChange({ action: NAME, resource: name, address, requestId, facts }));
  return { status: 200, body: type };
});
