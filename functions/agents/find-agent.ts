import type { z } from 'zod';
import type { Queryable } from '../platform/database/database.ts';
import { Problem } from '../platform/errors.ts';
import type { Agent } from './agent.ts';
import { findAgent } from './sql/agent-view.ts';

/** Returns an agent as the API shows it. @throws Problem 404 when the caller's tenant has no such agent */
export async function requireAgent(queryable: Queryable, id: string): Promise<z.input<typeof Agent>> {
  const agent = await findAgent(queryable, id);
  if (agent === undefined) throw new Problem('not-found', 'There is no such agent.');
  return agent;
}
