import type { Queryable } from '../../platform/database/database.ts';
import { Problem } from '../../platform/errors.ts';
import type { Memory } from '../memory.ts';
import { listMemoriesByIds } from '../sql/memory.ts';

/**
 * Returns a fact of the user.
 * @throws Problem 404 for a fact that the caller cannot see, 403 for another user's
 */
export async function findOwnFact(queryable: Queryable, userId: string, id: string): Promise<Memory> {
  const [fact] = await listMemoriesByIds(queryable, [id]);
  if (fact === undefined) throw new Problem('not-found', `There is no fact ${id}.`);
  if (fact.user_id !== userId) throw new Problem('forbidden', 'You can do this only with your own facts.');
  return fact;
}
