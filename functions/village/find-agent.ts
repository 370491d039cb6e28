import type { Queryable } from '../platform/database/database.ts';
import { Problem } from '../platform/errors.ts';
import { listAgentsByReference } from './sql/agent.ts';

/**
 * Returns the id of the agent that a filter names by its id or its name; undefined when it names none.
 * @throws Problem 422 as {@link resolveAgent}
 */
export async function findAgentId(queryable: Queryable, reference: string | undefined): Promise<string | undefined> {
  return reference === undefined ? undefined : resolveAgent(queryable, reference, 'query.agent');
}

/**
 * Returns the id of the agent that a request names at `path` by its id or its name.
 * @throws Problem 422 for an agent that the current user does not see, and for a name that several agents have
 */
export async function resolveAgent(queryable: Queryable, reference: string, path: string): Promise<string> {
  const refuse = (message: string): never => {
    const field = path.slice(path.indexOf('.') + 1);
    throw new Problem('invalid-request', `${field} ${message}.`, { errors: [{ path, message }] });
  };
  const [first, ...more] = (await listAgentsByReference(queryable, reference)).map(({ id }) => id);
  if (first === undefined) return refuse('must name agents that you see, by id or by name');
  if (more.length === 0) return first;
  return refuse(`has the name of several agents: give one of the ids ${[first, ...more].join(', ')}`);
}
