import { expect } from 'vitest';
import type { Person } from '../people.ts';
import { BOAT, CHEN, LEO, MAYA, type Served } from '../served.ts';
import { commitSession, create } from './repository.ts';

/** Creates a user with two files about one person, one file about another person, and one about a boat. */
export async function createTwoMayas({ createUser, database }: Served): Promise<Person> {
  const user = await createUser();
  await commitSession(database, user, [
    create(MAYA, {
      name: 'Maya',
      blocks: {
        Home: 'Maya lives in Porto. She has 2 cats.',
        Sea: 'She sails on Sundays, and in winter she mends the sails.',
      },
    }),
    create(LEO, { name: 'Leo', blocks: { Work: 'Leo mends the Boat with Maya Chen.' } }),
  ]);
  await commitSession(database, user, [
    create(CHEN, {
      name: 'Maya Chen',
      aliases: ['Maya'],
      blocks: { Home: 'She has 2 cats.', Work: 'She builds hulls at the yard.' },
    }),
    create(BOAT, {
      name: 'Boat',
      type: 'context',
      blocks: { Plan: 'Leo told it to [[memories/people/maya_chen.md]].' },
    }),
  ]);
  return user;
}

/**
 * Consolidates the files of a user and waits for the end; needs `startConsolidationEndpoint` and `consolidateEntities`.
 */
export async function consolidate({ call }: Served, user: Person, body: object = {}) {
  const answer = await call(user, 'POST', '/memory/consolidate?wait=20', body);
  expect({ status: answer.status, error: answer.body.error ?? null }).toEqual({ status: 200, error: null });
  return answer.body;
}

/** Requeues a consolidation, as if it had not been processed yet. */
export function requeue({ sql }: Served, id: string) {
  return sql('requeue', `update memory_consolidations set status = 'queued' where id = $1`, [id]);
}
