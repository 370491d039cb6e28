import { z } from 'zod';
import type { Queryable } from '../../../functions/platform/database/database.ts';
import { endpoint } from '../../../functions/platform/endpoint.ts';
import { Problem } from '../../../functions/platform/errors.ts';

const Person = z.strictObject({ id: z.int(), name: z.string(), email: z.string() });

/** Returns one row by its primary key, with everything that an endpoint does: token, user, tenant, schema. */
export const readPerson = endpoint({
  name: 'bench-read-person',
  route: 'GET /api/v1/bench/people/{id}',
  access: 'runs:read',
  summary: 'Returns a person of the benchmark.',
  params: z.strictObject({ id: z.coerce.number().int() }),
  reply: { 200: Person },
}).query(async ({ params, read }) => {
  const person = await findPersonById(read, params.id);
  if (person === undefined) throw new Problem('not-found', 'There is no such person.');
  return { status: 200, body: person };
});

async function findPersonById(queryable: Queryable, id: number): Promise<z.infer<typeof Person> | undefined> {
  const [person] = await queryable.query<z.infer<typeof Person>>({
    name: 'find_bench_person_by_id',
    text: 'select id, name, email from bench_people where id = $1',
    values: [id],
  });
  return person;
}
