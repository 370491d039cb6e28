import type { Queryable } from '../platform/database/database.ts';
import { Problem } from '../platform/errors.ts';
import { listAgentsByReference } from './sql/agent.ts';

/**
 * Returns the id of the agent that a filter names by its id or its name; undefined when it names none.
 * @throws Problem 422 for an agent that the current user does not see, and for a name that several agents have
 */
export async function findAgentId(queryable: Queryable, reference: string | undefined): Promise<string | undefined> {
  if (reference === undefined) return undefined;
  const found = (await listAgentsByReference(queryable, reference)).map(({ id }) => id);
  if (found.length > 1) throw refusal(`is the name of several agents: give one of the ids ${found.join(', ')}`);
  if (found[0] === undefined) throw refusal('must be an agent that you see, by its id or its name');
  return found[0];
}

function refusal(message: string): Problem {
  return new Problem('invalid-request', `agent ${message}.`, { errors: [{ path: 'query.agent', message }] });
}
