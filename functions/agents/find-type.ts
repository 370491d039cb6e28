import type { Queryable } from '../platform/database/database.ts';
import { Problem } from '../platform/errors.ts';
import { type AgentType, MOST_TYPES } from './agent-type.ts';
import { allowedTools, builtInTypes } from './built-in-types.ts';
import { findAgentType, listAgentTypes } from './sql/agent-type.ts';

/** Returns a type of the caller's tenant, built-in or its own; undefined when there is none. */
export async function findType(queryable: Queryable, name: string): Promise<AgentType | undefined> {
  return builtInTypes().get(name) ?? (await findAgentType(queryable, name));
}

/** Returns a type of the caller's tenant. @throws Problem 404 */
export async function requireType(queryable: Queryable, name: string): Promise<AgentType> {
  const type = await findType(queryable, name);
  if (type === undefined) throw new Problem('not-found', 'There is no such type of agents.');
  return type;
}

/** Returns the built-in types, then those of the tenant. */
export async function findTypes(queryable: Queryable): Promise<AgentType[]> {
  return [...builtInTypes().values(), ...(await listAgentTypes(queryable, MOST_TYPES))];
}

/** @throws Problem 409 for the name of a built-in type, which cannot be changed */
export function refuseBuiltIn(name: string): void {
  if (builtInTypes().has(name))
    throw new Problem('conflict', `${name} is a built-in type. Add a type of another name.`);
}

/** @throws Problem 422 for a tool that no built-in type has */
export function refuseTools(tools: readonly string[]): void {
  const allowed = allowedTools();
  const index = tools.findIndex((name) => !allowed.includes(name));
  if (index < 0) return;
  throw new Problem(
    'invalid-request',
    `An agent cannot have the tool ${tools[index]}; it may have ${allowed.join(', ')}.`,
    {
      errors: [{ path: `body.tools.${index}`, message: 'is not a tool for agents' }],
    },
  );
}
