import { z } from 'zod';
import type { Database, Role } from '../../functions/platform/database/database.ts';
import type { ServedFunction } from '../../functions/platform/http/served-function.ts';
import { addStatement } from '../../functions/village/endpoints/add-statement.ts';
import { deleteStatement } from '../../functions/village/endpoints/delete-statement.ts';
import { getConvergence } from '../../functions/village/endpoints/get-convergence.ts';
import { getHealth } from '../../functions/village/endpoints/get-health.ts';
import { getStatement } from '../../functions/village/endpoints/get-statement.ts';
import { getThread } from '../../functions/village/endpoints/get-thread.ts';
import { listAgents } from '../../functions/village/endpoints/list-agents.ts';
import { listDuplicateStatements } from '../../functions/village/endpoints/list-duplicate-statements.ts';
import { listRareStatements } from '../../functions/village/endpoints/list-rare-statements.ts';
import { listStaleStatements } from '../../functions/village/endpoints/list-stale-statements.ts';
import { listStatements } from '../../functions/village/endpoints/list-statements.ts';
import { listThreads } from '../../functions/village/endpoints/list-threads.ts';
import { mergeStatements } from '../../functions/village/endpoints/merge-statements.ts';
import { undoMerge } from '../../functions/village/endpoints/undo-merge.ts';
import { linkStatementStep } from '../../functions/village/steps/link-statement.ts';
import { createPerson, type Person } from '../entities/people.ts';
import { waitFor } from '../support/local-server.ts';
import { asOwner } from '../support/owner.ts';
import { type Answer, startServer } from '../support/server.ts';

const HEALTH = [
  getHealth,
  listStaleStatements,
  listRareStatements,
  listDuplicateStatements,
  mergeStatements,
  undoMerge,
];
const VILLAGE = [
  ...HEALTH,
  addStatement,
  listStatements,
  getStatement,
  deleteStatement,
  listAgents,
  listThreads,
  getThread,
  getConvergence,
];

/** Serves the village and these functions, with the queue that links new statements. */
export async function startVillage(...more: ServedFunction[]) {
  const server = await startServer([...VILLAGE, linkStatementStep, ...more]);
  const as = (person: Person, method: string, path: string, body?: unknown, headers = {}): Promise<Answer> =>
    server.call(method, `/api/v1/village${path}`, { token: person.token, headers, ...(body ? { body } : {}) });
  return {
    ...server,
    as,
    /** Adds a statement that must be accepted. Returns it. */
    say: async (person: Person, content: string, more: Record<string, unknown> = {}) => {
      const added = await as(person, 'POST', '/knowledge', { content, ...more });
      if (added.status !== 201) throw new Error(`The statement was not added: ${JSON.stringify(added.body)}`);
      return added.body;
    },
    /** Returns the contents of a list. */
    read: async (person: Person, path: string): Promise<string[]> => {
      const { status, body } = await as(person, 'GET', path);
      if (status !== 200) throw new Error(`${path} answered ${status}: ${JSON.stringify(body)}`);
      return Contents.parse(body.items).map(({ content }) => content);
    },
  };
}
export type Village = Awaited<ReturnType<typeof startVillage>>;

const Contents = z.array(z.object({ content: z.string() }));

/** Creates users of one tenant. */
export async function createPeople<const Name extends string>(
  database: Database,
  ...names: Name[]
): Promise<Record<Name, Person>> {
  const people: [string, Person][] = [];
  for (const name of names) people.push([name, await createNamed(database, name, people[0]?.[1].tenantId)]);
  // One entry for each name.
  return Object.fromEntries(people) as Record<Name, Person>;
}

async function createNamed(database: Database, name: string, tenantId?: string, role: Role = 'member') {
  const person = await createPerson(database, role, tenantId);
  await asOwner('update users set display_name = $2 where id = $1', [person.userId, name]);
  return person;
}

/** Waits until every statement of a tenant has been linked or has failed. */
export async function untilLinked({ tenantId }: Person): Promise<void> {
  await waitFor('the statements to be linked', async () => {
    const [row] = await asOwner(
      `select count(*)::int as open from village_knowledge where tenant_id = $1 and status = 'pending'`,
      [tenantId],
    );
    return row?.open === 0;
  });
}

/** Gives statements the same vector, and makes them so old, used or unused, as a test needs. */
export async function changeStatements(
  ids: readonly string[],
  {
    isAlike = false,
    daysOld = 0,
    uses = 0,
    usedDaysAgo,
  }: Partial<Record<'daysOld' | 'uses' | 'usedDaysAgo', number>> & {
    isAlike?: boolean;
  },
): Promise<void> {
  await asOwner(
    `update village_knowledge set created_at = now() - make_interval(days => $2), access_count = $3,
      last_accessed_at = now() - make_interval(days => $4) where id = any ($1)`,
    [ids, daysOld, uses, usedDaysAgo ?? null],
  );
  if (!isAlike) return;
  await asOwner(
    `update village_vectors v set embedding = k.embedding from village_vectors k
    where v.statement_id = any ($1) and k.statement_id = $2`,
    [ids, ids[0]],
  );
}
