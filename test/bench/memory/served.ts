import { z } from 'zod';
import type { Turn } from '../../../functions/entities/files/archive.ts';
import type { Answer, Person, TestServer } from '../../support/server.ts';

/** Calls of the product's endpoints over HTTP, as a registered user. */

/** Sends a session and waits until it is committed. @throws Error when it is rejected */
export async function sendSession(
  server: TestServer,
  person: Person,
  session: { id: string; turns: readonly Turn[] },
): Promise<void> {
  const answer = await server.call('POST', '/api/v1/memory/process-and-commit?wait=20', {
    token: person.token,
    body: { session_id: session.id, turns: session.turns },
  });
  if (answer.status !== 200 && answer.status !== 202) throw refused('a session', answer);
}

const Hits = z.object({ items: z.array(z.looseObject({ id: z.string(), session_id: z.string() })) });

/** Returns the turns that the product finds, best first. */
export async function searchTurns(
  server: TestServer,
  person: Person,
  asked: { query: string; k?: number; max_tokens?: number },
): Promise<z.infer<typeof Hits>['items']> {
  const answer = await server.call('POST', '/api/v1/memory/search', {
    token: person.token,
    body: { ...asked, kinds: ['turn'] },
  });
  if (answer.status !== 200) throw refused('a search', answer);
  return Hits.parse(answer.body).items;
}

/** Searches facts, turns and blocks. */
export async function searchAll(server: TestServer, person: Person, query: string): Promise<void> {
  const answer = await server.call('POST', '/api/v1/memory/search', { token: person.token, body: { query } });
  if (answer.status !== 200) throw refused('a search', answer);
}

const Chunks = z.object({ items: z.array(z.looseObject({ filename: z.string() })) });

/** Returns the names of the documents that the product finds, best first. */
export async function searchDocuments(server: TestServer, person: Person, query: string, k: number): Promise<string[]> {
  const answer = await server.call('POST', '/api/v1/documents/search', { token: person.token, body: { query, k } });
  if (answer.status !== 200) throw refused('a search of documents', answer);
  return Chunks.parse(answer.body).items.map(({ filename }) => filename);
}

function refused(what: string, { status, body }: Answer): Error {
  return new Error(`The product refused ${what}: ${status} ${JSON.stringify(body).slice(0, 300)}`);
}
