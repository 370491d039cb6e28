import { insertMemoryUses } from '../../../functions/memory/sql/memory-source.ts';
import type { NewMemory } from '../../../functions/memory/sql/memory-statement.ts';
import type { Database } from '../../../functions/platform/database/database.ts';
import { createId } from '../../../functions/platform/id.ts';
import { asOwner, insertFacts, type Person, scopeOf } from '../../entities/people.ts';

/** A vector whose cosine with `directionOf(0)` is that of the angle. */
export function directionOf(degrees: number): number[] {
  const radians = (degrees * Math.PI) / 180;
  return [Math.cos(radians), Math.sin(radians), ...new Array<number>(766).fill(0)];
}

/** Inserts facts that nobody stated or changed for some days. Returns their ids. */
export async function neglectedFacts(
  database: Database,
  person: Person,
  { days, ...place }: Partial<NewMemory> & { days: number },
  texts: string[],
): Promise<string[]> {
  const ids = await insertFacts(database, person, texts, place);
  await asOwner(database, (transaction) =>
    transaction.query({
      name: 'test_neglect',
      text: `update memories set created_at = now() - make_interval(days => $2), updated_at = now() - make_interval(days => $2)
        where id = any ($1)`,
      values: [ids, days],
    }),
  );
  return ids;
}

/** Records that a run was shown these facts so many days ago. */
export async function useFacts(database: Database, person: Person, ids: string[], daysAgo = 0): Promise<void> {
  const run = createId('run');
  await insertMemoryUses(database.as(scopeOf(person)), run, ids);
  await asOwner(database, (transaction) =>
    transaction.query({
      name: 'test_use_earlier',
      text: 'update memory_uses set used_at = now() - make_interval(days => $2) where run_id = $1',
      values: [run, daysAgo],
    }),
  );
}
