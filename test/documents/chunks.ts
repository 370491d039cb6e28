import type { Database } from '../../functions/platform/database/database.ts';
import { createId } from '../../functions/platform/id.ts';
import { embedTexts } from '../../functions/usage/embed-texts.ts';
import { forever, type Person, scopeOf } from '../entities/people.ts';

/** Inserts a document of this user with these chunks. Returns its id. */
export async function insertDocument(
  database: Database,
  person: Pick<Person, 'tenantId' | 'userId'>,
  filename: string,
  chunks: readonly string[],
): Promise<string> {
  const id = createId('doc');
  const { vectors, embedder } = await embedTexts([...chunks], 'document', forever);
  await database.as(scopeOf(person)).transaction(async (transaction) => {
    await transaction.query({
      name: 'test_insert_document',
      text: `insert into documents (id, tenant_id, user_id, filename, file_hash, total_chunks) values ($1, $2, $3, $4, $1, $5)`,
      values: [id, person.tenantId, person.userId, filename, chunks.length],
    });
    for (const [index, content] of chunks.entries()) {
      await transaction.query({
        name: 'test_insert_document_chunk',
        text: `insert into document_chunks (id, tenant_id, document_id, user_id, chunk_index, content, embedding, embedder)
          values ($1, $2, $3, $4, $5, $6, $7::vector, $8)`,
        values: [
          createId('chk'),
          person.tenantId,
          id,
          person.userId,
          index,
          content,
          `[${vectors[index]?.join(',')}]`,
          embedder,
        ],
      });
    }
  });
  return id;
}
