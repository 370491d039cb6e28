import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import type { MemoryScope } from '../../functions/memory/memory.ts';
import { insertMemory, type NewMemory } from '../../functions/memory/sql/memory-statement.ts';
import type { Database, Role, Transaction } from '../../functions/platform/database/database.ts';
import { usesEmbeddedDatabase } from '../../functions/platform/database/open.ts';
import type { ServedFunction } from '../../functions/platform/http/served-function.ts';
import { createId } from '../../functions/platform/id.ts';
import { localKey } from '../../functions/platform/sign-in/local-key.ts';
import { embedTexts } from '../../functions/usage/embed-texts.ts';

/** A user of a tenant, with a token. */
export interface Person {
  tenantId: string;
  userId: string;
  role: Role;
  token: string;
}

export const forever = new AbortController().signal;
export const usesServer = !usesEmbeddedDatabase();

/** Runs `work` as the owner of the tables, who bypasses row-level security. */
export async function asOwner<T>(database: Database, work: (transaction: Transaction) => Promise<T>): Promise<T> {
  return database.as({ kind: 'system' }).transaction(async (transaction) => {
    await transaction.query({ name: 'test_become_owner', text: 'set local role postgres' });
    return work(transaction);
  });
}

/** Creates a user, in a new tenant or in the given one. */
export async function createPerson(database: Database, role: Role = 'admin', tenantId?: string): Promise<Person> {
  const tenant = tenantId ?? createId('ten');
  const userId = createId('usr');
  await asOwner(database, async (transaction) => {
    await transaction.query({
      name: 'test_insert_tenant',
      text: 'insert into tenants (id, name, slug) values ($1, $2, $3) on conflict (id) do nothing',
      values: [tenant, 'Tenant', tenant.replace('_', '-')],
    });
    await transaction.query({
      name: 'test_insert_user',
      text: `insert into users (id, tenant_id, auth_subject, email, display_name, role) values ($1, $2, $1, $3, 'Person', $4)`,
      values: [userId, tenant, `${userId}@example.org`, role],
    });
  });
  return { tenantId: tenant, userId, role, token: await tokenOf(userId) };
}

async function tokenOf(subject: string): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return localKey('user-tokens').sign({
    iss: 'urn:apexflow:local-issuer',
    aud: 'apexflow-local',
    sub: subject,
    email: `${subject}@example.org`,
    email_verified: true,
    name: 'Person',
    auth_time: now,
    iat: now,
    exp: now + 3600,
    firebase: { sign_in_provider: 'password' },
  });
}

/** Returns the database scope of a user. */
export function scopeOf(person: Pick<Person, 'tenantId' | 'userId'>) {
  return { kind: 'tenant' as const, tenantId: person.tenantId, userId: person.userId };
}

/** Inserts facts that a user stated; `place` can make them facts of a run or a page. */
export async function insertFacts(
  database: Database,
  person: Person,
  texts: string[],
  place: Partial<NewMemory> & { scope?: MemoryScope } = {},
): Promise<string[]> {
  const { vectors, embedder } = await embedTexts(texts, 'document', forever);
  return database.as(scopeOf(person)).transaction(async (transaction) => {
    const ids: string[] = [];
    for (const [index, text] of texts.entries()) {
      const { memory } = await insertMemory(transaction, {
        id: createId('mem'),
        tenantId: person.tenantId,
        userId: person.userId,
        text,
        category: 'general',
        scope: 'tenant',
        scopeId: '',
        source: 'a test',
        sourceKind: 'person',
        sourceId: undefined,
        author: person.userId,
        trust: 'trusted',
        confidence: 1,
        embedding: vectors[index] ?? [],
        embedder,
        ...place,
      });
      ids.push(memory.id);
    }
    return ids;
  });
}

/** The typed part of an answer; tests match the rest as it is. */
const Fact = z.looseObject({ id: z.string().catch(''), text: z.string().catch('') });
const Answer = z.looseObject({
  id: z.string().optional(),
  items: z.array(Fact).optional(),
  next_cursor: z.string().nullish(),
});

/** Serves declared functions on loopback. */
export async function serveFunctions(functions: ServedFunction[]) {
  // The same keep-alive as the product: the embedded database can block this process for seconds, and a shorter one
  // would close a connection that is in use.
  const server = createServer({ keepAliveTimeout: 620_000 }, (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const served = functions.find(
      ({ route }) => route.method === request.method && route.match(pathname) !== undefined,
    );
    if (served === undefined) response.writeHead(404).end();
    else void served.handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // The address of a TCP server is never a pipe name.
  return {
    /** Calls a route as this user; `undefined` sends no token. */
    call: async (
      person: Person | undefined,
      method: string,
      path: string,
      body?: unknown,
      headers: Record<string, string> = {},
    ) => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, {
        method,
        headers: {
          ...(person === undefined ? {} : { authorization: `Bearer ${person.token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return {
        status: response.status,
        headers: response.headers,
        body: Answer.parse(text === '' ? {} : JSON.parse(text)),
      };
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
