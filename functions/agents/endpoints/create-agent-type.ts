import { insertAuditedChange } from '../../platform/audit.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { MODEL_KEYS } from '../../platform/models/model-keys.ts';
import { refuseUnusable } from '../../runs/open-model.ts';
import { AgentType, MOST_TYPES, NewTypeBody, storedModel } from '../agent-type.ts';
import { refuseBuiltIn, refuseTools } from '../find-type.ts';
import { insertAgentType, refuseTooManyAgentTypes } from '../sql/agent-type.ts';

const NAME = 'agents-create-agent-type';

/**
 * Adds a type of agents for the whole tenant. For admins, because every agent of the tenant may spawn agents of the
 * type. Its tools are among those of the built-in types. 409 when the name is taken or the tenant has 50 types, 422 for
 * a model whose provider has no key.
 */
export const createAgentType = endpoint({
  name: NAME,
  route: 'POST /api/v1/agents/types',
  access: 'agents:admin',
  summary: 'Adds a type of agents to your tenant.',
  body: NewTypeBody,
  reply: { 201: AgentType },
  // Tells which providers have a key.
  deployment: { secrets: MODEL_KEYS },
}).handle(async ({ body, transaction, address, requestId }) => {
  const { name, tools } = body;
  refuseBuiltIn(name);
  refuseTools(tools);
  if (body.model) await refuseUnusable([{ choice: body.model, path: 'body.model' }]);
  await transaction.query(refuseTooManyAgentTypes(MOST_TYPES));
  const type = await insertAgentType(transaction, { ...body, model: storedModel(body.model) });
  if (type === undefined) throw new Problem('conflict', `Your tenant has a type ${name} already.`);
  const change = { action: NAME, resource: name, address, requestId, facts: { tools } };
  await transaction.query(insertAuditedChange(change));
  return { status: 201, body: type, headers: { location: `/api/v1/agents/types/${name}` } };
});
