import type { Database } from '../../../functions/platform/database/database.ts';
import { createId } from '../../../functions/platform/id.ts';
import { asOwner, type Person, type serveFunctions } from '../../entities/people.ts';

/** Inserts a run with what its user wrote. */
export async function insertRun(
  database: Database,
  person: Person,
  query: string,
  status = 'completed',
): Promise<string> {
  const id = createId('run');
  await asOwner(database, (transaction) =>
    transaction.query({
      name: 'test_insert_run',
      text: 'insert into sessions (id, tenant_id, user_id, query, status) values ($1, $2, $3, $4, $5)',
      values: [id, person.tenantId, person.userId, query, status],
    }),
  );
  return id;
}

type Server = Awaited<ReturnType<typeof serveFunctions>>;

/**
 * Inserts a run, scans it and returns the newest staged preference. Needs the endpoints `scan-runs` and `list-staged`.
 */
export async function stage(server: Server, database: Database, person: Person, query: string) {
  await insertRun(database, person, query);
  await server.call(person, 'POST', '/api/v1/remme/scan');
  const { body } = await server.call(person, 'GET', '/api/v1/remme/staging');
  return body.items?.[0];
}
